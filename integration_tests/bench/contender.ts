/** A connector that is measured: how it is started, configured and given its catalog and state. */
import { practiceLogin } from '../practice-org.ts';
import type { Program } from './measured-program.ts';

export type ContenderName = 'modstamp' | 'official' | 'tap';

export interface Contender {
  readonly name: ContenderName;
  /** Name and version as tables show them. */
  readonly title: string;
  /** Content of its config file; `transport` is asked of those that don't choose it themselves. */
  config(orgUrl: string, transport: 'bulk' | 'rest'): object;
  /** Undefined where it has no such command. */
  spec(orgUrl: string): Program | undefined;
  discover(orgUrl: string, configPath: string): Program;
  read(orgUrl: string, paths: ReadPaths): Program;
  /** The catalog file, from the lines of a discover, of what is chosen and found. */
  select(found: readonly string[], choice: Choice): object;
  /** The state file, from the lines of a read. */
  stateOf(lines: readonly string[]): unknown;
}

/** All objects, and all their columns, unless told. */
export interface Choice {
  readonly objects?: readonly string[] | undefined;
  readonly columns?: readonly string[] | undefined;
  /** Only the first so many of the objects; where there are fewer, some of them twice. */
  readonly limit?: number | undefined;
}

export interface ReadPaths {
  readonly config: string;
  readonly catalog: string;
  readonly state?: string;
}

/** The login that all of them use, by the names that both peers have for it. */
export const peerLogin = {
  client_id: practiceLogin.clientId,
  client_secret: practiceLogin.clientSecret,
  refresh_token: practiceLogin.refreshToken,
} as const;

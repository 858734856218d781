import type { Messages } from '../airbyte/messages.ts';
import type { LogLevel } from '../airbyte/protocol.ts';
import type { Config } from '../config/config.ts';

/** What every command of sync/ is given. */
export interface Run {
  readonly config: Config;
  readonly messages: Messages;
  /** Aborted by SIGTERM, SIGINT and a closed stdout. */
  readonly signal: AbortSignal;
  /** Work that a stopped process waits for, as long as its host leaves it: what it brings exists only once. */
  readonly hold?: (work: Promise<unknown>) => void;
}

/** A line for the log that a plan or a command has found worth telling. */
export interface Note {
  readonly level: LogLevel;
  readonly text: string;
}

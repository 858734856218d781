/** A practice org for one test file, and its control door in typed form. */
import type { PracticeOrgOptions, Row, Value } from '../emulator/model.ts';
import { startPracticeOrg } from '../emulator/server.ts';
import type { JsonObject } from '../src/json/value.ts';

export type Change =
  | { readonly op: 'insert'; readonly sobject: string; readonly rows: readonly Record<string, Value>[] }
  | { readonly op: 'update'; readonly sobject: string; readonly id: string; readonly values: Record<string, Value> }
  | { readonly op: 'delete' | 'undelete' | 'purge'; readonly sobject: string; readonly id: string }
  | { readonly op: 'merge'; readonly sobject: string; readonly id: string; readonly losers: readonly string[] }
  | {
      readonly op: 'addField';
      readonly sobject: string;
      readonly field: { readonly name: string; readonly type: string; readonly [key: string]: unknown };
    }
  | { readonly op: 'removeField'; readonly sobject: string; readonly field: string }
  | { readonly op: 'removeObject'; readonly sobject: string };

/** What the org does to requests whose path and query match `path`; once unless `times` says otherwise (0: for ever). */
export interface Fault {
  readonly path: string;
  readonly method?: string;
  readonly skip?: number;
  readonly times?: number;
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
  readonly cutAfterBytes?: number;
  readonly hangAfterBytes?: number;
  readonly reset?: boolean;
  readonly expireSession?: boolean;
  readonly failJob?: string;
  readonly abortJob?: boolean;
  readonly shortPage?: number;
  readonly repeatRows?: number;
  readonly stuckPage?: boolean;
  readonly edit?: readonly [pattern: string, replacement: string];
}

export interface LogEntry {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly counted: boolean;
  readonly bytes: number;
  readonly atMs: number;
  readonly subrequests?: readonly string[];
}

export interface OrgUnderTest {
  readonly url: string;
  /** The OAuth config for this org; members of `extra` are added or replace. */
  config(extra?: JsonObject): JsonObject;
  /** Ids of the rows touched, in order. */
  change(...changes: readonly Change[]): Promise<readonly string[]>;
  fault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  /** Requests since the start or the last clearLog, the control door's own left out. */
  log(): Promise<readonly LogEntry[]>;
  clearLog(): Promise<void>;
  usage(): Promise<{ readonly apiCalls: number; readonly max: number }>;
  /** Stored rows as the org keeps them, soft-deleted ones included. */
  rows(sobject: string): Promise<readonly Row[]>;
  settings(values: JsonObject): Promise<void>;
  /** Registers the public key that JWT logins are checked with. */
  jwtKey(key: { readonly client_id: string; readonly username: string; readonly pem: string }): Promise<void>;
  close(): Promise<void>;
}

/** What the practice org lets in: practice values, no secrets. */
export const practiceLogin = {
  clientId: 'practice-client',
  clientSecret: 'practice-secret',
  refreshToken: 'practice-refresh-token',
  username: 'admin@practice.example',
  password: 'practice-password',
  securityToken: 'practicetoken',
} as const;

/** Starts an org on a free port of 127.0.0.1, in this process. The caller closes it. */
export async function openPracticeOrg(options: PracticeOrgOptions): Promise<OrgUnderTest> {
  const { url, close } = await startPracticeOrg(options);
  return doorOf(url, close);
}

/** The control door of an org that runs at `url`, in whatever process; `close` is how it is ended. */
export function doorOf(url: string, close: () => Promise<void>): OrgUnderTest {
  const door = (method: string, path: string, body?: unknown) => knock(`${url}/_control/${path}`, method, body);
  return {
    url,
    close,
    config: (extra = {}) => ({
      credentials: {
        auth_type: 'oauth',
        client_id: practiceLogin.clientId,
        client_secret: practiceLogin.clientSecret,
        refresh_token: practiceLogin.refreshToken,
      },
      login_url: url,
      ...extra,
    }),
    change: async (...changes) => (await json<{ ids: string[] }>(door('POST', 'change', changes))).ids,
    fault: async (fault) => void (await door('POST', 'fault', fault)),
    clearFaults: async () => void (await door('DELETE', 'faults')),
    log: () => json(door('GET', 'log')),
    clearLog: async () => void (await door('DELETE', 'log')),
    usage: () => json(door('GET', 'usage')),
    rows: async (sobject) => {
      const lines = await (await door('GET', `rows/${sobject}`)).text();
      return lines
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Row);
    },
    settings: async (values) => void (await door('POST', 'settings', values)),
    jwtKey: async (key) => void (await door('POST', 'jwt-key', key)),
  };
}

async function knock(url: string, method: string, body: unknown): Promise<Response> {
  const answer = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

async function json<T>(answer: Promise<Response>): Promise<T> {
  return (await (await answer).json()) as T;
}

/** What of the org's behaviour can be changed while it runs. */
import { isCount, isFlag, isObject, isText } from './http/json-body.ts';
import type { CsvDatetime } from './wire/value.ts';

export interface Settings {
  /** Every answer but the control door's waits so long. */
  latencyMs: number;
  /** From the creation of a Bulk job until it is ready, at least. */
  jobReadyMs: number;
  /** DailyApiRequests of the org. */
  apiMax: number;
  /** Each refresh gives a new refresh token, and ends the old one and its session. */
  rotateRefreshToken: boolean;
  /** A session ends after so many calls; 0: never. */
  sessionLifeCalls: number;
  /** Body of a Bulk result without rows. Which of the two the service sends is not documented. */
  emptyCsv: 'header' | 'none';
  csvDatetime: CsvDatetime;
  /** Rows of a page of a query; 0: the service's rule (2,000, fewer for wide rows). */
  pageRows: number;
  /** How far `latestDateCovered` stays behind, as behind a long transaction anywhere on the instance. */
  latestDateCoveredLagMs: number;
  /** Datetime before which the delete log was purged; null: nothing was. */
  deleteLogFrom: string | null;
  limitInfo: 'plain' | 'perApp' | 'none';
  /** Callback URLs of the app; the port is part of the match. */
  callbackUrls: readonly string[];
  /** The app wants a proof key; External Client Apps do unless told. */
  requirePkce: boolean;
  /** "Require secret for Web Server Flow" and "… for Refresh Token Flow" of the app. */
  requireSecret: boolean;
  /** How the authorize page refuses, where it does: by callback, or on a page of its own where the error is of that kind. */
  authorizeRefusal: { readonly error: string; readonly error_description: string } | null;
  /** What every login is answered, where it is refused. */
  loginRefusal: { readonly error: string; readonly error_description: string } | null;
  /** `instance_url` of a login; null: the URL that the client logged in by. Moves of an instance change it. */
  instanceUrl: string | null;
  /** The user lacks "API Enabled". */
  apiDisabled: boolean;
  /** Compress where the client accepts it; the service "isn't required to". */
  gzip: boolean;
  /** Server clock minus this machine's clock. */
  clockOffsetMs: number;
  /** Rows changed within the last so many ms aren't committed yet: no query shows them. */
  lateCommitMs: number;
}

/** A quiet org of the Developer kind: quick, generous, nothing unusual switched on. */
export function defaultSettings(): Settings {
  return {
    latencyMs: 0,
    jobReadyMs: 200,
    apiMax: 100_000,
    rotateRefreshToken: false,
    sessionLifeCalls: 0,
    emptyCsv: 'header',
    csvDatetime: 'Z',
    pageRows: 0,
    latestDateCoveredLagMs: 0,
    deleteLogFrom: null,
    limitInfo: 'plain',
    callbackUrls: ['http://localhost:1717/OauthRedirect'],
    requirePkce: true,
    requireSecret: true,
    authorizeRefusal: null,
    loginRefusal: null,
    instanceUrl: null,
    apiDisabled: false,
    gzip: true,
    clockOffsetMs: 0,
    lateCommitMs: 0,
  };
}

type Check = (value: unknown) => boolean;

const isOneOf =
  (...allowed: string[]): Check =>
  (value) =>
    isText(value) && allowed.includes(value);

function isOauthRefusal(value: unknown): boolean {
  return value === null || (isObject(value) && isText(value['error']) && isText(value['error_description']));
}

const CHECKS: Readonly<Record<keyof Settings, Check>> = {
  latencyMs: isCount,
  jobReadyMs: isCount,
  apiMax: isCount,
  rotateRefreshToken: isFlag,
  sessionLifeCalls: isCount,
  emptyCsv: isOneOf('header', 'none'),
  csvDatetime: isOneOf('Z', '+0000'),
  pageRows: isCount,
  latestDateCoveredLagMs: isCount,
  deleteLogFrom: (value) => value === null || (isText(value) && !Number.isNaN(Date.parse(value))),
  limitInfo: isOneOf('plain', 'perApp', 'none'),
  callbackUrls: (value) => Array.isArray(value) && value.every((url) => isText(url) && URL.canParse(url)),
  requirePkce: isFlag,
  requireSecret: isFlag,
  authorizeRefusal: isOauthRefusal,
  loginRefusal: isOauthRefusal,
  instanceUrl: (value) => value === null || (isText(value) && URL.canParse(value)),
  apiDisabled: isFlag,
  gzip: isFlag,
  clockOffsetMs: (value) => typeof value === 'number' && Number.isInteger(value),
  lateCommitMs: isCount,
};

/** Takes the members of `changes` over into `settings`. Throws an Error that names the first unknown or wrong one. */
export function changeSettings(settings: Settings, changes: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(changes)) {
    if (!isSetting(name)) throw new Error(`There is no setting ${name}`);
    if (!CHECKS[name](value)) throw new Error(`The setting ${name} can't be ${JSON.stringify(value)}`);
  }
  Object.assign(settings, changes);
}

function isSetting(name: string): name is keyof Settings {
  return Object.hasOwn(CHECKS, name);
}

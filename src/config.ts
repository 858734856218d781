import type { JsonObject } from './airbyte/protocol.ts';

export type Naming = 'segment' | 'snake' | 'api';
export type OnNewProperty = 'forward' | 'resync' | 'backfill';

export type Credentials =
  | { readonly authType: 'oauth'; readonly clientId: string; readonly clientSecret: string; readonly refreshToken: string }
  | { readonly authType: 'client_credentials'; readonly clientId: string; readonly clientSecret: string }
  | { readonly authType: 'jwt'; readonly clientId: string; readonly username: string; readonly privateKey: string }
  | {
      readonly authType: 'password';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly username: string;
      readonly password: string;
      readonly securityToken: string;
    };

/** One of the eight operators of the official connector's streams_criteria, on API names, upper or lower case alike. */
export interface StreamCriterion {
  readonly criteria:
    | 'starts with' | 'ends with' | 'contains' | 'exacts'
    | 'starts not with' | 'ends not with' | 'not contains' | 'not exacts'; // prettier-ignore
  readonly value: string;
}

/** The frozen configuration: every default filled in, blank strings gone, units in the names. */
export interface Config {
  readonly credentials: Credentials;
  readonly isSandbox: boolean;
  /** Origin only, e.g. `https://acme.my.salesforce.com`; undefined means login. or test.salesforce.com. */
  readonly loginUrl: string | undefined;
  readonly apiVersion: string;
  readonly naming: Naming;
  readonly schemaName: string | undefined;
  /** ISO 8601 UTC with milliseconds. */
  readonly startDate: string | undefined;
  readonly lookbackMs: number;
  readonly streamsCriteria: readonly StreamCriterion[];
  readonly onNewProperty: OnNewProperty;
  readonly hardDeletes: boolean;
  /** Part of the org's daily API allowance that is never touched; undefined means no stop. */
  readonly quotaReservePercent: number | undefined;
  readonly numWorkers: number;
  readonly blobs: { readonly maxBytesPerRecord: number; readonly maxBytesPerSync: number } | undefined;
  readonly segmentColumns: boolean;
  readonly formulaRefreshHours: number | undefined;
  /** The config as it came, unknown members kept: what a CONTROL message sends back. */
  readonly raw: JsonObject;
}

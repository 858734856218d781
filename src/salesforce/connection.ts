/** The way to the org: what every call of salesforce/ takes. Made by `connect` (connect.ts). */

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Absolute path on the instance, e.g. `/services/data/v58.0/limits`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In words, for errors and waits: "describe Account", "read page 3 of Lead". */
  readonly purpose: string;
  readonly signal: AbortSignal;
  /** Gives up after so many tries although patience would last longer: for a request that has a dearer substitute. */
  readonly maxAttempts?: number;
  /** A whole answer that grows longer, inflated, is given up: fault `answer_too_long`. */
  readonly maxBytes?: number;
}

/** A whole answer; a body that ended early was fetched again before the caller sees it. */
export interface WholeAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** An answer whose body is still on the wire, inflated. The iteration throws fault `body_cut` where it ends early or is silent for 60 s. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** There where the body came compressed: reads it whole, in the place of `body`, and inflates it at once. Throws as `body` does. */
  readonly wholeBody?: () => Promise<Uint8Array>;
}

/** What the run has cost the org so far, by our count and by the org's (Sforce-Limit-Info). */
export interface Usage {
  /** Requests that count against DailyApiRequests (all but login and /services/data). */
  readonly apiCalls: number;
  readonly bulkJobs: number;
  readonly bytesReceived: number;
  /** Last `api-usage=used/max` seen. */
  readonly orgUsed: number | undefined;
  readonly orgMax: number | undefined;
}

export interface Connection {
  /** Sends, waits and tries again as faults.ts says, logs in again on 401; throws ModstampError for what cannot be cured. */
  call(request: ApiRequest): Promise<WholeAnswer>;
  open(request: ApiRequest): Promise<OpenAnswer>;
  /** Opens an answer for `begin`; a fault that it meets in the body is borne with the same patience as one of the request. */
  openFor<A>(request: ApiRequest, begin: (answer: OpenAnswer) => Promise<A>): Promise<A>;
  /** Settled with the org: "58.0". */
  readonly apiVersion: string;
  /** Fifteen or eighteen characters, 00D…; tells two orgs apart. Empty where the login did not tell it. */
  readonly organizationId: string;
  instanceUrl(): string;
  /** Epoch ms by the server's clock (Date headers of its good answers): never ahead of it, as far as those tell. */
  now(): number;
  usage(): Usage;
  /** Counts a Bulk job into the bill. */
  countBulkJob(): void;
  close(): Promise<void>;
}

/** The one error of the product. */

/** Who can mend it: the user (config_error), time (transient_error), or we (system_error). Airbyte's failure_type. */
export type FailureType = 'config_error' | 'transient_error' | 'system_error';

export interface ModstampErrorDetails {
  readonly failureType: FailureType;
  /** What happened, for us: codes, ids, server texts. Redacted before it leaves the process. */
  readonly internal?: string;
  /** True where the whole sync must stop (login revoked, allowance used up), not only the stream that met it. */
  readonly stopsSync?: boolean;
  /** Name of the fault in salesforce/faults.ts, for code that decides by it. */
  readonly fault?: string;
  readonly cause?: unknown;
}

/** The one error of the product. `message` is the sentence that the user reads: what is wrong and what to do. */
export class ModstampError extends Error {
  readonly failureType: FailureType;
  readonly internal: string | undefined;
  readonly stopsSync: boolean;
  readonly fault: string | undefined;

  constructor(sentence: string, details: ModstampErrorDetails) {
    super(sentence, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ModstampError';
    this.failureType = details.failureType;
    this.internal = details.internal;
    this.stopsSync = details.stopsSync ?? false;
    this.fault = details.fault;
  }
}

/** Any thrown value as a ModstampError; what is not one already is a bug of ours, with its stack kept as cause. */
export function asModstampError(thrown: unknown): ModstampError {
  if (thrown instanceof ModstampError) return thrown;
  return new ModstampError('Modstamp met an error that it did not expect; please report it with the log of this run.', {
    failureType: 'system_error',
    internal: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown),
    cause: thrown,
  });
}

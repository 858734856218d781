/** What a stream has cost and met so far, for the report of the sync; its reader adds to it while it reads. */
export interface StreamTally {
  /** Requests of its own; describes and batches are shared. */
  apiCalls: number;
  bulkJobs: number;
  readonly transports: Set<'REST' | 'Bulk'>;
  /** Rows that were deleted for good and left as tombstones. */
  tombstones: number;
  /** Rows that the org counts under the conditions that were read; undefined where it told none. */
  countedRows?: number;
  /** How it is read, and why so; undefined until it is planned. */
  plan?: { readonly whole: boolean; readonly why: string };
  /** Since when every delete has been told; undefined where some may be missing. */
  deletesCompleteSince?: string;
  /** As of when all formula fields are as the org computes them; undefined where none is selected. */
  formulasFreshAsOf?: string;
}

export function startTally(): StreamTally {
  return { apiCalls: 0, bulkJobs: 0, transports: new Set(), tombstones: 0 };
}

/** Adds rows that the org counts: those of a query, or of a job. */
export function addCounted(tally: StreamTally, rows: number): void {
  tally.countedRows = (tally.countedRows ?? 0) + rows;
}

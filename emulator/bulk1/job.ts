/** Jobs and batches of Bulk 1.0: a job holds batches, each of which is one query. */
import type { ResultFile } from '../bulk/result-file.ts';
import type { Claim } from '../bulk/result-store.ts';
import { datetimeOf } from '../rows/stamp.ts';
import type { Members } from './view.ts';

export interface Bulk1Job {
  readonly id: string;
  readonly operation: 'query' | 'queryAll';
  readonly object: string;
  readonly createdById: string;
  /** "61.0" */
  readonly version: string;
  readonly createdMs: number;
  /** Rows of a chunk where the client asked for PK chunking. */
  readonly chunkRows: number | undefined;
  state: 'Open' | 'Closed' | 'Aborted';
  readonly batches: Batch[];
}

type BatchState = 'Queued' | 'InProgress' | 'Completed' | 'Failed' | 'NotProcessed';

export interface Batch {
  readonly id: string;
  readonly jobId: string;
  readonly createdMs: number;
  /** Machine time from which on it may be complete. */
  readonly readyAtMs: number;
  readonly claim: Claim | undefined;
  state: BatchState;
  stateMessage: string | undefined;
  result: ResultFile | undefined;
}

/** Moves a batch on to its state at this moment. */
export function advanceBatch(batch: Batch, machineMs: number): void {
  if (batch.state !== 'Queued' && batch.state !== 'InProgress') return;
  batch.state = 'InProgress';
  if (machineMs < batch.readyAtMs) return;
  if (batch.stateMessage !== undefined) batch.state = 'Failed';
  else if (batch.result) batch.state = 'Completed';
}

/** A job's answer; counts are those of its batches. */
export function jobMembers(job: Bulk1Job): Members {
  const count = (...states: BatchState[]) => job.batches.filter(({ state }) => states.includes(state)).length;
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.createdById,
    createdDate: stamp(job.createdMs),
    systemModstamp: stamp(job.createdMs),
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    numberBatchesQueued: count('Queued'),
    numberBatchesInProgress: count('InProgress'),
    numberBatchesCompleted: count('Completed', 'NotProcessed'),
    numberBatchesFailed: count('Failed'),
    numberBatchesTotal: job.batches.length,
    numberRecordsProcessed: job.batches.reduce((sum, { result }) => sum + (result?.rowCount ?? 0), 0),
    numberRetries: 0,
    apiVersion: job.version,
    numberRecordsFailed: 0,
    totalProcessingTime: 0,
    apiActiveProcessingTime: 0,
    apexProcessingTime: 0,
  };
}

/** A batch's answer; `stateMessage` only where it failed. */
export function batchMembers(batch: Batch): Members {
  return {
    id: batch.id,
    jobId: batch.jobId,
    state: batch.state,
    ...(batch.state === 'Failed' && { stateMessage: batch.stateMessage ?? '' }),
    createdDate: stamp(batch.createdMs),
    systemModstamp: stamp(batch.createdMs),
    numberRecordsProcessed: batch.state === 'Completed' ? (batch.result?.rowCount ?? 0) : 0,
    numberRecordsFailed: 0,
    totalProcessingTime: 0,
    apiActiveProcessingTime: 0,
    apexProcessingTime: 0,
  };
}

/** Ids of results have fifteen characters (recorded); a batch has one result. */
export function resultIdOf(batch: Batch): string {
  return `752${batch.id.slice(3, 15)}`;
}

function stamp(ms: number): string {
  return datetimeOf(Math.floor(ms / 1000));
}

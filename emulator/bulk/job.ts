/** A Bulk 2.0 query job and its life. */
import { datetimeOf } from '../rows/stamp.ts';
import { restDatetime } from '../wire/value.ts';
import type { ResultFile } from './result-file.ts';
import type { Claim } from './result-store.ts';

export type JobState = 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

/** Values of `columnDelimiter`, and the characters that they mean. */
export const DELIMITERS = {
  BACKQUOTE: '`',
  CARET: '^',
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  TAB: '\t',
} as const;

/** Values of `lineEnding`. */
export const LINE_ENDINGS = { LF: '\n', CRLF: '\r\n' } as const;

/** What Bulk 2.0 calls its queries. */
export const JOB_TYPE = 'V2Query';

export interface JobForm {
  readonly operation: 'query' | 'queryAll';
  readonly query: string;
  readonly columnDelimiter: keyof typeof DELIMITERS;
  readonly lineEnding: keyof typeof LINE_ENDINGS;
}

export interface Job extends JobForm {
  readonly id: string;
  readonly object: string;
  readonly createdById: string;
  /** "58.0" */
  readonly version: string;
  /** Epoch ms by the server's clock. */
  readonly createdMs: number;
  /** Machine time from which on the job may be ready. */
  readonly readyAtMs: number;
  /** Machine time from which on it is in progress. */
  readonly startsAtMs: number;
  readonly isPkChunkingSupported: boolean;
  readonly claim: Claim;
  state: JobState;
  result: ResultFile | undefined;
  /** Set by a scripted fault, or by a failure to render. */
  verdict: { readonly state: 'Failed' | 'Aborted'; readonly errorMessage: string | undefined } | undefined;
  errorMessage: string | undefined;
  endedMs: number | undefined;
  /** Locators given out, and the row that each stands for. */
  readonly locators: Map<string, number>;
}

/** True where nothing will happen to the job any more. */
export function isTerminal(state: JobState): boolean {
  return state === 'JobComplete' || state === 'Failed' || state === 'Aborted';
}

/** Moves a job on to the state that it has at this moment; `nowMs` is the server's clock, for its last stamp. */
export function advance(job: Job, machineMs: number, nowMs: number): void {
  if (isTerminal(job.state)) return;
  if (machineMs >= job.startsAtMs) job.state = 'InProgress';
  if (machineMs < job.readyAtMs) return;
  if (job.verdict) {
    end(job, job.verdict.state, nowMs);
    job.errorMessage = job.verdict.errorMessage;
  } else if (job.result) end(job, 'JobComplete', nowMs);
}

/** Ends a job. */
export function end(job: Job, state: JobState, nowMs: number): void {
  job.state = state;
  job.endedMs = nowMs;
}

/** A view as JSON text: `apiVersion` is a number with its decimal, `58.0` (recorded). */
export function viewText(view: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(view).replace(/"apiVersion":(\d+)(?=[,}])/, '"apiVersion":$1.0');
}

/** The answer to its creation: twelve keys, the query not among them (recorded). */
export function createdView(job: Job): Record<string, unknown> {
  return { ...briefView(job), lineEnding: job.lineEnding, columnDelimiter: job.columnDelimiter };
}

/** The answer to an abort: ten keys (Bulk guide, "Abort a Query Job"). */
export function briefView(job: Job): Record<string, unknown> {
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.createdById,
    createdDate: stamp(job.createdMs),
    systemModstamp: stamp(job.endedMs ?? job.createdMs),
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: Number(job.version),
  };
}

/** The answer to a question after it (Bulk guide, "Get Information About a Query Job"). */
export function infoView(job: Job): Record<string, unknown> {
  return {
    ...briefView(job),
    jobType: JOB_TYPE,
    lineEnding: job.lineEnding,
    columnDelimiter: job.columnDelimiter,
    numberRecordsProcessed: job.state === 'JobComplete' ? (job.result?.rowCount ?? 0) : 0,
    retries: 0,
    totalProcessingTime: (job.endedMs ?? job.createdMs) - job.createdMs,
    isPkChunkingSupported: job.isPkChunkingSupported,
    ...(job.errorMessage !== undefined && { errorMessage: job.errorMessage }),
  };
}

function stamp(ms: number): string {
  return restDatetime(datetimeOf(Math.floor(ms / 1000)));
}

/** Bulk API 2.0 query jobs (Bulk API 2.0 guide, "Query Jobs"): create, wait, read the result pages, clean up. */
import { ModstampError } from '../errors.ts';
import { discard, readJson } from './answer.ts';
import { transcoded } from './charset.ts';
import type { ApiRequest, Connection } from './connection.ts';
import { isFault } from './faults.ts';
import { pause } from './retry.ts';
import { classify, makeFault, readJobMessage } from './refusal.ts';

export type JobState = 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

export interface BulkJob {
  readonly id: string;
  readonly state: JobState;
  readonly object: string;
  /** Rows so far, of the whole job when it is complete; undefined where the org doesn't tell (it may be late with it). */
  readonly numberRecordsProcessed: number | undefined;
}

export interface ResultPage {
  /** Rows of this page (Sforce-NumberOfRecords). Undefined where only the job tells how many there are of all pages. */
  readonly rowCount: number | undefined;
  /** Locator of the next page; undefined behind the last one. */
  readonly next: string | undefined;
  /** CSV in UTF-8: a header row, then the rows; or nothing at all where there are no rows. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface JobWait {
  /** Called after each look at the job. */
  readonly onPoll?: (job: BulkJob) => void;
  /** Until the job is given up; 24 hours unless told. */
  readonly limitMs?: number;
}

const FIRST_POLL_MS = 200;
const POLL_GROWTH = 1.5;
const LONGEST_POLL_MS = 5000;
/** Salesforce tries a job up to 15 times by itself; what is not done after a day hangs. */
const JOB_LIMIT_MS = 24 * 3_600_000;
const DELETE_TRIES = 3;
const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };
const POLL_PURPOSE = 'look at a Bulk job';
const RESULTS_PURPOSE = 'open a page of Bulk results';
const JOB_STATES: readonly string[] = ['UploadComplete', 'InProgress', 'JobComplete', 'Failed', 'Aborted'] satisfies JobState[]; // prettier-ignore

/**
 * Creates a queryAll job with CSV results, comma and LF, and counts it into the bill. Throws `bulk_unsupported` where Bulk
 * doesn't serve the object or a field of it, `bulk_quota` where the day's jobs are used up, and the query's own faults.
 */
export async function createJob(connection: Connection, soql: string, signal: AbortSignal): Promise<BulkJob> {
  const object = / FROM (\w+)/.exec(soql)?.[1] ?? 'Salesforce';
  const purpose = `create a Bulk job for ${object}`;
  const job = { operation: 'queryAll', query: soql, contentType: 'CSV', columnDelimiter: 'COMMA', lineEnding: 'LF' };
  const answer = await connection.call({
    method: 'POST',
    path: jobPath(connection),
    headers: JSON_HEADERS,
    body: JSON.stringify(job),
    purpose,
    signal,
  });
  connection.countBulkJob();
  // A job that has just been made is at its first state, whether the host says so or not.
  return readJob({ state: 'UploadComplete', ...asObject(readJson(answer, purpose)) }, purpose);
}

/**
 * Looks at the job, from 0.2 s growing to 5 s apart, until it is complete. Throws `job_failed`, or the fault that its error
 * message tells (`query_timeout`, `field_gone`, `bulk_unsupported` …), `job_aborted`, `job_gone`, `job_stalled` after the
 * limit, and `unexpected_answer` for a state that nobody knows.
 */
export async function waitForJob(
  connection: Connection,
  jobId: string,
  signal: AbortSignal,
  { onPoll, limitMs = JOB_LIMIT_MS }: JobWait = {},
): Promise<BulkJob> {
  const deadlineMs = performance.now() + limitMs;
  for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(LONGEST_POLL_MS, waitMs * POLL_GROWTH)) {
    const raw = await askJob(connection, jobId, signal);
    const job = readJob(raw, POLL_PURPOSE);
    onPoll?.(job);
    if (job.state === 'JobComplete') return job;
    const purpose = `read ${job.object} by Bulk`;
    if (job.state === 'Failed') throw failureOf(raw, purpose);
    if (job.state === 'Aborted') throw makeFault('job_aborted', { purpose, message: jobId });
    if (performance.now() >= deadlineMs) throw makeFault('job_stalled', { purpose, message: `${jobId} ${job.state}` });
    await pause(waitMs, signal);
  }
}

/**
 * Opens one page of the results: the first, or the one at `locator`, of at most `maxRecords` rows. The same locator gives
 * the same page as long as the job exists. The body throws `body_cut` where it breaks off. An answer that lacks a header
 * must not look like the end: the job's own count stands in for it, and where the job has none either, nothing would
 * prove that the rows are all there, so that it throws `bulk_unsupported` (behind the first page: `unexpected_answer`).
 * Throws `job_gone` as well.
 */
export async function openResults(
  connection: Connection,
  jobId: string,
  page: { readonly locator?: string; readonly maxRecords: number },
  signal: AbortSignal,
): Promise<ResultPage> {
  const query = new URLSearchParams({ maxRecords: String(page.maxRecords) });
  if (page.locator !== undefined) query.set('locator', page.locator);
  const { status, headers, body } = await connection.open({
    method: 'GET',
    path: `${jobPath(connection, jobId)}/results?${query}`,
    headers: { accept: 'text/csv' },
    purpose: RESULTS_PURPOSE,
    signal,
  });
  const locator = headers['sforce-locator'];
  const count = headers['sforce-numberofrecords'];
  const isCounted = /^\d+$/.test(count ?? '');
  // The last page says so with the text "null" (Bulk API 2.0 guide, "Get Results for a Query Job").
  const next = /^(?:null)?$/i.test(locator ?? '') ? undefined : locator;
  const rowCount = isCounted ? Number(count) : undefined;
  const opened = { next, rowCount, body: transcoded(body, headers['content-type'], RESULTS_PURPOSE) };
  if (locator !== undefined && isCounted) return opened;
  const jobCount = await countOf(connection, jobId, signal);
  if (jobCount !== undefined) {
    const isWhole = page.locator === undefined && next === undefined;
    return { ...opened, rowCount: rowCount ?? (isWhole ? jobCount : undefined) };
  }
  await discard(body);
  const message = `${status} with Sforce-Locator ${locator} and Sforce-NumberOfRecords ${count}, and a job without a count`;
  const fault = page.locator === undefined ? 'bulk_unsupported' : 'unexpected_answer';
  throw makeFault(fault, { purpose: RESULTS_PURPOSE, message });
}

/** Aborts a job. True where it will not run on: aborted, finished already, or gone. Never throws but for an abort. */
export async function abortJob(connection: Connection, jobId: string, signal: AbortSignal): Promise<boolean> {
  const body = JSON.stringify({ state: 'Aborted' });
  const purpose = 'abort a Bulk job';
  const path = jobPath(connection, jobId);
  return isDone(connection, { method: 'PATCH', path, headers: JSON_HEADERS, body, purpose, signal, maxAttempts: 3 });
}

/** Deletes a finished job and its results. True where it is gone. Never throws but for an abort: the rows are read. */
export async function deleteJob(connection: Connection, jobId: string, signal: AbortSignal): Promise<boolean> {
  const request = { method: 'DELETE', path: jobPath(connection, jobId), purpose: 'delete a Bulk job', signal } as const;
  for (let tries = 1; tries <= DELETE_TRIES; tries++) {
    if (await isDone(connection, { ...request, maxAttempts: 3 }, 'job_gone')) return true;
    // Right after an abort the org may still call the job running.
    if (tries < DELETE_TRIES) await pause(FIRST_POLL_MS * tries, signal);
  }
  return false;
}

async function isDone(connection: Connection, request: ApiRequest, alsoDone = 'job_state'): Promise<boolean> {
  try {
    await connection.call(request);
    return true;
  } catch (error) {
    request.signal.throwIfAborted();
    if (!(error instanceof ModstampError)) throw error;
    return isFault(error, 'job_gone') || isFault(error, alsoDone);
  }
}

async function askJob(connection: Connection, jobId: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  const path = jobPath(connection, jobId);
  const answer = await connection.call({ method: 'GET', path, purpose: POLL_PURPOSE, signal });
  return { id: jobId, ...asObject(readJson(answer, POLL_PURPOSE)) };
}

/** Rows of the whole job; undefined where the org does not tell, or is late with it and says 0. */
async function countOf(connection: Connection, jobId: string, signal: AbortSignal): Promise<number | undefined> {
  const { numberRecordsProcessed } = readJob(await askJob(connection, jobId, signal), POLL_PURPOSE);
  return numberRecordsProcessed || undefined;
}

function jobPath(connection: Connection, jobId?: string): string {
  const jobs = `/services/data/v${connection.apiVersion}/jobs/query`;
  return jobId === undefined ? jobs : `${jobs}/${encodeURIComponent(jobId)}`;
}

function readJob(raw: Record<string, unknown>, purpose: string): BulkJob {
  const { id, state, object, numberRecordsProcessed: count } = raw;
  if (typeof id !== 'string' || !isJobState(state)) {
    throw makeFault('unexpected_answer', { purpose, message: `a job with id ${String(id)} in state ${String(state)}` });
  }
  return {
    id,
    state,
    object: typeof object === 'string' ? object : 'an object',
    numberRecordsProcessed: typeof count === 'number' ? count : undefined,
  };
}

function isJobState(state: unknown): state is JobState {
  return typeof state === 'string' && JOB_STATES.includes(state);
}

function asObject(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function failureOf({ errorMessage: text }: Record<string, unknown>, purpose: string): ModstampError {
  const told = typeof text === 'string' ? readJobMessage(text) : { message: 'the org gave no errorMessage' };
  return classify({ place: 'job message', host: 'Salesforce', purpose, ...told });
}

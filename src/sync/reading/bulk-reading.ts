/**
 * Reads windows by Bulk 2.0 query jobs: one job a window, its result pages streamed with the next one already opened, a
 * STATE behind each page. A job is named in the state from the moment it exists, and deleted when it has been read.
 */
import { asModstampError, type ModstampError } from '../../errors.ts';
import { createCsvTranscoder } from '../../record/csv.ts';
import {
  abortJob,
  createJob,
  deleteJob,
  openResults,
  waitForJob,
  type BulkJob,
  type ResultPage,
} from '../../salesforce/bulk.ts';
import { isFault } from '../../salesforce/faults.ts';
import { closeTranscoder, pushBytes, writeLines } from './page-lines.ts';
import { shortfall } from './row-count.ts';
import { splitWindow } from './split.ts';
import { saveResume, soqlOf, templateOf, type StreamContext } from './stream-context.ts';
import { addCounted } from './stream-tally.ts';
import type { ResumedJob } from '../plan/stream-state.ts';
import type { Window } from '../plan/window.ts';

/** Times a result page is fetched again without a new row in between; the transport's own patience comes before it. */
const PAGE_TRIES = 5;
/** A result page of about this size: large enough to be cheap in calls, small enough to be fetched again. */
const PAGE_BYTES = 128 * 1024 * 1024;
/** Faults of one fetch of a page: the same page is there to be fetched again. */
const FETCH_AGAIN = new Set(['body_cut', 'csv_malformed', 'page_short']);
/** Average bytes of a CSV cell, quotes and comma included, seen over recorded CRM objects. */
const CELL_BYTES = 18;

/**
 * Reads the first of `windows` by a Bulk job, a former run's `resumed` one where it is still there. Returns the windows
 * that are left. Throws ModstampError with fault `bulk_unsupported` or `bulk_quota` where the org refuses the job; it has
 * left none behind then, unless rows came before.
 */
export async function readBulkWindow(
  context: StreamContext,
  windows: readonly Window[],
  resumed: ResumedJob | undefined,
): Promise<readonly Window[]> {
  const job = resumed ?? (await startNamedJob(context, windows));
  context.life.tally.transports.add('Bulk');
  const progress = { written: 0, resumed: resumed !== undefined };
  try {
    const info = await waitForJob(context.connection, job.id, context.signal, { onPoll: reportWait(context) });
    for await (const { rowCount, next } of readPages(context, job)) {
      progress.written += rowCount;
      if (next) await saveResume(context, windows, { ...job, locator: next, rows: job.rows + progress.written });
    }
    verifyJobCount(context, info.numberRecordsProcessed, job.rows + progress.written);
  } catch (thrown) {
    return recover(context, windows, job, progress, asModstampError(thrown));
  }
  await deleteJob(context.connection, job.id, context.signal);
  return windows.slice(1);
}

/** A process that is stopped meanwhile waits until the job is named in a STATE. */
function startNamedJob(context: StreamContext, windows: readonly Window[]): Promise<ResumedJob> {
  const work = startJob(context, windows);
  context.hold(work);
  return work;
}

async function startJob(context: StreamContext, windows: readonly Window[]): Promise<ResumedJob> {
  const soql = soqlOf(context.reading, windows[0] as Window, false);
  const { id } = await createJob(context.connection, soql, context.signal);
  const job = { id, apiVersion: context.connection.apiVersion, rows: 0 };
  await saveResume(context, windows, job, 'first');
  return job;
}

/** Polls are at most five seconds apart, so that a line comes at least every half minute. */
const REPORT_MS = 25_000;

/** Says now and then that a job runs, and how far Salesforce says it is. */
function reportWait({ life, log }: StreamContext): (job: BulkJob) => void {
  let reportedMs = performance.now();
  return ({ id, state, numberRecordsProcessed }) => {
    if (state === 'JobComplete' || performance.now() - reportedMs < REPORT_MS) return;
    reportedMs = performance.now();
    const rows = numberRecordsProcessed === undefined ? '' : `, ${numberRecordsProcessed} rows processed`;
    log('INFO', `Stream ${life.name}: Bulk job ${id} is ${state}${rows}.`);
  };
}

/** Streams the job's result pages to the way out, the next page's request under way while one is written. */
async function* readPages(
  context: StreamContext,
  job: ResumedJob,
): AsyncGenerator<{ rowCount: number; next?: string }> {
  // A page that was opened ahead and is not read must let go of its connection.
  const leaving = new AbortController();
  const reader = { ...context, signal: AbortSignal.any([context.signal, leaving.signal]) };
  try {
    let opening: Promise<ResultPage> | undefined = openPage(reader, job.id, job.locator);
    let { locator } = job;
    while (opening) {
      const page: ResultPage = await opening;
      opening = page.next === undefined ? undefined : openPage(reader, job.id, page.next);
      const rowCount = await writeResultPage(reader, job.id, locator, page);
      locator = page.next;
      yield { rowCount, ...(page.next !== undefined && { next: page.next }) };
    }
  } finally {
    leaving.abort();
  }
}

function openPage(context: StreamContext, jobId: string, locator: string | undefined): Promise<ResultPage> {
  const perRow = context.reading.selection.fields.length * CELL_BYTES;
  const maxRecords = Math.round(Math.min(250_000, Math.max(10_000, PAGE_BYTES / perRow)));
  const opening = openResults(
    context.connection,
    jobId,
    { ...(locator !== undefined && { locator }), maxRecords },
    context.signal,
  );
  // It is awaited only when the page before it is written; until then a refusal must not count as unhandled.
  opening.catch(() => undefined);
  return opening;
}

/** Writes one result page, fetching it again where its body is cut; rows written by an earlier try are skipped. */
async function writeResultPage(
  context: StreamContext,
  jobId: string,
  locator: string | undefined,
  opened: ResultPage,
): Promise<number> {
  const template = templateOf(context.reading);
  let page = opened;
  let written = 0;
  for (let tries = 1; ; tries++) {
    const before = written;
    const transcoder = createCsvTranscoder(template, { emittedAt: Date.now(), skipRows: written });
    try {
      for await (const chunk of page.body) {
        await writeNew(chunk, false);
      }
      await writeNew(NOTHING, true);
      verifyPageCount(context, page.rowCount, written);
      return written;
    } catch (thrown) {
      if (written > before) tries = 0;
      const error = asModstampError(thrown);
      if (!FETCH_AGAIN.has(error.fault ?? '')) throw error;
      if (tries >= PAGE_TRIES || context.signal.aborted) throw error;
      context.log(
        'INFO',
        `Stream ${context.life.name}: a result page broke off after ${written} rows; it is fetched again from there.`,
      );
      page = await openPage(context, jobId, locator);
    } finally {
      closeTranscoder(context, transcoder);
    }

    async function writeNew(bytes: Uint8Array, ends: boolean): Promise<void> {
      for await (const piece of pushBytes(context, transcoder, bytes, ends)) {
        await writeLines(context, piece);
        written = Math.max(written, transcoder.rows);
      }
    }
  }
}

const NOTHING = new Uint8Array(0);

/**
 * What is left of the windows after a fault. A job that can still be read stays, named in the state; every other one is
 * deleted, and the state says so. A former run's job that is gone or dead only costs its window being read anew.
 */
async function recover(
  context: StreamContext,
  windows: readonly Window[],
  job: ResumedJob,
  { written, resumed }: { readonly written: number; readonly resumed: boolean },
  error: ModstampError,
): Promise<readonly Window[]> {
  if (context.signal.aborted) throw error;
  const anew = resumed && written === 0;
  if (isFault(error, 'job_gone')) {
    if (anew) return windows;
    throw error;
  }
  const canBeReadOn = error.failureType === 'transient_error' && !USELESS_AFTER.has(error.fault ?? '');
  if (canBeReadOn && !(isFault(error, 'bulk_quota') && written === 0)) throw error;
  await abandonJob(context, job.id);
  if (anew && DEAD_BY.has(error.fault ?? '')) return windows;
  if (isFault(error, 'query_timeout')) {
    const [window, ...later] = windows as [Window, ...Window[]];
    return [...(await splitWindow(context, window, error)), ...later];
  }
  await saveResume(context, windows);
  throw error;
}

/** What ends a job on the org's side, before it has any result. */
const DEAD_BY = new Set(['job_failed', 'job_aborted', 'query_timeout']);
/** Behind these nothing is to be had from a job any more: dead, or its results stay wrong however often they are fetched. */
const USELESS_AFTER = new Set([...DEAD_BY, 'rows_missing', 'page_short', 'csv_malformed']);

/** Aborts and deletes a job whose results nobody will read. */
export async function abandonJob(context: Pick<StreamContext, 'connection' | 'signal'>, jobId: string): Promise<void> {
  await abortJob(context.connection, jobId, context.signal);
  await deleteJob(context.connection, jobId, context.signal);
}

function verifyPageCount(context: StreamContext, announced: number | undefined, written: number): void {
  if (announced === undefined || announced === written) return;
  throw shortfall(context, 'page_short', announced, written);
}

/** The org may be late with the job's own count, or give none. */
function verifyJobCount(context: StreamContext, announced: number | undefined, written: number): void {
  if (announced || written === 0) addCounted(context.life.tally, announced ?? 0);
  if (!announced || announced === written) return;
  throw shortfall(context, 'rows_missing', announced, written);
}

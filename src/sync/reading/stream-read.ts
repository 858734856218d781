/** Reads one planned stream from its first window to its final STATE, over whichever transport costs the org less. */
import { asModstampError, type ModstampError } from '../../errors.ts';
import { isFault } from '../../salesforce/faults.ts';
import { isStepRefused } from '../../salesforce/refused-step.ts';
import { abandonJob, readBulkWindow } from './bulk-reading.ts';
import { readByKey } from './key-reading.ts';
import { readByParents } from './parent-reading.ts';
import { closePage, openPage, type RestPage } from './rest-page.ts';
import { readRestWindow } from './rest-reading.ts';
import { fitsUrl, saveResume, soqlOf, type StreamContext } from './stream-context.ts';
import type { ResumedJob } from '../plan/stream-state.ts';
import type { Window } from '../plan/window.ts';
import { readWideWindow } from './wide-reading.ts';

/** Rows of a REST page, and so of a call (REST guide, "Sforce-Query-Options": default and most). */
const REST_PAGE_ROWS = 2_000;
/** What a Bulk job costs beside its result pages: create, about three looks, delete. */
const BULK_CALLS = 5;
/** Types that a CSV can't carry (Bulk guide, "Considerations for Bulk queries"). */
const NOT_IN_CSV = new Set(['complexvalue', 'json', 'junctionidlist']);

export interface Start {
  /** Rows that the org counts in the first window, where known. */
  readonly size?: number;
  /** First page of the first window, where a batch has brought it. */
  readonly page?: RestPage;
}

/** Whether the stream can be read by Bulk: its object, its field types. What the org then refuses is learnt from its answer. */
export function bulkCanRead({ describe, kind, selection }: StreamContext['reading']): boolean {
  if (!kind.bulk) return false;
  const types = new Map(describe.fields.map((field) => [field.name, field.type.toLowerCase()]));
  return !selection.fields.some((field) => NOT_IN_CSV.has(types.get(field) ?? ''));
}

/** Whether Bulk costs fewer API calls than REST for so many rows, of which REST puts `pageRows` on a page. */
export function bulkIsCheaper(rowCount: number, pageRows = REST_PAGE_ROWS): boolean {
  return Math.ceil(rowCount / pageRows) > BULK_CALLS;
}

/**
 * Whether the first query of a reading may be one of a batch: over REST, in one URL, not by parents, not a resumed job, and
 * not one of two that have to be read in their order.
 */
export function fitsBatch(reading: StreamContext['reading']): boolean {
  const [window] = reading.windows;
  if (!window || reading.isCatchUp || reading.catchUp || reading.resume?.job || !reading.kind.sharesCalls) return false;
  return fitsUrl(reading, window);
}

/**
 * Reads every window of a reading. Returns when the last row is written; the final STATE is the caller's.
 * Throws ModstampError; what was written until then is covered by the last STATE.
 */
export async function readWindows(context: StreamContext, start: Start): Promise<void> {
  const { reading } = context;
  if (reading.abandonedJob) await abandonFormerJob(context, reading.abandonedJob);
  // From this STATE on the deletes are due; without it, a row of a first read that is killed could stay for ever.
  if (reading.incremental && reading.whole && reading.currentState.deletes)
    await saveResume(context, reading.windows, reading.resume?.job);
  const usable: Transports = { bulk: bulkCanRead(reading), pageRows: REST_PAGE_ROWS };
  let windows = reading.windows;
  let { page, size } = start;
  let { job } = reading.resume ?? {};
  while (windows.length > 0) {
    windows = await readWindow(context, windows, usable, {
      ...(page && { page }),
      ...(size !== undefined && { size }),
      ...(job && { job }),
    });
    page = undefined;
    size = usable.restRows;
    usable.restRows = undefined;
    job = undefined;
  }
}

/** What the first pages and refusals of a reading have taught. */
interface Transports {
  bulk: boolean;
  /** Rows that a REST page holds: fewer than 2,000 where rows are wide. */
  pageRows: number;
  /** Rows that a first page has left to Bulk. */
  restRows?: number | undefined;
}

type WindowStart = Start & { readonly job?: ResumedJob };

async function readWindow(
  context: StreamContext,
  windows: readonly Window[],
  usable: Transports,
  start: WindowStart,
): Promise<readonly Window[]> {
  const { reading } = context;
  const { parent, windowKey } = reading.kind;
  if (parent || windowKey !== undefined) context.life.tally.transports.add('REST');
  if (parent) return readByParents(context, windows, parent);
  if (windowKey !== undefined) return readByKey(context, windows, windowKey);
  const window = windows[0] as Window;
  const wide = !fitsUrl(reading, window);
  let { page, size } = start;
  if (usable.bulk && !start.job && !wide && size === undefined) {
    page ??= await openPage(context, { soql: soqlOf(reading, window, true) }).catch(leavesSizeUnknown);
    size = page?.totalSize;
  }
  if (
    usable.bulk &&
    (start.job || wide || size === undefined || (bulkIsCheaper(size, usable.pageRows) && !page?.done))
  ) {
    if (page) await closePage(page);
    page = undefined;
    const writtenBefore = context.life.recordCount();
    try {
      return await readBulkWindow(context, windows, start.job);
    } catch (thrown) {
      const error = asModstampError(thrown);
      // Rows that have left must not come again in this run.
      if (context.life.recordCount() > writtenBefore || !mayFallBack(context, error, size)) throw error;
      context.log(
        isFault(error, 'bulk_unsupported') ? 'INFO' : 'WARN',
        `Stream ${context.life.name} is read by REST, because Bulk refused it: ${error.internal ?? error.message}`,
      );
      usable.bulk = false;
    }
  }
  context.life.tally.transports.add('REST');
  return wide ? readWideWindow(context, windows) : readRest(context, windows, page, usable);
}

/** By REST; where the org finds that many columns too much for one query, in groups of columns that are joined on Id. */
async function readRest(
  context: StreamContext,
  windows: readonly Window[],
  page: RestPage | undefined,
  usable: Transports,
): Promise<readonly Window[]> {
  const writtenBefore = context.life.recordCount();
  try {
    return await readRestWindow(context, windows, page, (rowsLeft, pageRows) => {
      usable.pageRows = Math.max(1, pageRows);
      const isForBulk = usable.bulk && bulkIsCheaper(rowsLeft, usable.pageRows);
      if (isForBulk) usable.restRows = rowsLeft;
      return isForBulk;
    });
  } catch (thrown) {
    const { kind, selection } = context.reading;
    const mayJoin = kind.ordersById && context.life.recordCount() === writtenBefore;
    if (!isFault(thrown, 'too_complicated') || !mayJoin) throw thrown;
    return readWideWindow(context, windows, Math.ceil(selection.fields.length / 2));
  }
}

/** A job belongs to the API version that it was made under. */
function abandonFormerJob(context: StreamContext, { id, apiVersion }: ResumedJob): Promise<void> {
  return abandonJob({ ...context, connection: { ...context.connection, apiVersion } }, id);
}

/** A first page that is too much for the org leaves the size unknown: Bulk has more time, and columns can be split. */
export function leavesSizeUnknown(thrown: unknown): undefined {
  if (isFault(thrown, 'query_timeout') || isFault(thrown, 'too_complicated')) return undefined;
  throw thrown;
}

/** REST takes over where Bulk refuses the job for a reason of its own, or has no quota left, and REST's allowance bears it. */
function mayFallBack(context: StreamContext, error: ModstampError, size: number | undefined): boolean {
  if (context.signal.aborted) return false;
  if (isFault(error, 'bulk_unsupported')) return true;
  if (isFault(error, 'job_gone') || isFault(error, 'job_aborted') || isFault(error, 'job_stalled')) return false;
  if (!isFault(error, 'bulk_quota') && !isStepRefused(error)) return false;
  const { orgUsed, orgMax } = context.connection.usage();
  if (size === undefined || orgUsed === undefined || orgMax === undefined) return isStepRefused(error);
  return Math.ceil(size / REST_PAGE_ROWS) <= (orgMax - orgUsed) / 2;
}

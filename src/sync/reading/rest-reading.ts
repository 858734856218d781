/** Reads windows over REST: pages in order, each with a STATE to go on from, rows counted against the server. */
import { createPageTrail, verifyAdvance } from './advance.ts';
import { asModstampError, type ModstampError } from '../../errors.ts';
import { isFault } from '../../salesforce/faults.ts';
import { isDamaged, type QueryTarget } from '../../salesforce/query.ts';
import { openPage, type RestPage, writePage, type Written } from './rest-page.ts';
import { verifyAtMost, verifyCount } from './row-count.ts';
import type { AnswerHead } from '../../record/answer-head.ts';
import { splitWindow } from './split.ts';
import { conditionsOf, type Window } from '../plan/window.ts';
import { canGoOn, saveResume, soqlOf, windowBehind, type StreamContext } from './stream-context.ts';
import { addCounted } from './stream-tally.ts';

/** Tries of a page of which no new row came. */
const PAGE_TRIES = 3;

/**
 * Reads the first of `windows` over REST; `first` is its first page where it was asked for already. Returns the windows
 * that are left: those behind it, what a split leaves of it, or what `isForBulk` leaves to Bulk after the first page. Throws ModstampError, rows written so far being covered by
 * the last STATE.
 */
export async function readRestWindow(
  context: StreamContext,
  windows: readonly Window[],
  first: RestPage | undefined,
  isForBulk?: (rowsLeft: number, pageRows: number) => boolean,
): Promise<readonly Window[]> {
  const [window, ...later] = windows as [Window, ...Window[]];
  const progress: Progress = { isOrdered: true, rowCount: 0 };
  let pageCount = 0;
  try {
    const left = await writeWindow(context, window, first, progress, async (rest) => {
      await saveResume(context, [rest, ...later]);
      pageCount += 1;
      const rowsLeft = (progress.totalSize ?? 0) - progress.rowCount;
      // Decided once, from the first page, and in the order of Ids only, where the rest is a window that Bulk can read.
      return pageCount === 1 && rest.afterId !== undefined && isForBulk?.(rowsLeft, progress.rowCount) === true;
    });
    if (left) {
      await verifyPart(context, window, left, progress.rowCount);
      context.log(
        'INFO',
        `Stream ${context.life.name}: a page holds only ${progress.rowCount} rows; the rest is read by Bulk.`,
      );
      return [left, ...later];
    }
  } catch (thrown) {
    return [...(await splitRest(context, window, progress, asModstampError(thrown))), ...later];
  }
  await verifyWindow(context, windows, progress);
  return later;
}

export interface Progress extends Written {
  /** What the org announced: with the first page, or what had left until it first did, and what it announced then. */
  totalSize?: number | undefined;
}

/**
 * Writes all rows of a window. `first` is its first page where it was asked for already; `onRest` is called behind each page
 * but the last where the reading could go on there, and leaves the rest of the window to the caller where it says so; that
 * rest is returned. A lost cursor, and a page that breaks off or is damaged, cost
 * one call: a new query goes on behind the last row. No row is lost by it: one that changes meanwhile stays where it is in
 * the order of Ids, and in that of the cursor moves to its end or out of the window, to the next run. Throws ModstampError;
 * `progress` tells what has left.
 */
export async function writeWindow(
  context: StreamContext,
  window: Window,
  first: RestPage | undefined,
  progress: Progress,
  onRest: (rest: Window) => Promise<boolean> = async () => false,
): Promise<Window | undefined> {
  let target: QueryTarget | undefined = { soql: soqlOf(context.reading, window, true) };
  let page = first;
  let wentOnAt = 0;
  let tries = 0;
  const trail = createPageTrail();
  while (target) {
    const before = progress.rowCount;
    const outcome = await writeNext(context, page ?? target, progress);
    page = undefined;
    const rest = progress.last && windowBehind(context.reading, window, progress.last);
    if (outcome instanceof Error) {
      // Without a new row in between, going on again would be for ever.
      tries = progress.rowCount > wentOnAt ? 1 : tries + 1;
      wentOnAt = progress.rowCount;
      const mayAskAgain = isDamaged(outcome) && progress.rowCount === before;
      if (tries > PAGE_TRIES || (!rest && !mayAskAgain)) throw outcome;
      if (rest) target = { soql: soqlOf(context.reading, rest, true) };
      tellGoingOn(context, progress, outcome);
    } else {
      progress.totalSize ??= announcedBy(outcome, before, progress.rowCount);
      verifyAdvance(context, trail, {
        rowCount: progress.rowCount - before,
        lastId: progress.last?.id,
        nextRecordsUrl: outcome.nextRecordsUrl,
      });
      await verifySurplus(context, window, progress);
      target = outcome.nextRecordsUrl === undefined ? undefined : { nextRecordsUrl: outcome.nextRecordsUrl };
      if (target && rest && progress.rowCount > before && (await onRest(rest))) return rest;
    }
  }
  return undefined;
}

/** What the first page announces. Hosts that are not Salesforce may count their page instead: that announces nothing. */
function announcedBy({ totalSize, done }: AnswerHead, before: number, rowCount: number): number | undefined {
  return !done && before + totalSize <= rowCount ? undefined : before + totalSize;
}

/** More rows than were announced are rows that came twice, unless the org counts so many by now. */
async function verifySurplus(context: StreamContext, window: Window, progress: Progress): Promise<void> {
  const { rowCount, totalSize = rowCount } = progress;
  if (rowCount <= totalSize) return;
  progress.totalSize = await verifyAtMost(
    context,
    conditionsOf(window, context.reading.cursorField),
    rowCount,
    totalSize,
  );
}

/** Asks for a page, unless it is there, and writes it. Returns what it told, or the error behind which a new query goes on. */
async function writeNext(
  context: StreamContext,
  next: RestPage | QueryTarget,
  progress: Progress,
): ReturnType<typeof writePage> {
  if ('lines' in next || 'answer' in next) return writePage(context, next, progress);
  try {
    return await writePage(context, await openPage(context, next), progress);
  } catch (thrown) {
    // A page that came whole is judged behind the transport's patience.
    const isHeldDamaged = !canGoOn(context.reading) && isDamaged(thrown);
    if (isFault(thrown, 'locator_gone') || isHeldDamaged) return asModstampError(thrown);
    throw thrown;
  }
}

function tellGoingOn(context: StreamContext, { rowCount }: Progress, error: ModstampError): void {
  const why = isFault(error, 'locator_gone')
    ? "the org forgot the query's place (a new session, or two days)"
    : `a page ${isFault(error, 'body_cut') ? 'broke off' : `was damaged (${error.fault})`} after ${rowCount} rows`;
  context.log('INFO', `Stream ${context.life.name}: ${why}; going on behind the last row.`);
}

/** The part of a window up to its rest is counted by itself: the announced size is that of both. */
async function verifyPart(
  context: StreamContext,
  window: Window,
  { afterId }: Window,
  rowCount: number,
): Promise<void> {
  const part: Window = afterId === undefined ? window : { ...window, untilId: afterId };
  await verifyCount(context, conditionsOf(part, context.reading.cursorField), rowCount, Number.POSITIVE_INFINITY);
  addCounted(context.life.tally, rowCount);
}

/**
 * Rows may have been lost from a page that a STATE covers already. So where the count fails, a last STATE takes those back:
 * the next run reads the window from its beginning.
 */
async function verifyWindow(
  context: StreamContext,
  windows: readonly Window[],
  { rowCount, totalSize = 0 }: Progress,
): Promise<void> {
  const conditions = conditionsOf(windows[0] as Window, context.reading.cursorField);
  addCounted(context.life.tally, totalSize);
  try {
    await verifyCount(context, conditions, rowCount, totalSize);
  } catch (thrown) {
    await saveResume(context, windows);
    throw thrown;
  }
}

/** What is left of a window that took the org too long, in parts; any other error is thrown. */
async function splitRest(
  context: StreamContext,
  window: Window,
  progress: Progress,
  error: ModstampError,
): Promise<Window[]> {
  const rest = progress.rowCount === 0 ? window : progress.last && windowBehind(context.reading, window, progress.last);
  if (!rest || !isFault(error, 'query_timeout')) throw error;
  return splitWindow(context, rest, error);
}

/** Reads windows over REST: pages in order, each with a STATE to go on from, rows counted against the server. */
import { asModstampError, type ModstampError } from '../errors.ts';
import { isFault } from '../salesforce/faults.ts';
import { pagesFrom, queryPage, type QueryPage } from '../salesforce/query.ts';
import { verifyCount } from './row-count.ts';
import { splitWindow } from './split.ts';
import { conditionsOf, type Window } from './window.ts';
import { saveResume, soqlOf, windowBehind, writePage, type LastRow, type StreamContext } from './stream-context.ts';

/**
 * Reads the first of `windows` over REST; `first` is its first page where a batch has brought it already. Returns the
 * windows that are left: those behind it, or what a split or a lost locator leaves of it.
 * Throws ModstampError, rows written so far being covered by the last STATE.
 */
export async function readRestWindow(
  context: StreamContext,
  windows: readonly Window[],
  first: QueryPage | undefined,
): Promise<readonly Window[]> {
  const [window, ...later] = windows as [Window, ...Window[]];
  const progress: Progress = { rowCount: 0, totalSize: 0 };
  try {
    await writePages(context, windows, first, progress);
  } catch (thrown) {
    return [...(await recover(context, window, progress, asModstampError(thrown))), ...later];
  }
  await verifyWindow(context, windows, progress);
  return later;
}

interface Progress {
  rowCount: number;
  /** What the org announced with the first page. */
  totalSize: number;
  last?: LastRow;
}

async function writePages(
  context: StreamContext,
  windows: readonly Window[],
  brought: QueryPage | undefined,
  progress: Progress,
): Promise<void> {
  const [window, ...later] = windows as [Window, ...Window[]];
  const { connection, reading, signal } = context;
  const first = brought ?? (await queryPage(connection, { soql: soqlOf(reading, window, true) }, signal));
  progress.totalSize = first.totalSize;
  for await (const page of pagesFrom(connection, first, signal)) {
    const { rowCount, last } = await writePage(context, page);
    progress.rowCount += rowCount;
    if (rowCount > 0) progress.last = last;
    const rest = page.done ? undefined : windowBehind(reading, window, last);
    if (rest) await saveResume(context, [rest, ...later]);
  }
}

/**
 * Rows may have been lost from a page that a STATE covers already. So where the count fails, a last STATE takes those back:
 * the next run reads the window from its beginning.
 */
async function verifyWindow(
  context: StreamContext,
  windows: readonly Window[],
  { rowCount, totalSize }: Progress,
): Promise<void> {
  const conditions = conditionsOf(windows[0] as Window, context.reading.cursorField);
  try {
    await verifyCount(context, conditions, rowCount, totalSize);
  } catch (thrown) {
    await saveResume(context, windows);
    throw thrown;
  }
}

/** What is left of a window after a fault, where something can be done about it. */
async function recover(
  context: StreamContext,
  window: Window,
  progress: Progress,
  error: ModstampError,
): Promise<Window[]> {
  const rest = progress.rowCount === 0 ? window : progress.last && windowBehind(context.reading, window, progress.last);
  if (!rest) throw error;
  if (isFault(error, 'locator_gone') && progress.rowCount > 0) {
    context.log(
      'INFO',
      `Stream ${context.life.name}: the org forgot the query's place (a new session, or two days); going on behind the last row.`,
    );
    return [rest];
  }
  if (isFault(error, 'query_timeout')) return splitWindow(context, rest, error);
  throw error;
}

/** Reads windows over REST: pages in order, each with a STATE to go on from, rows counted against the server. */
import { asModstampError, ModstampError } from '../errors.ts';
import { isFault } from '../salesforce/faults.ts';
import { queryPage, type QueryPage } from '../salesforce/query.ts';
import { select } from '../salesforce/soql.ts';
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
  const progress: Progress = { rowCount: 0 };
  try {
    const soql = soqlOf(context.reading, window, true);
    let page = first ?? (await queryPage(context.connection, { soql }, context.signal));
    const totalSize = page.totalSize;
    for (;;) {
      const written = await writePage(context, page);
      progress.rowCount += written.rowCount;
      if (written.rowCount > 0) progress.last = written.last;
      if (page.done || !page.nextRecordsUrl) break;
      const rest = windowBehind(context.reading, window, written.last);
      if (rest) await saveResume(context, [rest, ...later]);
      page = await queryPage(context.connection, { nextRecordsUrl: page.nextRecordsUrl }, context.signal);
    }
    await verifyCount(context, window, progress.rowCount, totalSize);
    return later;
  } catch (thrown) {
    return [...(await recover(context, window, progress, asModstampError(thrown))), ...later];
  }
}

interface Progress {
  rowCount: number;
  last?: LastRow;
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

/**
 * Fails where fewer rows came than the org counts. `totalSize` alone is no proof: it may exceed what is delivered (seen on
 * FieldPermissions), and rows leave a window while it is read; so a shortfall is checked by one COUNT().
 */
async function verifyCount(context: StreamContext, window: Window, rowCount: number, totalSize: number): Promise<void> {
  if (rowCount >= totalSize) return;
  const { describe, cursorField } = context.reading;
  const soql = select({ fields: ['COUNT()'], from: describe.name, where: conditionsOf(window, cursorField) });
  const counted = (await queryPage(context.connection, { soql }, context.signal)).totalSize;
  if (rowCount >= counted) return;
  throw new ModstampError(
    `${describe.name}: the org announced ${counted} rows and delivered ${rowCount}; the stream is not counted as read. Run the sync again; if it stays so, report it to Salesforce support.`,
    {
      failureType: 'transient_error',
      fault: 'rows_missing',
      internal: `totalSize ${totalSize}, COUNT() ${counted}, rows ${rowCount}`,
    },
  );
}

/** Reads an object of which Salesforce gives one batch of rows and no further page (EntityDefinition), by its key. */
import { queryPage, readRows } from '../../salesforce/query.ts';
import { quote, select } from '../../salesforce/soql.ts';
import { writeAnswer, type Written } from './rest-page.ts';
import { shortfall } from './row-count.ts';
import type { StreamContext } from './stream-context.ts';
import { conditionsOf, type Window } from '../plan/window.ts';

/** Rows of a batch (REST guide, "does not support queryMore(), use LIMIT to restrict the results to a single batch"). */
const BATCH_ROWS = 2_000;

/**
 * Reads the first of `windows` in batches of 2,000 rows, each beginning after the last key of the one before; returns the
 * others. A batch that is not complete fails the stream: there is no count to compare the sum with.
 */
export async function readByKey(
  context: StreamContext,
  windows: readonly Window[],
  key: string,
): Promise<readonly Window[]> {
  const [window, ...later] = windows as [Window, ...Window[]];
  const { selection, describe, cursorField } = context.reading;
  const fields = [...new Set([...selection.fields, key])];
  const written: Written = { rowCount: 0 };
  for (let after: string | undefined; ;) {
    const where = [...conditionsOf(window, cursorField), ...(after === undefined ? [] : [`${key} > ${quote(after)}`])];
    const soql = select({ fields, from: describe.name, where, orderBy: [key], limit: BATCH_ROWS });
    const page = await queryPage(context.connection, { soql }, context.signal);
    const keys = readRows<Record<string, string>>(page).map((row) => row[key] ?? '');
    if (!page.done && keys.length < BATCH_ROWS) throw shortfall(context, 'rows_missing', page.totalSize, keys.length);
    await writeAnswer(context, page.answer, written);
    const last = keys.at(-1);
    if (keys.length < BATCH_ROWS || last === undefined) return later;
    if (after !== undefined && last <= after) throw shortfall(context, 'rows_missing', page.totalSize, 0);
    after = last;
  }
}

/** Reads an object that answers only a filter on its parent (ContentDocumentLink), by all Ids of that parent. */
import { ModstampError } from '../errors.ts';
import { queryPage, queryPages, type QueryPage } from '../salesforce/query.ts';
import { quote, select } from '../salesforce/soql.ts';
import type { ParentRead } from './object-lists.ts';
import { saveResume, writePage, type StreamContext } from './stream-context.ts';
import { conditionsOf, type Window } from './window.ts';

/** Ids in one IN list: 200 make about 6 KB of URL, below every limit, and several such queries share a composite call. */
const PARENTS_A_QUERY = 200;

/** Reads the first of `windows`; returns the others. A STATE after each page of parents says where to go on. */
export async function readByParents(
  context: StreamContext,
  windows: readonly Window[],
  { parent, field }: ParentRead,
): Promise<readonly Window[]> {
  const [window, ...later] = windows as [Window, ...Window[]];
  for await (const ids of readParentIds(context, parent, window.afterParent)) {
    const soqls: string[] = [];
    for (let at = 0; at < ids.length; at += PARENTS_A_QUERY) {
      soqls.push(childrenOf(context, window, field, ids.slice(at, at + PARENTS_A_QUERY)));
    }
    for await (const answer of queryPages(context.connection, soqls, context.signal)) {
      if ('error' in answer) throw answer.error;
      await writeChildren(context, answer.page);
    }
    await saveResume(context, [{ ...window, afterParent: ids.at(-1) as string }, ...later]);
  }
  return later;
}

/** Pages of parent Ids in their order, behind `after`; asked by key, so that a lost session costs nothing. */
async function* readParentIds(
  context: StreamContext,
  parent: string,
  after: string | undefined,
): AsyncGenerator<string[]> {
  for (let behind = after; ;) {
    const where = behind === undefined ? [] : [`Id > ${quote(behind)}`];
    const soql = select({ fields: ['Id'], from: parent, where, orderBy: ['Id'], limit: 2_000 });
    const { records } = await queryPage(context.connection, { soql }, context.signal);
    const ids = (JSON.parse(Buffer.from(records).toString('utf8')) as { Id: string }[]).map(({ Id }) => Id);
    if (ids.length === 0) return;
    yield ids;
    behind = ids.at(-1);
  }
}

function childrenOf({ reading }: StreamContext, window: Window, field: string, ids: readonly string[]): string {
  const parents = `${field} IN (${ids.map(quote).join(',')})`;
  const { selection, describe, cursorField } = reading;
  return select({
    fields: selection.fields,
    from: describe.name,
    where: [parents, ...conditionsOf(window, cursorField)],
  });
}

async function writeChildren(context: StreamContext, first: QueryPage): Promise<void> {
  let { rowCount } = await writePage(context, first);
  for (let page = first; !page.done && page.nextRecordsUrl;) {
    page = await queryPage(context.connection, { nextRecordsUrl: page.nextRecordsUrl }, context.signal);
    rowCount += (await writePage(context, page)).rowCount;
  }
  if (rowCount >= first.totalSize) return;
  throw new ModstampError(
    `${context.reading.describe.name}: the org announced ${first.totalSize} rows and delivered ${rowCount}; the stream is not counted as read. Run the sync again.`,
    { failureType: 'transient_error', fault: 'rows_missing' },
  );
}

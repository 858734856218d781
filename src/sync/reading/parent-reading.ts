/** Reads an object that answers only a filter on its parent (ContentDocumentLink), by all Ids of that parent. */
import { pagesFrom, queryPage, queryPages, readRows, type QueryOutcome } from '../../salesforce/query.ts';
import { inList, quote, select } from '../../salesforce/soql.ts';
import { verifyIdBehind } from './advance.ts';
import { splitIdList } from './id-list.ts';
import type { ParentRead } from '../offer/object-kind.ts';
import { writeAnswer, type Written } from './rest-page.ts';
import { verifyCount } from './row-count.ts';
import { saveResume, type StreamContext } from './stream-context.ts';
import { conditionsOf, type Window } from '../plan/window.ts';

/** Reads the first of `windows`; returns the others. A STATE after each page of parents says where to go on. */
export async function readByParents(
  context: StreamContext,
  windows: readonly Window[],
  { parent, field }: ParentRead,
): Promise<readonly Window[]> {
  const [window, ...later] = windows as [Window, ...Window[]];
  for await (const ids of readParentIds(context, parent, window.afterParent)) {
    const others = conditionsOf(window, context.reading.cursorField);
    const conditions = splitIdList(ids).map((list) => [inList(field, list), ...others]);
    await writeChildren(context, conditions);
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
    const page = await queryPage(context.connection, { soql }, context.signal);
    const ids = readRows<{ Id: string }>(page).map(({ Id }) => Id);
    const last = ids.at(-1);
    if (last === undefined) return;
    verifyIdBehind(parent, behind, last);
    yield ids;
    behind = last;
  }
}

/** Writes the rows of one query for each list of conditions, counted query by query. */
async function writeChildren(context: StreamContext, conditions: readonly (readonly string[])[]): Promise<void> {
  const { selection, describe } = context.reading;
  const soqls = conditions.map((where) => select({ fields: selection.fields, from: describe.name, where }));
  for await (const answer of queryPages(context.connection, soqls, context.signal)) {
    if ('error' in answer) throw answer.error;
    await writeAll(context, answer, conditions[answer.index] ?? []);
  }
}

/** Held page by page: their order is none to go on behind a row, and what answers by its parent has short rows. */
async function writeAll(
  context: StreamContext,
  first: Exclude<QueryOutcome, { readonly error: unknown }>,
  where: readonly string[],
): Promise<void> {
  const written: Written = { rowCount: 0 };
  let totalSize: number | undefined;
  for await (const page of pagesFrom(context.connection, first, context.signal)) {
    totalSize ??= page.totalSize;
    await writeAnswer(context, page.answer, written);
  }
  await verifyCount(context, where, written.rowCount, totalSize ?? 0);
}

/**
 * Reads an object whose field list does not fit into one URL and which Bulk refuses: the fields in chunks, each asked for
 * the same run of Ids, and joined on Id byte for byte. A row that only some chunks show is asked again, never dropped.
 */
import { ModstampError } from '../../errors.ts';
import { elements, members } from '../../json/scan.ts';
import { isFault } from '../../salesforce/faults.ts';
import { makeFault } from '../../salesforce/refusal.ts';
import { pagesFrom } from '../../salesforce/query.ts';
import { inList, select } from '../../salesforce/soql.ts';
import { splitIdList } from './id-list.ts';
import { verifyIdBehind } from './advance.ts';
import { writeAnswer } from './rest-page.ts';
import { verifyCount } from './row-count.ts';
import { saveResume, URL_LENGTH_MAX, type StreamContext } from './stream-context.ts';
import { conditionsOf, type Window } from '../plan/window.ts';

/** Rows joined at a time; a wide row is a few KB of JSON. */
const JOINED_ROWS = 500;

/** Member texts (`"Name":"Acme"`) of each row, by Id, in the order of the answer. */
type RowParts = Map<string, string[]>;

/**
 * Reads the first of `windows`, in Id order, a STATE after each run of rows; returns the others. A query has at most
 * `fieldsMax` fields, and half as many from where the org finds it too complicated on.
 */
export async function readWideWindow(
  context: StreamContext,
  windows: readonly Window[],
  fieldsMax = Number.POSITIVE_INFINITY,
): Promise<readonly Window[]> {
  const [window, ...later] = windows as [Window, ...Window[]];
  let left = window;
  try {
    await writeWideWindow(
      context,
      window,
      async (rest) => {
        left = rest;
        await saveResume(context, [rest, ...later]);
      },
      fieldsMax,
    );
    return later;
  } catch (thrown) {
    const fewer = Math.ceil(Math.min(fieldsMax, context.reading.selection.fields.length) / 2);
    if (!isFault(thrown, 'too_complicated') || fewer < 2) throw thrown;
    return readWideWindow(context, [left, ...later], fewer);
  }
}

/**
 * Writes the rows of a window in Id order; `onRest` is called behind each run of rows with what is left of it. Throws as
 * `joinedRows` does.
 */
export async function writeWideWindow(
  context: StreamContext,
  window: Window,
  onRest: (rest: Window) => Promise<void> = async () => {},
  fieldsMax = Number.POSITIVE_INFINITY,
): Promise<void> {
  for await (const { answer, rest } of joinedRows(context, window, fieldsMax)) {
    await writeAnswer(context, answer, { rowCount: 0 });
    await onRest(rest);
  }
}

/**
 * The rows of a window as answers of whole rows, in Id order, each with the rest of the window behind it. Throws
 * `rows_missing` where the org shows some fields of a row and not the others, or fewer rows than it counts.
 */
async function* joinedRows(
  context: StreamContext,
  window: Window,
  fieldsMax: number,
): AsyncGenerator<{ answer: Uint8Array; rest: Window }> {
  const { selection, describe, cursorField } = context.reading;
  const [leadFields = ['Id'], ...otherChunks] = chunkFields(selection.fields, fieldsMax);
  for (let rest = window; ;) {
    const where = conditionsOf(rest, cursorField);
    const soql = select({ fields: leadFields, from: describe.name, where, orderBy: ['Id'], limit: JOINED_ROWS });
    const { rows, totalSize } = await rowsOf(context, soql);
    const last = [...rows.keys()].at(-1);
    const run: Window = last === undefined ? rest : { ...rest, untilId: last };
    await verifyCount(context, conditionsOf(run, cursorField), rows.size, totalSize);
    if (last === undefined) return;
    verifyIdBehind(describe.name, rest.afterId, last);
    const isLast = rows.size === totalSize && totalSize < JOINED_ROWS;
    for (const chunk of otherChunks) await joinChunk(context, rows, run, chunk);
    const records = [...rows.values()].map((parts) => `{${parts.join(',')}}`).join(',');
    rest = { ...window, afterId: last };
    yield { answer: Buffer.from(`{"records":[${records}]}`), rest };
    if (isLast) return;
  }
}

/**
 * Adds the members of one chunk to every row. Rows that the run's own conditions do not show any more (changed meanwhile)
 * are asked once more, by their Ids.
 */
async function joinChunk(context: StreamContext, rows: RowParts, run: Window, chunk: readonly string[]): Promise<void> {
  const fields = ['Id', ...chunk];
  let missing = await addMembers(
    context,
    rows,
    [...rows.keys()],
    fields,
    conditionsOf(run, context.reading.cursorField),
  );
  for (let tries = 0; tries < 2 && missing.length > 0; tries++) {
    // The second time for what is still shown at all: rows that were deleted for good between two chunks are dropped.
    if (tries === 1) missing = await dropGone(context, rows, missing);
    missing = await addByIds(context, rows, missing, fields);
  }
  if (missing.length === 0) return;
  throw new ModstampError(
    `${context.reading.describe.name}: ${missing.length} rows came back without some of their fields; the stream is not counted as read. Run the sync again, or select fewer properties.`,
    { failureType: 'transient_error', fault: 'rows_missing', internal: `Ids ${missing.slice(0, 5).join(', ')}` },
  );
}

/** Takes the rows out that no query shows any more; gives the Ids of the others. */
async function dropGone(context: StreamContext, rows: RowParts, ids: readonly string[]): Promise<string[]> {
  const shown = new Set<string>();
  for (const some of splitIdList(ids)) {
    const soql = select({ fields: ['Id'], from: context.reading.describe.name, where: [inList('Id', some)] });
    for (const id of (await rowsOf(context, soql)).rows.keys()) shown.add(id);
  }
  for (const id of ids) if (!shown.has(id)) rows.delete(id);
  return ids.filter((id) => shown.has(id));
}

async function addByIds(
  context: StreamContext,
  rows: RowParts,
  ids: readonly string[],
  fields: readonly string[],
): Promise<string[]> {
  const missing: string[] = [];
  for (const some of splitIdList(ids))
    missing.push(...(await addMembers(context, rows, some, fields, [inList('Id', some)])));
  return missing;
}

/** Adds what a query shows of the wanted rows; gives the Ids that it does not show. */
async function addMembers(
  context: StreamContext,
  rows: RowParts,
  wanted: readonly string[],
  fields: readonly string[],
  where: readonly string[],
): Promise<string[]> {
  const { name } = context.reading.describe;
  const found = await rowsOf(context, select({ fields, from: name, where, orderBy: ['Id'] }));
  return wanted.filter((id) => {
    const parts = found.rows.get(id);
    if (parts) rows.get(id)?.push(...parts.filter((part) => !part.startsWith('"Id":')));
    return !parts;
  });
}

/** All rows of a query as member texts, untouched, so that numbers keep their digits. */
async function rowsOf(context: StreamContext, soql: string): Promise<{ rows: RowParts; totalSize: number }> {
  const rows: RowParts = new Map();
  let totalSize: number | undefined;
  for await (const page of pagesFrom(context.connection, { soql }, context.signal)) {
    totalSize ??= page.totalSize;
    addRows(rows, page.records);
  }
  return { rows, totalSize: totalSize ?? 0 };
}

function addRows(rows: RowParts, records: Uint8Array): void {
  const text = Buffer.from(records.buffer, records.byteOffset, records.byteLength);
  elements(records, 0, (start) => {
    const parts: string[] = [];
    let id: unknown = '';
    members(records, start, (key, from, to) => {
      if (key === 'attributes') return;
      const value = text.toString('utf8', from, to);
      if (key === 'Id') id = JSON.parse(value);
      parts.push(`${JSON.stringify(key)}:${value}`);
    });
    if (typeof id !== 'string' || id === '') throw makeFault('row_without_id', { purpose: 'read wide rows' });
    rows.set(id, parts);
  });
}

/** Runs of fields whose names fill at most half a URL, so that conditions and Ids have room beside them. */
function chunkFields(fields: readonly string[], fieldsMax: number): string[][] {
  const chunks: string[][] = [['Id']];
  let length = 0;
  for (const field of fields) {
    if (field === 'Id') continue;
    length += field.length + 3;
    if (length > URL_LENGTH_MAX / 2 || (chunks.at(-1)?.length ?? 0) >= fieldsMax) {
      chunks.push([]);
      length = field.length + 3;
    }
    chunks.at(-1)?.push(field);
  }
  return chunks;
}

/**
 * Reads an object whose field list does not fit into one URL and which Bulk refuses: the fields in chunks, each asked for
 * the same run of Ids, and joined on Id byte for byte. A row that only some chunks show is asked again, never dropped.
 */
import { ModstampError } from '../errors.ts';
import { elements, members } from '../record/json-scan.ts';
import { queryPage, type QueryPage } from '../salesforce/query.ts';
import { quote, select } from '../salesforce/soql.ts';
import { saveResume, writePage, type StreamContext } from './stream-context.ts';
import { conditionsOf, type Window } from './window.ts';

/** Rows joined at a time; a wide row is a few KB of JSON. */
const JOINED_ROWS = 500;

/** Member texts (`"Name":"Acme"`) of each row, by Id, in the order of the answer. */
type RowParts = Map<string, string[]>;

/** Reads the first of `windows`, in Id order; returns the others. `urlLengthMax` bounds each chunk's query. */
export async function readWideWindow(
  context: StreamContext,
  windows: readonly Window[],
  urlLengthMax: number,
): Promise<readonly Window[]> {
  const [window, ...later] = windows as [Window, ...Window[]];
  const { selection, describe, cursorField } = context.reading;
  const [leadFields = ['Id'], ...otherChunks] = chunkFields(selection.fields, urlLengthMax);
  let rest = window;
  for (;;) {
    const where = conditionsOf(rest, cursorField);
    const lead = await rowsOf(
      context,
      select({ fields: leadFields, from: describe.name, where, orderBy: ['Id'], limit: JOINED_ROWS }),
    );
    const last = [...lead.keys()].at(-1);
    if (last === undefined) return later;
    for (const chunk of otherChunks) await joinChunk(context, lead, chunk);
    const records = Buffer.from(`[${[...lead.values()].map((parts) => `{${parts.join(',')}}`).join(',')}]`);
    await writePage(context, { totalSize: lead.size, done: true, records });
    rest = { ...window, afterId: last };
    await saveResume(context, [rest, ...later]);
  }
}

/** Adds the members of one chunk to every row; rows that the chunk does not show are asked once more, by their Ids. */
async function joinChunk(context: StreamContext, rows: RowParts, chunk: readonly string[]): Promise<void> {
  const ids = [...rows.keys()];
  const range = [`Id >= ${quote(ids[0] as string)}`, `Id <= ${quote(ids.at(-1) as string)}`];
  let missing = await addMembers(context, rows, ids, ['Id', ...chunk], range);
  if (missing.length > 0)
    missing = await addMembers(context, rows, missing, ['Id', ...chunk], [`Id IN (${missing.map(quote).join(',')})`]);
  if (missing.length === 0) return;
  const still = await rowsOf(
    context,
    select({ fields: ['Id'], from: context.reading.describe.name, where: [`Id IN (${missing.map(quote).join(',')})`] }),
  );
  if (still.size > 0) {
    throw new ModstampError(
      `${context.reading.describe.name}: ${still.size} rows came back without some of their fields; the stream is not counted as read. Run the sync again, or select fewer properties.`,
      {
        failureType: 'transient_error',
        fault: 'rows_missing',
        internal: `Ids ${[...still.keys()].slice(0, 5).join(', ')}`,
      },
    );
  }
  // Deleted for good between two chunks: no query shows them any more.
  for (const id of missing) rows.delete(id);
}

async function addMembers(
  context: StreamContext,
  rows: RowParts,
  wanted: readonly string[],
  fields: readonly string[],
  where: readonly string[],
): Promise<string[]> {
  const found = await rowsOf(
    context,
    select({ fields, from: context.reading.describe.name, where: [...where], orderBy: ['Id'] }),
  );
  return wanted.filter((id) => {
    const parts = found.get(id);
    if (parts) rows.get(id)?.push(...parts.filter((part) => !part.startsWith('"Id":')));
    return !parts;
  });
}

/** All rows of a query as member texts, untouched, so that numbers keep their digits. */
async function rowsOf(context: StreamContext, soql: string): Promise<RowParts> {
  const rows: RowParts = new Map();
  for (let page: QueryPage | undefined = await queryPage(context.connection, { soql }, context.signal); page;) {
    addRows(rows, page.records);
    page =
      page.done || !page.nextRecordsUrl
        ? undefined
        : await queryPage(context.connection, { nextRecordsUrl: page.nextRecordsUrl }, context.signal);
  }
  return rows;
}

function addRows(rows: RowParts, records: Uint8Array): void {
  const text = Buffer.from(records.buffer, records.byteOffset, records.byteLength);
  elements(records, 0, (start) => {
    const parts: string[] = [];
    let id = '';
    members(records, start, (key, from, to) => {
      if (key === 'attributes') return;
      const value = text.toString('utf8', from, to);
      if (key === 'Id') id = JSON.parse(value) as string;
      parts.push(`${JSON.stringify(key)}:${value}`);
    });
    rows.set(id, parts);
  });
}

/** Runs of fields whose names fill at most half a URL, so that conditions and Ids have room beside them. */
function chunkFields(fields: readonly string[], urlLengthMax: number): string[][] {
  const chunks: string[][] = [['Id']];
  let length = 0;
  for (const field of fields) {
    if (field === 'Id') continue;
    length += field.length + 3;
    if (length > urlLengthMax / 2) {
      chunks.push([]);
      length = field.length + 3;
    }
    chunks.at(-1)?.push(field);
  }
  return chunks;
}

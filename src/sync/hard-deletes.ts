/**
 * Hard deletes: rows that no query shows any more. The `deleted` resource lists them for 15 days (REST guide, "sObject Get
 * Deleted"), soft deletes among them; what queryAll still shows is a row, the rest leaves as a tombstone.
 */
import { asModstampError } from '../errors.ts';
import { ADDED_PROPERTIES } from '../collections/property-name.ts';
import { deletedRecords } from '../salesforce/deletions.ts';
import { isFault } from '../salesforce/faults.ts';
import { queryPages } from '../salesforce/query.ts';
import { dateTimeLiteral, quote, select } from '../salesforce/soql.ts';
import { writePage, type StreamContext } from './stream-context.ts';
import type { DeletesState } from './stream-state.ts';

const MINUTE_MS = 60_000;
/** The list reaches 15 days back; an hour of it is left for clocks and the time until the request arrives. */
const REACH_MS = 15 * 24 * 60 * MINUTE_MS - 60 * MINUTE_MS;
const IDS_A_QUERY = 200;

/**
 * Writes what was deleted since the saved bound and returns the deletes part of the final state; undefined where the
 * stream keeps none. Where the list can't tell, a WARN says since when deletes may be missing, at every run until a refresh.
 */
export async function writeHardDeletes(context: StreamContext): Promise<DeletesState | undefined> {
  const { reading } = context;
  if (!reading.incremental) return undefined;
  const state = reading.describe.replicateable ? await readList(context) : unlisted(context);
  if (state.gapSince) {
    context.log(
      'WARN',
      `Stream ${context.life.name}: rows deleted for good since ${state.gapSince} may be missing as deletes (${whyGap(context)}); refresh the stream (read it anew into an emptied table) to close the gap.`,
    );
  }
  return state;
}

function unlisted({ reading }: StreamContext): DeletesState {
  const since = reading.finalState.wholeReadAt ?? reading.startedAt;
  return { from: reading.startedAt, gapSince: since };
}

async function readList(context: StreamContext): Promise<DeletesState> {
  const { reading } = context;
  if (reading.whole) return { from: reading.startedAt };
  const { from, gapSince } = wantedFrom(context);
  const keep: DeletesState = { from, ...(gapSince && { gapSince }) };
  // The resource cuts seconds off and wants more than a minute.
  if (Date.parse(reading.startedAt) - Date.parse(from) <= 2 * MINUTE_MS) return keep;
  try {
    const list = await deletedRecords(
      context.connection,
      reading.describe.name,
      from,
      reading.startedAt,
      context.signal,
    );
    await writeDeleted(context, new Map(list.records.map(({ id, deletedDate }) => [id, deletedDate])));
    const purged = Date.parse(list.earliestDateAvailable) > Date.parse(from);
    return {
      from: new Date(Date.parse(list.latestDateCovered)).toISOString(),
      ...(gapSince ? { gapSince } : purged && { gapSince: from }),
    };
  } catch (thrown) {
    const error = asModstampError(thrown);
    if (isFault(error, 'not_replicateable')) return unlisted(context);
    if (isFault(error, 'replication_window')) return { from: reading.startedAt, gapSince: gapSince ?? from };
    throw error;
  }
}

/** Where the list must be asked from, and the gap where it does not reach so far back. */
function wantedFrom({ reading }: StreamContext): DeletesState {
  const { deletes, wholeReadAt, cursor } = reading.currentState;
  const from = deletes?.from ?? wholeReadAt ?? cursor ?? reading.startedAt;
  const reach = new Date(Date.parse(reading.startedAt) - REACH_MS).toISOString();
  if (from >= reach) return { from, ...(deletes?.gapSince && { gapSince: deletes.gapSince }) };
  return { from: reach, gapSince: deletes?.gapSince ?? from };
}

function whyGap({ reading }: StreamContext): string {
  return reading.describe.replicateable
    ? "the org's list of deletions does not reach back so far"
    : `Salesforce keeps no list of deletions of ${reading.describe.name}`;
}

/** Tombstones for the Ids that queryAll no longer shows; rows that it shows and that no window of this run held, as rows. */
async function writeDeleted(context: StreamContext, deleted: ReadonlyMap<string, string>): Promise<void> {
  const ids = [...deleted.keys()];
  const batches: string[][] = [];
  for (let at = 0; at < ids.length; at += IDS_A_QUERY) batches.push(ids.slice(at, at + IDS_A_QUERY));
  const shown = new Set<string>();
  const soqls = batches.map((batch) =>
    select({ fields: ['Id'], from: context.reading.describe.name, where: [inList(batch)] }),
  );
  for await (const answer of queryPages(context.connection, soqls, context.signal)) {
    if ('error' in answer) throw answer.error;
    for (const { Id } of JSON.parse(Buffer.from(answer.page.records).toString('utf8')) as { Id: string }[])
      shown.add(Id);
  }
  await writeEarlierRows(
    context,
    ids.filter((id) => shown.has(id)),
  );
  const lines = ids.filter((id) => !shown.has(id)).map((id) => tombstone(context, id, deleted.get(id) as string));
  if (lines.length > 0) await context.life.records(Buffer.from(lines.join('')), lines.length);
}

/** Rows whose delete was committed late: stamped before the window that this run has read. */
async function writeEarlierRows(context: StreamContext, ids: readonly string[]): Promise<void> {
  const { reading } = context;
  const from = reading.windows.at(-1)?.from;
  if (!from || !reading.cursorField || ids.length === 0) return;
  const soqls: string[] = [];
  for (let at = 0; at < ids.length; at += IDS_A_QUERY) {
    const where = [inList(ids.slice(at, at + IDS_A_QUERY)), `${reading.cursorField} < ${dateTimeLiteral(from)}`];
    soqls.push(select({ fields: reading.selection.fields, from: reading.describe.name, where }));
  }
  for await (const answer of queryPages(context.connection, soqls, context.signal)) {
    if ('error' in answer) throw answer.error;
    await writePage(context, answer.page);
  }
}

function inList(ids: readonly string[]): string {
  return `Id IN (${ids.map(quote).join(',')})`;
}

/** `{id, <cursor>: deletedDate, is_deleted: true, _ab_cdc_deleted_at}` as far as they are selected, as a RECORD line. */
function tombstone({ reading }: StreamContext, id: string, deletedDate: string): string {
  const at = new Date(Date.parse(deletedDate)).toISOString();
  const { idProperty, cursorProperty, isDeletedProperty } = reading.selection;
  const { stream } = reading;
  const data = {
    ...(idProperty && { [idProperty]: id }),
    ...(cursorProperty && { [cursorProperty]: at }),
    ...(isDeletedProperty && { [isDeletedProperty]: true }),
    ...(stream.properties.has(ADDED_PROPERTIES.deletedAt) && { [ADDED_PROPERTIES.deletedAt]: at }),
  };
  const record = {
    stream: stream.name,
    ...(stream.namespace !== undefined && { namespace: stream.namespace }),
    data,
    emitted_at: Date.now(),
  };
  return `${JSON.stringify({ type: 'RECORD', record })}\n`;
}

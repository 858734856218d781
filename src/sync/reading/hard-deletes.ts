/**
 * Hard deletes: rows that no query shows any more. The `deleted` resource lists them for 15 days (REST guide, "sObject Get
 * Deleted"), soft deletes among them; what queryAll still shows is a row, the rest leaves as a tombstone.
 */
import { stringifyForLine } from '../../json/line.ts';
import { ADDED_PROPERTIES } from '../../collections/property-name.ts';
import { asModstampError } from '../../errors.ts';
import { deletedRecords, type Deletions } from '../../salesforce/deletions.ts';
import { isFault } from '../../salesforce/faults.ts';
import { isStepRefused } from '../../salesforce/refused-step.ts';
import { pagesFrom, queryPages, readRows } from '../../salesforce/query.ts';
import { dateTimeLiteral, inList, select } from '../../salesforce/soql.ts';
import { splitIdList } from './id-list.ts';
import type { Reading } from '../plan/plan.ts';
import { writeWindow } from './rest-reading.ts';
import { fitsUrl, soqlOf, type StreamContext } from './stream-context.ts';
import type { DeletesState } from '../plan/stream-state.ts';
import { writeWideWindow } from './wide-reading.ts';
import { conditionsOf, type Window } from '../plan/window.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Ids of 18 characters: about 100 KB of state. The bin holds 5,000 rows for each user licence. */
const BINNED_MAX = 5_000;
/** The list reaches 15 days back; an hour of it is left for clocks and the time until the request arrives. */
const REACH_MS = 15 * 24 * 60 * MINUTE_MS - 60 * MINUTE_MS;
/** Ids looked at and written at a time: a list may hold 600,000 and more, whose lines would not fit into memory. */
const IDS_AT_A_TIME = 10_000;

/**
 * Writes what was deleted since the saved bound and returns the deletes part of the final state; undefined where the
 * stream keeps none. Where the list can't tell, a WARN says since when deletes may be missing, at every run until a refresh.
 */
export async function writeHardDeletes(context: StreamContext): Promise<DeletesState | undefined> {
  const { reading, life } = context;
  if (!reading.incremental) return undefined;
  const unmarked = whyUnmarked(reading);
  if (unmarked !== undefined) {
    context.log('WARN', `Stream ${life.name}: ${unmarked}`);
    return undefined;
  }
  const state = hasList(reading) ? await writeListed(context) : unlisted(context);
  if (state.gapSince) {
    context.log(
      'WARN',
      `Stream ${life.name}: rows deleted for good since ${state.gapSince} may be missing as deletes (${whyGap(context)}); refresh the stream (read it anew into an emptied table) to close the gap.`,
    );
  }
  return state;
}

/** Why no tombstone may be written: without its Id, or without a mark, a destination takes it for a row whose values are null. */
function whyUnmarked({ selection, stream }: Reading): string | undefined {
  if (!selection.idProperty) return 'without its Id no hard delete can be told; select Id as well.';
  if (selection.isDeletedProperty || stream.properties.has(ADDED_PROPERTIES.deletedAt)) return undefined;
  return `nothing that is selected can mark a row as deleted, so rows deleted for good stay in the warehouse; select is_deleted or ${ADDED_PROPERTIES.deletedAt} as well.`;
}

/** The end of the list that is asked for: the start of this run, also where it resumes another. */
function untilOf({ startedAt, catchUp }: Reading): string {
  return catchUp?.to ?? catchUp?.before ?? startedAt;
}

/** The state of an object that has no list. A whole read closes no gap: it does not empty the table. */
function unlisted({ reading }: StreamContext): DeletesState {
  const { currentState, finalState, startedAt } = reading;
  return { from: startedAt, gapSince: currentState.deletes?.gapSince ?? finalState.wholeReadAt ?? startedAt };
}

async function writeListed(context: StreamContext): Promise<DeletesState> {
  const { life, reading } = context;
  const { deletes } = reading.currentState;
  const until = untilOf(reading);
  const { from, gapSince } = wantedFrom(context);
  // The resource cuts seconds off and wants more than a minute.
  if (Date.parse(until) - Date.parse(from) <= 2 * MINUTE_MS) return { ...deletes, from, ...(gapSince && { gapSince }) };
  let list: Deletions;
  try {
    list = await listFrom(context, from);
  } catch (thrown) {
    const error = asModstampError(thrown);
    if (isFault(error, 'not_replicateable')) return unlisted(context);
    if (isFault(error, 'window_too_full')) return { ...deletes, from: until, gapSince: gapSince ?? from };
    if (!isStepRefused(error)) throw error;
    // The list stays due from where it was: a later run asks for the same time again, as long as it is in reach.
    context.log(
      'WARN',
      `Stream ${life.name}: rows deleted for good since ${from} are not told yet, because the org did not list the deletions of ${reading.describe.name}; the next sync asks for them again. ${error.internal ?? ''}`.trim(),
    );
    return { ...deletes, from, ...(gapSince && { gapSince }) };
  }
  const listed = new Map(list.records.map(({ id, deletedDate }) => [id, deletedDate]));
  const shown = await writeDeletions(context, listed);
  const bin = await checkBin(context, listed, shown);
  const purged = Date.parse(list.earliestDateAvailable) > Date.parse(from);
  const since = gapSince ?? (purged ? from : undefined);
  return { from: list.latestDateCovered, ...(since && { gapSince: since }), ...bin };
}

/**
 * The deletions since `from`. INVALID_REPLICATION_DATE tells not whether the start is out of reach (a purge of the list) or
 * the end is later than what the list covers, and its words are in the user's language. So the two are told apart by asking:
 * first up to an hour ago, then from two hours ago on, which is what a purge leaves (SOAP API guide, "getDeleted"). Two calls
 * more, and only after a refusal.
 */
async function listFrom({ connection, reading, signal }: StreamContext, from: string): Promise<Deletions> {
  const { describe } = reading;
  const until = untilOf(reading);
  const ask = (start: string, end: string) => deletedRecords(connection, describe.name, start, end, signal);
  try {
    return await ask(from, until);
  } catch (thrown) {
    if (!isFault(thrown, 'replication_window')) throw thrown;
    const earlier = (hours: number) => new Date(Date.parse(until) - hours * HOUR_MS).toISOString();
    const tries = [
      [from, earlier(1)],
      [earlier(2), until],
    ] as const;
    for (const [start, end] of tries) {
      if (start < from || Date.parse(end) - Date.parse(start) <= 2 * MINUTE_MS) continue;
      try {
        const list = await ask(start, end);
        // What the list does not hold any more shows as the earliest date that it has.
        return start === from ? list : { ...list, earliestDateAvailable: start };
      } catch (again) {
        if (!isFault(again, 'replication_window')) throw again;
      }
    }
    throw thrown;
  }
}

/**
 * Rows that were in the recycle bin when the list named them. The list dates a row by its soft delete (SOAP API guide,
 * "GetDeletedResult"), so that it does not name the row again when the bin is emptied: these Ids are looked up once a day,
 * a call for a thousand of them, and those that no query shows any more leave as tombstones.
 */
async function checkBin(
  context: StreamContext,
  listed: ReadonlyMap<string, string>,
  shown: ReadonlySet<string>,
): Promise<Pick<DeletesState, 'binned' | 'binCheckedAt'>> {
  const { currentState } = context.reading;
  const until = untilOf(context.reading);
  const { binned: known = [], binCheckedAt } = currentState.deletes ?? {};
  const isDue = binCheckedAt === undefined || Date.parse(until) - Date.parse(binCheckedAt) >= DAY_MS;
  // What is listed again was looked at there, and has its tombstone if it is gone.
  const remembered = known.filter((id) => !listed.has(id));
  const still = new Set(isDue && remembered.length > 0 ? await shownIds(context, remembered) : remembered);
  if (isDue) {
    const lines = remembered.filter((id) => !still.has(id)).map((id) => tombstone(context, id, until));
    await writeTombstones(context, lines);
  }
  const binned = [...new Set([...remembered.filter((id) => still.has(id)), ...shown])];
  if (binned.length > BINNED_MAX) {
    context.log(
      'WARN',
      `Stream ${context.life.name}: ${binned.length} deleted rows are in the recycle bin and the state remembers ${BINNED_MAX} of them; where the others are purged, only a refresh of the stream tells.`,
    );
  }
  if (binned.length === 0) return {};
  const checkedAt = isDue && known.length > 0 ? until : binCheckedAt;
  return { binned: binned.slice(0, BINNED_MAX), ...(checkedAt !== undefined && { binCheckedAt: checkedAt }) };
}

/** Where the list must be asked from, and the gap where it does not reach so far back. */
function wantedFrom({ reading }: StreamContext): DeletesState {
  const { deletes } = reading.currentState;
  const from = deletes?.from ?? reading.startedAt;
  const reach = new Date(Date.parse(untilOf(reading)) - REACH_MS).toISOString();
  if (from >= reach) return { from, ...(deletes?.gapSince && { gapSince: deletes.gapSince }) };
  return { from: reach, gapSince: deletes?.gapSince ?? from };
}

function hasList({ kind }: Reading): boolean {
  return kind.listsDeletions;
}

function whyGap({ reading }: StreamContext): string {
  return hasList(reading)
    ? "the org's list of deletions does not reach back so far"
    : `Salesforce keeps no list of deletions of ${reading.describe.name} alone`;
}

/**
 * Tombstones for the Ids that queryAll no longer shows; rows that it shows and that no window of this run held, as rows.
 * Returns the Ids that it shows.
 */
async function writeDeletions(
  context: StreamContext,
  deleted: ReadonlyMap<string, string>,
): Promise<ReadonlySet<string>> {
  const ids = [...deleted.keys()];
  const stillShown = new Set<string>();
  for (let at = 0; at < ids.length; at += IDS_AT_A_TIME) {
    const some = ids.slice(at, at + IDS_AT_A_TIME);
    const shown = await shownIds(context, some);
    for (const id of shown) stillShown.add(id);
    await writeEarlierRows(context, [...shown]);
    const lines = some.filter((id) => !shown.has(id)).map((id) => tombstone(context, id, deleted.get(id) as string));
    await writeTombstones(context, lines);
  }
  return stillShown;
}

/** Which of the Ids queryAll still shows. */
async function shownIds(
  { connection, reading, signal }: StreamContext,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const from = reading.describe.name;
  const soqls = splitIdList(ids).map((list) => select({ fields: ['Id'], from, where: [inList('Id', list)] }));
  const shown = new Set<string>();
  for await (const answer of queryPages(connection, soqls, signal)) {
    if ('error' in answer) throw answer.error;
    for await (const page of pagesFrom(connection, answer, signal)) {
      for (const { Id } of readRows<{ Id: string }>(page)) shown.add(Id);
    }
  }
  return shown;
}

/** Writes those of the rows whose delete was committed late: stamped before what this run has read. */
async function writeEarlierRows(context: StreamContext, ids: readonly string[]): Promise<void> {
  const { connection, reading, signal } = context;
  const unread = ids.length === 0 ? undefined : unreadCondition(context);
  if (unread === undefined) return;
  const windows = splitIdList(ids).map((list): Window => ({ where: `${inList('Id', list)} AND ${unread}` }));
  const fitting = windows.filter((window) => fitsUrl(reading, window));
  const soqls = fitting.map((window) => soqlOf(reading, window, true));
  for await (const answer of queryPages(connection, soqls, signal)) {
    if ('error' in answer) throw answer.error;
    const page = 'page' in answer ? answer.page : undefined;
    await writeWindow(context, fitting[answer.index] as Window, page, { rowCount: 0 });
  }
  for (const window of windows) {
    if (!fitting.includes(window)) await writeWideWindow(context, window);
  }
}

/**
 * What no window of this run holds: rows stamped before its increment (of a resumed reading: before what it caught up with),
 * and in none of its other windows, which are backfills and rows before a former start_date. Undefined after a whole read,
 * which holds every row. What the former run of a resumed reading wrote may come again, but never twice in one run.
 */
function unreadCondition({
  reading: { windows, whole, catchUp, cursorField, currentState },
}: StreamContext): string | undefined {
  if (whole || !cursorField) return undefined;
  const bounds = windows.flatMap(({ from }) => from ?? []).sort();
  const base = catchUp?.from ?? bounds.at(-1) ?? currentState.cursor;
  if (base === undefined) return undefined;
  const read = windows
    .filter(({ from, where }) => where !== undefined || from === undefined || from < base)
    // Where in a window an interrupted run stood does not matter.
    .map(({ afterId: _a, untilId: _u, after: _f, afterParent: _p, ...window }) => conditionsOf(window, cursorField));
  const isRead = [...new Set(read.map((conditions) => conditions.join(' AND ')))].filter((text) => text !== '');
  return [`${cursorField} < ${dateTimeLiteral(base)}`, ...isRead.map((text) => `(NOT (${text}))`)].join(' AND ');
}

async function writeTombstones({ life }: StreamContext, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  life.tally.tombstones += lines.length;
  await life.records(Buffer.from(lines.join('')), lines.length);
}

/** `{id, <cursor>: deletedDate, is_deleted: true, _ab_cdc_deleted_at}` as far as they are selected, as a RECORD line. */
function tombstone({ reading }: StreamContext, id: string, deletedDate: string): string {
  const { idProperty, cursorProperty, isDeletedProperty } = reading.selection;
  const { stream } = reading;
  const data = {
    ...(idProperty && { [idProperty]: id }),
    ...(cursorProperty && { [cursorProperty]: deletedDate }),
    ...(isDeletedProperty && { [isDeletedProperty]: true }),
    ...(stream.properties.has(ADDED_PROPERTIES.deletedAt) && { [ADDED_PROPERTIES.deletedAt]: deletedDate }),
  };
  const record = {
    stream: stream.name,
    ...(stream.namespace !== undefined && { namespace: stream.namespace }),
    data,
    emitted_at: Date.now(),
  };
  return `${stringifyForLine({ type: 'RECORD', record })}\n`;
}

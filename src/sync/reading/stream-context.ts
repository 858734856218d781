/** What the readers of one stream share: the reading, the way to the org, the way out, and the resumes they leave. */
import type { RowHook } from '../../record/row-hook.ts';
import { compileTemplate, type RecordTemplate } from '../../record/template.ts';
import type { Connection } from '../../salesforce/connection.ts';
import { select, urlLength } from '../../salesforce/soql.ts';
import { jobOf } from '../plan/checkpoint.ts';
import type { Reading } from '../plan/plan.ts';
import type { StreamLife } from './stream-life.ts';
import { writeState, type Resume, type ResumedJob } from '../plan/stream-state.ts';
import { conditionsOf, type Window } from '../plan/window.ts';

export interface StreamContext {
  readonly reading: Reading;
  readonly connection: Connection;
  readonly life: StreamLife;
  readonly signal: AbortSignal;
  /** Work that a stopped process waits for. */
  hold(work: Promise<unknown>): void;
  log(level: 'INFO' | 'WARN', text: string): void;
  /** Decides over each row before it is written: file contents put in, names seen before left out. */
  readonly rowHook?: RowHook | undefined;
}

/** Key of the last row of a page, for reading on behind it. */
export interface LastRow {
  readonly id?: string;
  readonly cursor?: string;
}

/**
 * Field names to order by so that a REST read can go on behind its last row: the cursor, then Id, in an increment; Id in a
 * whole read. Empty where the object can't be sorted so.
 */
export function orderOf({ describe, kind, cursorField, whole }: Reading): readonly string[] {
  const sortable = (name: string | undefined) => describe.fields.some((field) => field.name === name && field.sortable);
  if (!kind.ordersById) return [];
  if (whole) return ['Id'];
  // To go on in the order of the cursor takes an OR of two fields.
  if (!kind.allowsOr) return [];
  return cursorField && sortable(cursorField) ? [cursorField, 'Id'] : [];
}

/** The SOQL of one window; `ordered` for REST, never for Bulk, where ORDER BY turns PK chunking off. */
export function soqlOf(reading: Reading, window: Window, ordered: boolean): string {
  return select({
    fields: reading.selection.fields,
    from: reading.describe.name,
    where: conditionsOf(window, reading.cursorField),
    orderBy: ordered ? orderOf(reading) : [],
  });
}

/** URI and headers may have 16,384 bytes together (REST guide, 414 and 431); the token and the rest need the difference. */
export const URL_LENGTH_MAX = 14_000;

/** Whether a window can be asked for by REST in one URL, all fields together. */
export function fitsUrl(reading: Reading, window: Window): boolean {
  return urlLength(soqlOf(reading, window, true)) <= URL_LENGTH_MAX;
}

/** Whether a query of the reading can be gone on with behind any of its rows, by a new one: `windowBehind`. */
export function canGoOn(reading: Reading): boolean {
  return orderOf(reading).length > 0;
}

/** The rest of a window behind its last row, or undefined where its order does not allow to go on there. */
export function windowBehind(reading: Reading, window: Window, last: LastRow): Window | undefined {
  const [first, second] = orderOf(reading);
  if (first === 'Id') return last.id ? { ...window, afterId: last.id } : undefined;
  if (!second || !last.id || !last.cursor) return undefined;
  return { ...window, after: { time: new Date(isoTime(last.cursor)).toISOString(), id: last.id } };
}

/**
 * Writes the STATE from which an interrupted reading goes on with these windows; none of a catch-up, which is read anew.
 * 'first' is for a job that only this process knows, while no record of the stream is on its way.
 */
export async function saveResume(
  context: StreamContext,
  windows: readonly Window[],
  job?: ResumedJob,
  order?: 'first',
): Promise<void> {
  const { reading, life } = context;
  if (reading.isCatchUp) return;
  const resume: Resume = {
    windows,
    ...(job && { job }),
    startedAt: reading.startedAt,
    ...(reading.finalState.since !== undefined && { since: reading.finalState.since }),
    whole: reading.whole,
    incremental: reading.incremental,
    fields: reading.selection.selected.join(','),
    ...jobOf(reading.stream),
  };
  await life.state(writeState({ ...reading.currentState, resume }, reading.selection.cursorProperty), order);
}

/**
 * The template of a reading, compiled anew for each page, which takes well under a millisecond: kept for each of a
 * thousand streams while a few of them are read, templates would be the largest thing in memory.
 */
export function templateOf({ selection, stream, cursorField, kind }: Reading): RecordTemplate {
  const has = (field: string | undefined) => field !== undefined && selection.fields.includes(field);
  return compileTemplate({
    stream: stream.name,
    ...(stream.namespace !== undefined && { namespace: stream.namespace }),
    columns: selection.columns,
    fields: selection.fields,
    needsId: kind.keyField === 'Id',
    track: { ...(has('Id') && { id: 'Id' }), ...(cursorField && has(cursorField) && { cursor: cursorField }) },
  });
}

/** Salesforce writes `+0000` without a colon in JSON. */
function isoTime(text: string): string {
  return text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
}

/**
 * Saved states as they come back: ours, those of older versions and of Airbyte's own connector, whole or damaged. A member
 * that is not what it must be is left out and named: what it would have saved is read again, which loses nothing. Pure.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { DeletesState, Resume, ResumedJob, StreamState } from './stream-state.ts';
import type { Window } from './window.ts';

export interface SavedState {
  readonly state: StreamState;
  /** Members that are of the wrong type, by their path: `modstamp.resume`. */
  readonly damaged: readonly string[];
}

/** A reader of one value: undefined where it is not what it must be. */
type Reader<T> = (value: JsonValue) => T | undefined;
type Readers<T> = { readonly [K in keyof T]-?: Reader<NonNullable<T[K]>> };

/**
 * Reads a saved state: ours, the official connector's `{"SystemModstamp": …}` and
 * `{"state_type":"date-range","slices":[{start,end}]}` (its covered spans: the first one's end is what is sure).
 * Unknown members are ignored; a cursor that is no time counts as none.
 */
export function readState(
  saved: JsonObject,
  cursorProperty: string | undefined,
  cursorField: string | undefined,
): SavedState {
  const damaged: string[] = [];
  const named = [cursorProperty, cursorField].flatMap((name) =>
    name !== undefined && isThere(saved[name]) ? [{ name, time: timeOf(saved[name]) }] : [],
  );
  const cursor = named.find(({ time }) => time !== undefined)?.time ?? coveredUntil(saved);
  if (cursor === undefined) damaged.push(...named.map(({ name }) => name));
  const own = saved['modstamp'];
  if (isThere(own) && !isJsonObject(own)) damaged.push('modstamp');
  const members = membersOf(isJsonObject(own) ? own : {}, MEMBERS, (name) => damaged.push(`modstamp.${name}`));
  return { state: { ...(cursor !== undefined && { cursor }), ...members }, damaged };
}

const text: Reader<string> = (value) => (typeof value === 'string' ? value : undefined);
const flag: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);
const count: Reader<number> = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
const key: Reader<string> = (value) => text(value) || undefined;
/** Ids of jobs and API versions stand in paths. */
const jobId: Reader<string> = (value) =>
  typeof value === 'string' && /^[\w-]{1,255}$/.test(value) ? value : undefined;
const version: Reader<string> = (value) =>
  typeof value === 'string' && /^\d{1,3}\.\d$/.test(value) ? value : undefined;
const ids: Reader<readonly string[]> = (value) => listOf(value, key);

/** ISO time with milliseconds; Salesforce's `+0000` is accepted. */
function timeOf(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return undefined;
  const ms = Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

const WINDOW: Readers<Window> = {
  from: timeOf,
  to: timeOf,
  before: timeOf,
  afterId: key,
  untilId: key,
  after: (value) => whole(value, { time: timeOf, id: key }, ['time', 'id']),
  afterParent: key,
  where: text,
};

const JOB: Readers<ResumedJob> = { id: jobId, apiVersion: version, locator: text, rows: count };

const RESUME: Readers<Resume> = {
  windows: (value) => {
    const windows = listOf(value, (each) => whole(each, WINDOW, []));
    return windows !== undefined && windows.length > 0 ? windows : undefined;
  },
  job: (value) => whole(value, JOB, ['id', 'apiVersion', 'rows']),
  startedAt: timeOf,
  since: timeOf,
  whole: flag,
  incremental: flag,
  fields: text,
  syncId: count,
  generationId: count,
};

const DELETES: Readers<DeletesState> = { from: timeOf, gapSince: timeOf, binned: ids, binCheckedAt: timeOf };

/** All members but the cursor, which stands beside them. */
const MEMBERS: Readers<Omit<StreamState, 'cursor'>> = {
  fields: (value) => text(value)?.split(','),
  hidden: (value) => (isJsonObject(value) ? timesIn(value) : undefined),
  organizationId: text,
  since: timeOf,
  wholeReadAt: timeOf,
  resume: (value) => whole(value, RESUME, ['windows', 'startedAt', 'whole', 'fields']),
  deletes: (value) => whole(value, DELETES, ['from']),
  finished: (value) => whole(value, { syncId: count, generationId: count }, []),
};

/** An object of which every member that is there can be read, and none of `needed` is missing. */
function whole<T extends object, K extends keyof T>(
  value: JsonValue,
  readers: Readers<T>,
  needed: readonly K[],
): T | undefined {
  if (!isJsonObject(value)) return undefined;
  let isWhole = true;
  const members = membersOf(value, readers, () => (isWhole = false));
  return isWhole && needed.every((name) => members[name] !== undefined) ? (members as T) : undefined;
}

/** The members that can be read; `onDamage` is told of each that is there and can't be. */
function membersOf<T extends object>(
  value: JsonObject,
  readers: Readers<T>,
  onDamage: (name: string) => void,
): Partial<T> {
  const read = Object.entries<Reader<unknown>>(readers).flatMap(([name, reader]): [string, unknown][] => {
    const member = value[name];
    if (!isThere(member)) return [];
    const result = reader(member);
    if (result === undefined) onDamage(name);
    return result === undefined ? [] : [[name, result]];
  });
  return Object.fromEntries(read) as Partial<T>;
}

function listOf<T>(value: JsonValue, reader: Reader<T>): readonly T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const read = value.map((each: JsonValue) => (isThere(each) ? reader(each) : undefined));
  return read.every((each) => each !== undefined) ? read : undefined;
}

/** Null members are absent ones. */
function isThere(value: JsonValue | undefined): value is Exclude<JsonValue, null> {
  return value !== undefined && value !== null;
}

/** The members that are times; a damaged one only costs that its field counts as newly selected. */
function timesIn(saved: JsonObject): { readonly [field: string]: string } {
  return Object.fromEntries(
    Object.entries(saved).flatMap(([field, since]) => {
      const time = timeOf(since);
      return time === undefined ? [] : [[field, time]];
    }),
  );
}

function coveredUntil(saved: JsonObject): string | undefined {
  const slices = saved['state_type'] === 'date-range' && Array.isArray(saved['slices']) ? saved['slices'] : [];
  const [first] = (slices as JsonValue[])
    .filter(isJsonObject)
    .sort((a, b) => (String(a['start']) < String(b['start']) ? -1 : 1));
  return first ? timeOf(first['end']) : undefined;
}

/** Which rows were deleted in a span of time (REST API guide, "sObject Get Deleted"). Times are ISO 8601 UTC with ms. */
import { readJson } from './answer.ts';
import type { Connection } from './connection.ts';
import { isFault } from './faults.ts';
import { makeFault } from './refusal.ts';

interface DeletedRecord {
  /** 18 characters. */
  readonly id: string;
  /** Whole seconds. */
  readonly deletedDate: string;
}

export interface Deletions {
  readonly records: readonly DeletedRecord[];
  /** The oldest deletion that the org still lists; earlier ones are unknown. */
  readonly earliestDateAvailable: string;
  /** Up to here the list is complete: the start of the next span. It may lag by hours. */
  readonly latestDateCovered: string;
}

const MINUTE_MS = 60_000;
/** Rows do not wait for a list that fails again and again: the next sync asks for the same time. */
const ATTEMPTS_MAX = 4;

/**
 * The deletions, soft and hard, with a time in [from, to] (ISO 8601), both taken to the minute; a row that was deleted
 * twice is listed twice. A span with more than 600,000 of them is asked in halves. Salesforce refuses a span of a minute or
 * less. Throws `not_replicateable` for an object without such a list, `replication_window` where the org does not keep that
 * time any more (15 days, less after mass deletes), and `window_too_full` where halving does not help.
 */
export async function deletedRecords(
  connection: Connection,
  sobject: string,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<Deletions> {
  try {
    return await askDeleted(connection, sobject, from, to, signal);
  } catch (error) {
    const spanMs = Date.parse(to) - Date.parse(from);
    if (!isFault(error, 'window_too_full') || spanMs < 4 * MINUTE_MS) throw error;
    const middleMs = Math.floor((Date.parse(from) + spanMs / 2) / MINUTE_MS) * MINUTE_MS;
    const middle = new Date(middleMs).toISOString();
    const earlier = await deletedRecords(connection, sobject, from, middle, signal);
    const later = await deletedRecords(connection, sobject, middle, to, signal);
    return join(earlier, later, middle);
  }
}

/** Both halves include their common minute. Where the first is not complete yet, the second's completeness is worth nothing. */
function join(earlier: Deletions, later: Deletions, middle: string): Deletions {
  const known = new Set(earlier.records.map(({ id, deletedDate }) => `${id} ${deletedDate}`));
  const fresh = later.records.filter(({ id, deletedDate }) => !known.has(`${id} ${deletedDate}`));
  const [earliestDateAvailable] = [earlier.earliestDateAvailable, later.earliestDateAvailable].sort();
  return {
    records: [...earlier.records, ...fresh],
    earliestDateAvailable: earliestDateAvailable ?? earlier.earliestDateAvailable,
    latestDateCovered: earlier.latestDateCovered < middle ? earlier.latestDateCovered : later.latestDateCovered,
  };
}

async function askDeleted(
  connection: Connection,
  sobject: string,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<Deletions> {
  const purpose = `list the deletions of ${sobject}`;
  const span = new URLSearchParams({ start: wireTime(from), end: wireTime(to) });
  const path = `/services/data/v${connection.apiVersion}/sobjects/${encodeURIComponent(sobject)}/deleted/?${span}`;
  const request = { method: 'GET', path, purpose, signal, maxAttempts: ATTEMPTS_MAX } as const;
  const body = readJson(await connection.call(request), purpose);
  const raw: Record<string, unknown> = { ...(body as object) };
  // Salesforce tells both. Without the one it has refused no part of the span; without the other nothing is proven complete,
  // so that the next span begins where this one did.
  const earliestDateAvailable = readTime(raw['earliestDateAvailable'] ?? from, purpose);
  const latestDateCovered = readTime(raw['latestDateCovered'] ?? from, purpose);
  const records = raw['deletedRecords'];
  if (!Array.isArray(records)) throw makeFault('unexpected_answer', { purpose, message: 'no deletedRecords' });
  return { records: records.map((record) => readDeleted(record, purpose)), earliestDateAvailable, latestDateCovered };
}

function readDeleted(record: unknown, purpose: string): DeletedRecord {
  const { id, deletedDate }: Record<string, unknown> = { ...(record as object) };
  if (typeof id !== 'string') throw makeFault('unexpected_answer', { purpose, message: 'a deletion without id' });
  return { id, deletedDate: readTime(deletedDate, purpose) };
}

function wireTime(time: string): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, '+00:00');
}

/** ISO 8601 of `2013-05-07T22:07:19.000+0000`; Date wants the colon in the offset. */
function readTime(text: unknown, purpose: string): string {
  const ms = typeof text === 'string' ? Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw makeFault('unexpected_answer', { purpose, message: `no time: ${String(text)}` });
}

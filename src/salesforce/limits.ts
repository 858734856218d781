/** What the org tells of itself: how many rows its objects have, and what it may spend (REST API guide, "Limits"). */
import { ModstampError } from '../errors.ts';
import { readJson } from './answer.ts';
import type { Connection } from './connection.ts';

export interface OrgLimit {
  readonly max: number;
  /** May be negative: the org is over it. */
  readonly remaining: number;
}

/** Half of what a URI may have, so that the names of 300 objects go by one call and headers have room. */
const NAMES_LENGTH_MAX = 8000;

/**
 * About how many rows the named objects have, by `limits/recordCount`: approximate, and without objects of which the org has
 * no count (few or no rows). One call for names of up to 8,000 characters. Undefined where the org or the user's rights
 * refuse it; what stops the sync is thrown.
 */
export async function recordCounts(
  connection: Connection,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number> | undefined> {
  const calls = chunkNames(names).map((chunk) =>
    askLimits(connection, `recordCount?sObjects=${chunk.join(',')}`, signal),
  );
  const counts = new Map<string, number>();
  for (const body of await Promise.all(calls)) {
    if (body === undefined) return undefined;
    const entries: unknown = Reflect.get(body, 'sObjects');
    for (const entry of Array.isArray(entries) ? entries : []) {
      const { name, count }: Record<string, unknown> = { ...entry };
      if (typeof name === 'string' && typeof count === 'number') counts.set(name, count);
    }
  }
  return counts;
}

/**
 * The org's limits by name (`DailyApiRequests` …), at most five minutes old. Undefined where the user lacks "View Setup and
 * Configuration"; what stops the sync is thrown.
 */
export async function orgLimits(
  connection: Connection,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, OrgLimit> | undefined> {
  const body = await askLimits(connection, '', signal);
  if (body === undefined) return undefined;
  const limits = new Map<string, OrgLimit>();
  // Some entries hold further entries, by app; only the org's own Max and Remaining are taken.
  for (const [name, entry] of Object.entries(body)) {
    const { Max: max, Remaining: remaining }: Record<string, unknown> = { ...entry };
    if (typeof max === 'number' && typeof remaining === 'number') limits.set(name, { max, remaining });
  }
  return limits;
}

async function askLimits(connection: Connection, resource: string, signal: AbortSignal): Promise<object | undefined> {
  const path = `/services/data/v${connection.apiVersion}/limits${resource === '' ? '' : `/${resource}`}`;
  const purpose = resource === '' ? 'read the limits of the org' : 'ask how many rows the objects have';
  try {
    // Both have a substitute (first pages, the usage header), so long patience would be spent in the wrong place.
    const body = readJson(await connection.call({ method: 'GET', path, purpose, signal, maxAttempts: 3 }), purpose);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ModstampError && !error.stopsSync) return undefined;
    throw error;
  }
}

function chunkNames(names: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let length = Infinity;
  for (const name of names) {
    length += name.length + 1;
    if (length > NAMES_LENGTH_MAX) {
      chunks.push([]);
      length = name.length;
    }
    chunks.at(-1)?.push(name);
  }
  return chunks;
}

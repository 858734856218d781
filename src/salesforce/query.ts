/** Queries by REST: pages whose records stay bytes, one by one or five to an API call. */
import { asModstampError, type ModstampError } from '../errors.ts';
import { members, parseValue, skipValue, walkElements } from '../record/json-scan.ts';
import { sendComposite, type Subanswer } from './composite.ts';
import type { Connection } from './connection.ts';
import { isFault } from './faults.ts';
import { inFlight } from './flight.ts';
import { raise } from './refusal.ts';
import { encodeQuery } from './soql.ts';

export interface QueryPage {
  /** What the server counts for the whole query; it may differ from what the pages hold for a few odd objects. */
  readonly totalSize: number;
  readonly done: boolean;
  /** Path of the next page; there unless `done`. */
  readonly nextRecordsUrl?: string;
  /** The JSON array of the records, `[…]`, as the bytes that came; a view into the answer. */
  readonly records: Uint8Array;
}

export type QueryTarget = { readonly soql: string } | { readonly nextRecordsUrl: string };

export type QueryOutcome =
  | { readonly index: number; readonly page: QueryPage }
  | { readonly index: number; readonly error: ModstampError };

/** Queries in one composite (REST API guide, "Composite": 5 of its 25 subrequests). */
const QUERIES_A_CALL = 5;
const CALLS_IN_FLIGHT = 8;

/**
 * One page of a query, deleted and archived rows included (queryAll), or the page behind a former one. `batchSize` (200 to
 * 2,000) is a wish; the server may give less. Throws ModstampError with the fault of the refusal; a cursor that ended with
 * its session is `locator_gone`.
 */
export async function queryPage(
  connection: Connection,
  target: QueryTarget,
  signal: AbortSignal,
  options: { readonly batchSize?: number } = {},
): Promise<QueryPage> {
  const purpose = 'soql' in target ? purposeOf(target.soql) : 'read the next page of a query';
  const path = 'soql' in target ? pathOf(connection, target.soql) : target.nextRecordsUrl;
  const headers = options.batchSize === undefined ? {} : { 'sforce-query-options': `batchSize=${options.batchSize}` };
  try {
    const { bytes } = await connection.call({ method: 'GET', path, headers, purpose, signal });
    return readPage(bytes, purpose);
  } catch (error) {
    // A refreshed token may end the session that the cursor belongs to: then the cursor is gone, not the login.
    if ('soql' in target || !isFault(error, 'session_expired')) throw error;
    throw raise('locator_gone', { purpose, message: 'the cursor belongs to a session that has ended', cause: error });
  }
}

/**
 * The first pages of many queries, five to an API call, several calls in flight; outcomes in the order of the queries. One
 * query's refusal is its own `error`; what stops the sync, and an abort, is thrown.
 */
export async function* queryPages(
  connection: Connection,
  soqls: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<QueryOutcome> {
  const starts = Array.from({ length: Math.ceil(soqls.length / QUERIES_A_CALL) }, (_, index) => index * QUERIES_A_CALL);
  const run = (start: number, signal: AbortSignal) =>
    queryBatch(connection, soqls.slice(start, start + QUERIES_A_CALL), start, signal);
  for await (const outcomes of inFlight(starts, CALLS_IN_FLIGHT, signal, run)) yield* outcomes;
}

/** A query's first page and all behind it; a page may be shorter than was asked for. Throws what `queryPage` throws. */
export async function* pagesFrom(
  connection: Connection,
  first: QueryPage,
  signal: AbortSignal,
): AsyncGenerator<QueryPage> {
  let page = first;
  yield page;
  while (page.nextRecordsUrl !== undefined) {
    page = await queryPage(connection, { nextRecordsUrl: page.nextRecordsUrl }, signal);
    yield page;
  }
}

/** All rows of a query as objects: for small answers only. `T` is what the caller's SELECT promises. */
export async function queryRows<T extends object>(
  connection: Connection,
  soql: string,
  signal: AbortSignal,
): Promise<T[]> {
  const rows: T[] = [];
  const first = await queryPage(connection, { soql }, signal);
  for await (const page of pagesFrom(connection, first, signal)) rows.push(...readRows<T>(page));
  return rows;
}

/** The rows of a page as objects: for small pages only. */
export function readRows<T extends object>({ records }: QueryPage): T[] {
  return parseValue(records, 0, records.length) as T[];
}

async function queryBatch(
  connection: Connection,
  soqls: readonly string[],
  start: number,
  signal: AbortSignal,
): Promise<QueryOutcome[]> {
  const requests = soqls.map((soql) => ({ path: pathOf(connection, soql), purpose: purposeOf(soql) }));
  const answers = soqls.length === 1 ? undefined : await sendComposite(connection, requests, signal);
  return Promise.all(
    soqls.map((soql, offset) => queryOne(connection, soql, start + offset, answers?.[offset], signal)),
  );
}

/** The page from its part of a composite, asked alone where there is none or where asking again may help. */
async function queryOne(
  connection: Connection,
  soql: string,
  index: number,
  answer: Subanswer | undefined,
  signal: AbortSignal,
): Promise<QueryOutcome> {
  try {
    if (answer !== undefined && 'body' in answer) return { index, page: readPage(answer.body, purposeOf(soql)) };
    if (answer !== undefined && !answer.error.isCurable()) throw answer.error;
    return { index, page: await queryPage(connection, { soql }, signal) };
  } catch (thrown) {
    signal.throwIfAborted();
    const error = asModstampError(thrown);
    if (error.stopsSync) throw error;
    return { index, error };
  }
}

/**
 * Reads `{totalSize, done, nextRecordsUrl?, records}`, in any order of the members. Salesforce sends all of them; where
 * another host leaves `done` out, it is done where no page is named, and where it leaves `totalSize` out, the page counts.
 */
function readPage(bytes: Uint8Array, purpose: string): QueryPage {
  const found = new Map<string, unknown>();
  let records: Uint8Array | undefined;
  try {
    members(bytes, 0, (key, start, end) => {
      if (key === 'records') records = bytes.subarray(start, end);
      else found.set(key, parseValue(bytes, start, end));
    });
    if (records?.[0] !== OPEN_BRACKET) throw new TypeError('a query answer without records');
    const next = found.get('nextRecordsUrl');
    const { totalSize = countElements(records), done = typeof next !== 'string' }: Record<string, unknown> =
      Object.fromEntries(found);
    if (typeof totalSize !== 'number' || typeof done !== 'boolean') throw new TypeError('totalSize or done is none');
    if (done) return { totalSize, done, records };
    if (typeof next !== 'string') throw new TypeError('a query answer that is not done, without nextRecordsUrl');
    // It is a path; a whole URL is asked at the instance all the same, where the session belongs.
    return { totalSize, done, records, nextRecordsUrl: next.replace(/^https?:\/\/[^/]+/, '') };
  } catch (cause) {
    throw raise('unexpected_answer', { purpose, message: cause instanceof Error ? cause.message : '', cause });
  }
}

const OPEN_BRACKET = 0x5b;

function countElements(array: Uint8Array): number {
  let count = 0;
  walkElements(array, 0, (start) => {
    count++;
    return skipValue(array, start);
  });
  return count;
}

function pathOf(connection: Connection, soql: string): string {
  return `/services/data/v${connection.apiVersion}/queryAll?q=${encodeQuery(soql)}`;
}

function purposeOf(soql: string): string {
  return `query ${/ FROM (\w+)/.exec(soql)?.[1] ?? 'Salesforce'}`;
}

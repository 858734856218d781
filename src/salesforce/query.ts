/** Queries by REST: pages whose records stay bytes, one by one or five to an API call. */
import { type AnswerHead, readHead } from '../record/answer-head.ts';
import { members, parseValue, skipValue, walkElements } from '../json/scan.ts';
import { ModstampError } from '../errors.ts';
import { jsonObjectIn, verifyJson } from './answer.ts';
import { sendComposite, type Subanswer } from './composite.ts';
import type { ApiRequest, Connection } from './connection.ts';
import { isFault } from './faults.ts';
import { inFlight } from './flight.ts';
import { FaultError, makeFault } from './refusal.ts';
import { encodeQuery } from './soql.ts';

/** A page that came whole. */
export interface QueryPage extends AnswerHead {
  /** The answer as the bytes that came; a view into that of a composite, maybe. */
  readonly answer: Uint8Array;
  /** The JSON array of the records in it, `[…]`. */
  readonly records: Uint8Array;
}

export type QueryTarget = { readonly soql: string } | { readonly nextRecordsUrl: string };

/** A query's first page, its refusal, or the query itself where it has to be asked alone. */
export type QueryOutcome =
  | { readonly index: number; readonly page: QueryPage }
  | { readonly index: number; readonly error: FaultError }
  | { readonly index: number; readonly soql: string };

/** Queries in one composite (REST API guide, "Composite": 5 of its 25 subrequests). */
const QUERIES_A_CALL = 5;
/**
 * A composite's answer is held whole, so it has a limit; a longer one is given up, and its queries are asked alone, which
 * holds no page whole. Five full pages of 2,000 usual rows (0.5 to 1 KB each) stay just below it.
 */
const COMPOSITE_BYTES_MAX = 10 * 1024 * 1024;
/** With the answers of ten streams at work, two calls' worth, at most 80 MiB are held; more in flight made nothing faster. */
const CALLS_IN_FLIGHT = 6;

/** What a page may turn out to be while it is read; the org can be asked for it again. */
const DAMAGES = ['body_cut', 'json_malformed', 'row_without_id'] as const;

/** Whether a page came damaged, so that it is worth to ask for its rows again. */
export function isDamaged(error: unknown): boolean {
  return DAMAGES.some((name) => isFault(error, name));
}

/**
 * One page of a query, deleted and archived rows included (queryAll), or the page behind a former one, held whole: for
 * answers that are known to be short, or where half a page would be of no use. Throws ModstampError with the fault of the
 * refusal; a cursor that ended with its session is `locator_gone`.
 */
export async function queryPage(connection: Connection, target: QueryTarget, signal: AbortSignal): Promise<QueryPage> {
  const request = requestFor(connection, target, signal);
  return askPage(target, request.purpose, async () => {
    const { bytes } = await connection.call(request);
    return readPage(bytes, request.purpose);
  });
}

/**
 * Opens such a page and hands its body to `begin`, which reads as far as it likes; what breaks until it has returned is
 * asked for again with all patience, what breaks later is the caller's to mend. Throws as `queryPage` does, and `no_json`.
 */
export async function openQuery<T>(
  connection: Connection,
  target: QueryTarget,
  signal: AbortSignal,
  begin: (body: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const request = requestFor(connection, target, signal);
  const { purpose } = request;
  return askPage(target, purpose, () =>
    connection.openFor(request, async ({ body }) => {
      const host = new URL(connection.instanceUrl()).host;
      try {
        return await begin(jsonObjectIn(body, { purpose, host }));
      } catch (cause) {
        // JSON that ends early or is damaged though the body was whole by its length is as curable as a body that is not.
        const fault = DAMAGES.find((name) => isFault(cause, name));
        if (fault === undefined || cause instanceof FaultError) throw cause;
        throw makeFault(fault, { purpose, host, message: internalOf(cause), cause });
      }
    }),
  );
}

/**
 * The first pages of many queries, up to five to an API call, several calls in flight; outcomes in the order of the
 * queries. One query's refusal is its own `error`; what stops the sync, and an abort, is thrown. To be asked alone are a
 * single query, one that was refused for the moment, and all of a call that failed as a whole or whose answer grew too long.
 */
export async function* queryPages(
  connection: Connection,
  soqls: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<QueryOutcome> {
  const calls = Math.ceil(soqls.length / QUERIES_A_CALL);
  // Evenly, so that none is left over alone, whose turn comes only when all the others are there.
  const startOf = (call: number) => Math.floor((call * soqls.length) / calls);
  const run = (call: number, signal: AbortSignal) =>
    queryBatch(connection, soqls.slice(startOf(call), startOf(call + 1)), startOf(call), signal);
  for await (const outcomes of inFlight(Array.from({ length: calls }).keys(), CALLS_IN_FLIGHT, signal, run))
    yield* outcomes;
}

/**
 * A query's first page, asked for where there is only the query, and all behind it, each held whole; a page may be shorter
 * than the one before. Throws what `queryPage` throws.
 */
export async function* pagesFrom(
  connection: Connection,
  first: { readonly page: QueryPage } | { readonly soql: string },
  signal: AbortSignal,
): AsyncGenerator<QueryPage> {
  let page = 'page' in first ? first.page : await queryPage(connection, first, signal);
  const seen = new Set<string>();
  yield page;
  while (page.nextRecordsUrl !== undefined) {
    if (seen.has(page.nextRecordsUrl)) {
      throw makeFault('unexpected_answer', {
        purpose: 'read the next page of a query',
        message: `${page.nextRecordsUrl} came twice`,
      });
    }
    seen.add(page.nextRecordsUrl);
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
  for await (const page of pagesFrom(connection, { soql }, signal)) rows.push(...readRows<T>(page));
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
  const limit = { maxBytes: COMPOSITE_BYTES_MAX };
  const answers = soqls.length === 1 ? undefined : await sendComposite(connection, requests, signal, limit);
  return soqls.map((soql, offset) => outcomeOf(soql, start + offset, answers?.[offset]));
}

function outcomeOf(soql: string, index: number, answer: Subanswer | undefined): QueryOutcome {
  const outcome = answer === undefined ? undefined : pageOrError(answer, purposeOf(soql));
  if (outcome === undefined) return { index, soql };
  if (!(outcome instanceof FaultError)) return { index, page: outcome };
  if (outcome.isCurable()) return { index, soql };
  if (outcome.stopsSync) throw outcome;
  return { index, error: outcome };
}

function pageOrError(answer: Subanswer, purpose: string): QueryPage | FaultError {
  if ('error' in answer) return answer.error;
  try {
    return readPage(answer.body, purpose);
  } catch (error) {
    if (error instanceof FaultError) return error;
    throw error;
  }
}

/** Runs `ask`: a refreshed token may end the session that a cursor belongs to; then the cursor is gone, not the login. */
async function askPage<T>(target: QueryTarget, purpose: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if ('soql' in target || !isFault(cause, 'session_expired')) throw cause;
    throw makeFault('locator_gone', { purpose, message: 'the cursor belongs to a session that has ended', cause });
  }
}

/**
 * Reads `{totalSize, done, nextRecordsUrl?, records}`, in any order of the members. Throws `json_malformed` for text that is no
 * JSON, `unexpected_answer` for JSON that is no page.
 */
function readPage(answer: Uint8Array, purpose: string): QueryPage {
  const told = new Map<string, unknown>();
  let records: Uint8Array | undefined;
  try {
    members(answer, 0, (key, start, end) => {
      if (key === 'records') records = answer.subarray(start, end);
      else told.set(key, parseValue(answer, start, end));
    });
    if (records?.[0] !== OPEN_BRACKET) throw new SyntaxError('a query answer without records');
    const array = records;
    return { ...readHead(told, () => countElements(array)), answer, records };
  } catch (cause) {
    verifyJson(answer, { purpose });
    throw makeFault('unexpected_answer', { purpose, message: internalOf(cause), cause });
  }
}

function internalOf(cause: unknown): string {
  if (cause instanceof ModstampError) return cause.internal ?? cause.message;
  return cause instanceof Error ? cause.message : '';
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

function requestFor(connection: Connection, target: QueryTarget, signal: AbortSignal): ApiRequest {
  return 'soql' in target
    ? { method: 'GET', path: pathOf(connection, target.soql), purpose: purposeOf(target.soql), signal }
    : { method: 'GET', path: target.nextRecordsUrl, purpose: 'read the next page of a query', signal };
}

function pathOf(connection: Connection, soql: string): string {
  return `/services/data/v${connection.apiVersion}/queryAll?q=${encodeQuery(soql)}`;
}

function purposeOf(soql: string): string {
  return `query ${/ FROM (\w+)/.exec(soql)?.[1] ?? 'Salesforce'}`;
}

/** What objects and fields the org has: one list, and describes many to a call. */
import { asModstampError, type ModstampError } from '../errors.ts';
import { isJson } from './answer.ts';
import { sendComposite, type Subanswer } from './composite.ts';
import type { Connection } from './connection.ts';
import { readDetails, type DescribeDetails } from './describe-details.ts';
import { readDescribe, readSummaries } from './describe-document.ts';
import { inFlight } from './flight.ts';
import type { SObjectDescribe, SObjectSummary } from './metadata.ts';
import { FaultError, makeFault } from './refusal.ts';

export type DescribeOutcome =
  | { readonly name: string; readonly describe: SObjectDescribe; readonly details?: DescribeDetails }
  | { readonly name: string; readonly error: ModstampError };

/** Subrequests of a composite (REST API guide, "Composite": 25). */
const DESCRIBES_A_CALL = 25;
const CALLS_IN_FLIGHT = 8;
/**
 * Tries of one describe, its part of a composite included. Some objects always answer with 500 UNKNOWN_EXCEPTION: waiting for
 * each of them as long as for an org that is down would take minutes, and end the sync.
 */
const DESCRIBE_TRIES = 4;

/**
 * All objects that the user can see, in the org's order. Throws `access_denied` where that is none, `version_gone` where the
 * org has no such list in this version, and `metadata` for a document that is none.
 */
export async function describeGlobal(connection: Connection, signal: AbortSignal): Promise<SObjectSummary[]> {
  const purpose = 'list the objects of the org';
  const path = `/services/data/v${connection.apiVersion}/sobjects`;
  const { bytes } = await connection.call({ method: 'GET', path, purpose, signal });
  const summaries = readSummaries(bytes, purpose);
  if (summaries === undefined) throw makeFault('metadata', { purpose, message: 'no sobjects in the answer' });
  // Every org has objects. Without one, streams would look as if they had vanished; but it is the user who sees none.
  if (summaries.length === 0) throw makeFault('access_denied', { purpose, message: 'sobjects is empty' });
  return summaries;
}

/**
 * Describes the named objects, 25 to an API call, several calls in flight; outcomes in the order of the names. An object that
 * can't be described has its `error`, told after a few tries; what stops the sync (an org that is down too), and an abort,
 * is thrown. With `withDetails` each outcome has the details of the same document.
 */
export async function* describeObjects(
  connection: Connection,
  names: readonly string[],
  signal: AbortSignal,
  withDetails = false,
): AsyncGenerator<DescribeOutcome> {
  const batches = Array.from({ length: Math.ceil(names.length / DESCRIBES_A_CALL) }, (_, index) =>
    names.slice(index * DESCRIBES_A_CALL, (index + 1) * DESCRIBES_A_CALL),
  );
  const run = (batch: readonly string[], signal: AbortSignal) => describeBatch(connection, batch, signal, withDetails);
  for await (const outcomes of inFlight(batches, CALLS_IN_FLIGHT, signal, run)) yield* outcomes;
}

async function describeBatch(
  connection: Connection,
  names: readonly string[],
  signal: AbortSignal,
  withDetails: boolean,
): Promise<DescribeOutcome[]> {
  const requests = names.map((name) => ({ path: pathOf(connection, name), purpose: purposeOf(name) }));
  const answers = names.length === 1 ? undefined : await sendComposite(connection, requests, signal);
  const outcomes: DescribeOutcome[] = [];
  for (const [index, name] of names.entries()) {
    outcomes.push(await describeOne(connection, name, answers?.[index], signal, withDetails));
  }
  return outcomes;
}

/** The describe from its part of a composite, asked alone where there is none or where asking again may help. */
async function describeOne(
  connection: Connection,
  name: string,
  answer: Subanswer | undefined,
  signal: AbortSignal,
  withDetails: boolean,
): Promise<DescribeOutcome> {
  try {
    if (answer !== undefined && 'error' in answer && !answer.error.isCurable()) throw answer.error;
    const tries = answer === undefined ? DESCRIBE_TRIES : DESCRIBE_TRIES - 1;
    const shared = answer !== undefined && 'body' in answer ? describeIn(answer.body, name) : undefined;
    const body = shared?.body ?? (await askAlone(connection, name, tries, signal));
    const describe = shared?.describe ?? readDescribe(body, name, purposeOf(name));
    return { name, describe, ...(withDetails && { details: readDetails(body) }) };
  } catch (thrown) {
    signal.throwIfAborted();
    const error = asModstampError(thrown);
    if (error.stopsSync) throw error;
    return { name, error };
  }
}

/** The describe in its part of a composite; undefined where that is damaged. Throws fault `metadata` for JSON that is none. */
function describeIn(body: Uint8Array, name: string): { body: Uint8Array; describe: SObjectDescribe } | undefined {
  try {
    return { body, describe: readDescribe(body, name, purposeOf(name)) };
  } catch (error) {
    if (isJson(body)) throw error;
    return undefined;
  }
}

/**
 * The describe, asked alone. Where it still fails after `tries`, another request tells whether the object or the org is in
 * trouble: an org that answers leaves the object its error; one that is down is waited for, and the describe asked again.
 */
async function askAlone(connection: Connection, name: string, tries: number, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await askDescribe(connection, name, tries, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isServerTrouble(error) || (await answers(connection, signal, 1))) throw error;
    if (!(await answers(connection, signal))) throw error;
    return askDescribe(connection, name, DESCRIBE_TRIES, signal);
  }
}

async function askDescribe(
  connection: Connection,
  name: string,
  maxAttempts: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const request = { method: 'GET', path: pathOf(connection, name), purpose: purposeOf(name), signal, maxAttempts } as const; // prettier-ignore
  return (await connection.call(request)).bytes;
}

/**
 * Whether the org answers a request for no object in particular (REST API guide, "List Available REST Resources"), a refusal
 * being an answer too. Without `maxAttempts` it is asked as long as any request is, and an outage that lasts is thrown.
 */
async function answers(connection: Connection, signal: AbortSignal, maxAttempts?: number): Promise<boolean> {
  const path = `/services/data/v${connection.apiVersion}/`;
  const purpose = 'see whether the org answers';
  try {
    await connection.call({ method: 'GET', path, purpose, signal, ...(maxAttempts !== undefined && { maxAttempts }) });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (asModstampError(error).stopsSync) throw error;
    return !isServerTrouble(error);
  }
}

/** Whether it is a fault that passes by itself, be it the object's or the org's. */
function isServerTrouble(error: unknown): boolean {
  return error instanceof FaultError && error.isCurable() && !error.stopsSync;
}

function pathOf(connection: Connection, name: string): string {
  return `/services/data/v${connection.apiVersion}/sobjects/${encodeURIComponent(name)}/describe`;
}

function purposeOf(name: string): string {
  return `describe ${name}`;
}

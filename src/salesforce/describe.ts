/** What objects and fields the org has: one list, and describes many to a call. */
import { asModstampError, type ModstampError } from '../errors.ts';
import { sendComposite, type Subanswer } from './composite.ts';
import type { Connection } from './connection.ts';
import { readDescribe, readSummaries } from './describe-document.ts';
import { inFlight } from './flight.ts';
import type { SObjectDescribe, SObjectSummary } from './metadata.ts';
import { makeFault } from './refusal.ts';

export type DescribeOutcome =
  | { readonly name: string; readonly describe: SObjectDescribe }
  | { readonly name: string; readonly error: ModstampError };

/** Subrequests of a composite (REST API guide, "Composite": 25). */
const DESCRIBES_A_CALL = 25;
const CALLS_IN_FLIGHT = 8;

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
 * Describes the named objects, 25 to an API call, several calls in flight; outcomes in the order of the names. One object's
 * trouble is its own `error`; what stops the sync, and an abort, is thrown.
 */
export async function* describeObjects(
  connection: Connection,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<DescribeOutcome> {
  const batches = Array.from({ length: Math.ceil(names.length / DESCRIBES_A_CALL) }, (_, index) =>
    names.slice(index * DESCRIBES_A_CALL, (index + 1) * DESCRIBES_A_CALL),
  );
  const run = (batch: readonly string[], signal: AbortSignal) => describeBatch(connection, batch, signal);
  for await (const outcomes of inFlight(batches, CALLS_IN_FLIGHT, signal, run)) yield* outcomes;
}

async function describeBatch(
  connection: Connection,
  names: readonly string[],
  signal: AbortSignal,
): Promise<DescribeOutcome[]> {
  const requests = names.map((name) => ({ path: pathOf(connection, name), purpose: purposeOf(name) }));
  const answers = names.length === 1 ? undefined : await sendComposite(connection, requests, signal);
  const outcomes: DescribeOutcome[] = [];
  for (const [index, name] of names.entries()) {
    outcomes.push(await describeOne(connection, name, answers?.[index], signal));
  }
  return outcomes;
}

/** The describe from its part of a composite, asked alone where there is none or where asking again may help. */
async function describeOne(
  connection: Connection,
  name: string,
  answer: Subanswer | undefined,
  signal: AbortSignal,
): Promise<DescribeOutcome> {
  try {
    if (answer !== undefined && 'error' in answer && !answer.error.isCurable()) throw answer.error;
    const body = answer !== undefined && 'body' in answer ? answer.body : await askDescribe(connection, name, signal);
    return { name, describe: readDescribe(body, name, purposeOf(name)) };
  } catch (thrown) {
    signal.throwIfAborted();
    const error = asModstampError(thrown);
    if (error.stopsSync) throw error;
    return { name, error };
  }
}

async function askDescribe(connection: Connection, name: string, signal: AbortSignal): Promise<Uint8Array> {
  const request = { method: 'GET', path: pathOf(connection, name), purpose: purposeOf(name), signal } as const;
  return (await connection.call(request)).bytes;
}

function pathOf(connection: Connection, name: string): string {
  return `/services/data/v${connection.apiVersion}/sobjects/${encodeURIComponent(name)}/describe`;
}

function purposeOf(name: string): string {
  return `describe ${name}`;
}

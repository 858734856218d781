/** Many GET requests in one API call (REST API guide, "Composite"): the answers are cut out of the bytes, not parsed. */
import { members, parseValue, skipValue, walkElements, walkMembers } from '../json/scan.ts';
import type { Connection } from './connection.ts';
import { FaultError, classify, placeOf, makeFault, readErrorBody } from './refusal.ts';

export interface Subrequest {
  /** Path on the instance, with its query string. */
  readonly path: string;
  readonly purpose: string;
}

/** A subrequest's body, as the bytes of its JSON text, or its fault. */
export type Subanswer = { readonly body: Uint8Array } | { readonly error: FaultError };

/** A composite that fails as a whole is tried once more; then single requests, with all their patience, take its place. */
const ATTEMPTS = 2;

/**
 * Sends up to 25 subrequests (5 where they are queries) as one composite. Answers come in the order of the requests.
 * Returns undefined where the composite as a whole failed twice, or grew longer than `maxBytes`, so that the caller asks one
 * by one; throws what stops the sync.
 */
export async function sendComposite(
  connection: Connection,
  requests: readonly Subrequest[],
  signal: AbortSignal,
  { maxBytes }: { readonly maxBytes?: number } = {},
): Promise<readonly Subanswer[] | undefined> {
  const purpose = `${requests[0]?.purpose ?? 'ask'} and ${requests.length - 1} more`;
  const compositeRequest = requests.map(({ path }, index) => ({ method: 'GET', url: path, referenceId: `r${index}` }));
  try {
    const answer = await connection.call({
      method: 'POST',
      path: `/services/data/v${connection.apiVersion}/composite`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ allOrNone: false, compositeRequest }),
      purpose,
      signal,
      maxAttempts: ATTEMPTS,
      ...(maxBytes !== undefined && { maxBytes }),
    });
    return readComposite(answer.bytes, requests, purpose);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FaultError && !error.stopsSync) return undefined;
    throw error;
  }
}

/** Reads `{"compositeResponse":[{body, httpHeaders, httpStatusCode, referenceId}, …]}`, members in any order. */
function readComposite(bytes: Uint8Array, requests: readonly Subrequest[], purpose: string): Subanswer[] {
  const answers = new Map<number, Subanswer>();
  try {
    walkMembers(bytes, 0, (key, start) => {
      if (key !== 'compositeResponse') return skipValue(bytes, start);
      return walkElements(bytes, start, (at) => {
        const { index, answer, end } = readSubanswer(bytes, at, requests);
        answers.set(index, answer);
        return end;
      });
    });
  } catch (cause) {
    if (cause instanceof FaultError) throw cause;
    throw makeFault('unexpected_answer', { purpose, message: 'the composite answer is no JSON', cause });
  }
  return requests.map((_request, index) => {
    const answer = answers.get(index);
    if (answer !== undefined) return answer;
    throw makeFault('unexpected_answer', { purpose, message: 'the composite answer lacks subanswers' });
  });
}

function readSubanswer(
  bytes: Uint8Array,
  at: number,
  requests: readonly Subrequest[],
): { index: number; answer: Subanswer; end: number } {
  let body: Uint8Array = new Uint8Array();
  let status = 0;
  let index = -1;
  const end = members(bytes, at, (key, start, end) => {
    if (key === 'body') body = bytes.subarray(start, end);
    else if (key === 'httpStatusCode') status = Number(parseValue(bytes, start, end));
    else if (key === 'referenceId') index = Number(String(parseValue(bytes, start, end)).slice(1));
  });
  const request = requests[index];
  if (request === undefined || status === 0) {
    throw makeFault('unexpected_answer', {
      purpose: 'ask',
      message: 'a subanswer without referenceId or httpStatusCode',
    });
  }
  if (status < 300) return { index, answer: { body }, end };
  const { path, purpose } = request;
  const refusal = { place: placeOf('GET', path), host: 'Salesforce', purpose, status, ...readErrorBody(body) };
  return { index, answer: { error: classify(refusal) }, end };
}

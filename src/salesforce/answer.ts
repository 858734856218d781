/** From an answer on the wire to a good one, or to the fault that it is; and from an open body to a whole one. */
import type { ApiRequest, OpenAnswer, WholeAnswer } from './connection.ts';
import { classify, type FaultError, placeOf, makeFault, readErrorBody, readRetryAfter } from './refusal.ts';
import type { Send, WireRequest } from './wire.ts';

/** Error bodies are short; of a longer one (an edge server's HTML page) the beginning tells enough. */
const ERROR_BODY_BYTES = 64 * 1024;

/** Wraps `send`: answers of 300 and above are thrown as the fault that the table finds. `isSandbox` is for its hint. */
export function withRefusals(send: Send<WireRequest>, isSandbox: boolean): Send<WireRequest> {
  return async (request) => {
    const answer = await send(request);
    if (answer.status < 300) return answer;
    const requestId = answer.headers['x-sfdc-request-id'] ?? answer.headers['x-request-id'];
    const retryAfterMs = readRetryAfter(answer.headers['retry-after'], Date.now());
    throw classify({
      place: placeOf(request.method, request.path),
      host: new URL(request.origin).host,
      purpose: request.purpose,
      status: answer.status,
      ...readErrorBody(await readStart(answer.body)),
      ...(requestId !== undefined && { requestId }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      isSandbox,
    });
  };
}

/** Wraps `send`: the body is read to its end. Throws `body_cut` as the body does, `answer_too_long` beyond `maxBytes`. */
export function withWholeBody<R extends Limited>(
  send: (request: R) => Promise<OpenAnswer>,
): (request: R) => Promise<WholeAnswer> {
  return async (request) => {
    const { status, headers, body, wholeBody } = await send(request);
    return { status, headers, bytes: wholeBody === undefined ? await gather(body, request) : await wholeBody() };
  };
}

/** A request of which the answer may be limited. */
type Limited = Pick<ApiRequest, 'purpose' | 'maxBytes'>;

/** The pieces of a body together; throws as the body does, and `answer_too_long`. */
export async function gather(body: OpenAnswer['body'], request: Limited): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > (request.maxBytes ?? Number.POSITIVE_INFINITY)) throw tooLong(request);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}

/** The fault of an answer that is longer than the request allows. */
export function tooLong({ purpose, maxBytes }: Limited): FaultError {
  return makeFault('answer_too_long', { purpose, message: `more than ${maxBytes} bytes` });
}

/** Lists, describes and jobs up to this length are parsed once to see whether they are JSON. */
const PARSED_BYTES_MAX = 1024 * 1024;
/** Batches carry the rows of small streams; their readers find damage themselves, and ask for each part alone. */
const BATCH = /\/composite$/;

/**
 * Wraps `send`: a body that does not begin and end as JSON does is fault `no_json`, one that is damaged inside
 * `json_malformed`, and so both are asked for again. With a good status they come from an edge server or a proxy in trouble,
 * or broke off where no length told (HTTP/1.0). `hostOf` names the host for the sentence. An answer to PATCH or DELETE may be
 * empty. A byte order mark is taken off.
 */
export function withJsonAnswers<R extends Pick<ApiRequest, 'purpose' | 'method' | 'path'>>(
  send: (request: R) => Promise<WholeAnswer>,
  hostOf: () => string,
): (request: R) => Promise<WholeAnswer> {
  return async (request) => {
    const received = await send(request);
    const answer = { ...received, bytes: withoutMark(received.bytes) };
    const { method, path, purpose } = request;
    const mayBeEmpty = method === 'PATCH' || method === 'DELETE';
    if (mayBeEmpty && answer.bytes.length === 0) return answer;
    if (looksLikeJson(answer.bytes)) {
      if (answer.bytes.length <= PARSED_BYTES_MAX && !BATCH.test(path))
        verifyJson(answer.bytes, { purpose, host: hostOf() });
      return answer;
    }
    const start = new TextDecoder().decode(answer.bytes.subarray(0, 200));
    throw makeFault('no_json', { purpose, host: hostOf(), message: `${answer.status} with no JSON: ${start}` });
  };
}

/** Throws fault `json_malformed` for text that is no JSON. It is parsed for that, so it should not be long. */
export function verifyJson(bytes: Uint8Array, about: { readonly purpose: string; readonly host?: string }): void {
  try {
    JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw makeFault('json_malformed', { ...about, message: cause instanceof Error ? cause.message : '', cause });
  }
}

/** Whether the text is JSON, by parsing it. */
export function isJson(bytes: Uint8Array): boolean {
  try {
    verifyJson(bytes, { purpose: 'read JSON' });
    return true;
  } catch {
    return false;
  }
}

/** UTF-8's byte order mark, which some servers put before JSON though RFC 8259 forbids it. */
const MARK = [0xef, 0xbb, 0xbf];

function withoutMark(bytes: Uint8Array): Uint8Array {
  return MARK.every((byte, i) => bytes[i] === byte) ? bytes.subarray(MARK.length) : bytes;
}

/** The body without a byte order mark; nothing is given before it is clear whether there is one. */
async function* unmarked(body: OpenAnswer['body']): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of body) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
    if (start.length < MARK.length && start.every((byte, i) => byte === MARK[i])) continue;
    yield withoutMark(start);
    start = undefined;
  }
  if (start !== undefined && start.length > 0) yield start;
}

/**
 * The body itself without a byte order mark; throws fault `no_json` before it gives anything where it begins otherwise than a
 * JSON object.
 */
export async function* jsonObjectIn(
  body: OpenAnswer['body'],
  about: { readonly purpose: string; readonly host: string },
): AsyncGenerator<Uint8Array> {
  let first: number | undefined;
  for await (const chunk of unmarked(body)) {
    first ??= chunk.find(isInk);
    if (first !== undefined && first !== OPEN_BRACE) {
      const message = `no JSON: ${new TextDecoder().decode(chunk.subarray(0, 200))}`;
      throw makeFault('no_json', { ...about, message });
    }
    yield chunk;
  }
}

const OPEN_BRACE = 0x7b;

/** True for `{…}` and `[…]`; the bytes between are looked at by whoever reads them. */
function looksLikeJson(bytes: Uint8Array): boolean {
  const [first, last] = [bytes.find(isInk), bytes.findLast(isInk)].map((byte) => String.fromCharCode(byte ?? 0));
  return (first === '{' && last === '}') || (first === '[' && last === ']');
}

/** Whether a byte is no white space (RFC 8259, 2) and no part of a byte order mark, which some servers send. */
function isInk(byte: number): boolean {
  return byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf;
}

/** The body of an answer as JSON. Throws fault `unexpected_answer` where it is none. */
export function readJson(answer: WholeAnswer, purpose: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(answer.bytes));
  } catch (cause) {
    const start = new TextDecoder().decode(answer.bytes.subarray(0, 200));
    throw makeFault('unexpected_answer', { purpose, message: `${answer.status} with no JSON: ${start}`, cause });
  }
}

/** Gives a body up, and its connection back. A generator that was never started ignores `return`, hence the first step. */
export async function discard(body: OpenAnswer['body']): Promise<void> {
  const chunks = body[Symbol.asyncIterator]();
  try {
    await chunks.next();
    await chunks.return?.();
  } catch {
    // A body that breaks off is given up as well; the caller has a better reason to tell than that.
  }
}

/** The beginning of an error body. A body that breaks off is as good: the status decides. */
async function readStart(body: OpenAnswer['body']): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= ERROR_BODY_BYTES) break;
    }
  } catch {
    // The refusal itself has arrived; what it lacks in words is no reason to hide it behind another fault.
  }
  return Buffer.concat(chunks);
}

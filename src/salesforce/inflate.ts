/** Asks for compressed bodies and inflates them, off the main thread. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import type { ApiRequest, OpenAnswer } from './connection.ts';
import { faultOf } from './faults.ts';
import { raise } from './refusal.ts';
import type { Send } from './wire.ts';

/** Fewer, larger pieces cost less than zlib's 16 KiB: a body is handed on piece by piece. */
const PIECE_BYTES = 128 * 1024;
/** Inflated bytes that may wait while lines are written, so that zlib's thread works meanwhile: 12 % of the speed of a large body. */
const AHEAD_BYTES = 512 * 1024;

/**
 * Wraps `send`: adds Accept-Encoding, and gives the body inflated, without its Content-Encoding and Content-Length headers.
 * Compressed data that ends early or is no compressed data is fault `body_cut`. An encoding that was not asked for is
 * fault `unexpected_answer`.
 */
export function withInflation<R extends ApiRequest>(send: Send<R>): Send<R> {
  return async (request) => {
    const answer = await send({ ...request, headers: { 'accept-encoding': 'gzip, deflate', ...request.headers } });
    const encoding = answer.headers['content-encoding']?.trim().toLowerCase();
    if (encoding === undefined || encoding === '' || encoding === 'identity') return answer;
    const { 'content-encoding': _encoding, 'content-length': _length, ...headers } = answer.headers;
    if (encoding !== 'gzip' && encoding !== 'deflate') {
      throw raise('unexpected_answer', { purpose: request.purpose, message: `Content-Encoding ${encoding}` });
    }
    return { ...answer, headers, body: inflate(answer, encoding, request) };
  };
}

async function* inflate(
  answer: OpenAnswer,
  encoding: 'gzip' | 'deflate',
  request: ApiRequest,
): AsyncGenerator<Uint8Array> {
  const options = { chunkSize: PIECE_BYTES, highWaterMark: AHEAD_BYTES };
  const inflater = encoding === 'gzip' ? createGunzip(options) : createInflate(options);
  // pipeline destroys both ends with the error of either; the loop below meets it, so the callback has nothing to do.
  pipeline(Readable.from(answer.body, { objectMode: false, highWaterMark: PIECE_BYTES }), inflater, () => {});
  try {
    yield* inflater;
  } catch (cause) {
    request.signal.throwIfAborted();
    if (faultOf(cause) !== undefined) throw cause;
    throw raise('body_cut', { purpose: request.purpose, message: cause instanceof Error ? cause.message : '', cause });
  } finally {
    inflater.destroy();
  }
}

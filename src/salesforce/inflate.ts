/** Asks for compressed bodies and inflates them, off the main thread. */
import { kMaxLength } from 'node:buffer';
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createUnzip, unzip } from 'node:zlib';
import { discard, gather, tooLong } from './answer.ts';
import type { ApiRequest, OpenAnswer } from './connection.ts';
import { faultOf } from './faults.ts';
import { makeFault, type FaultError } from './refusal.ts';
import type { Send } from './wire.ts';

/** Fewer, larger pieces cost less than zlib's 16 KiB: a body is handed on piece by piece. */
const PIECE_BYTES = 128 * 1024;
/** Inflated bytes that may wait while lines are written, so that zlib's thread works meanwhile: 12 % of the speed of a large body. */
const AHEAD_BYTES = 512 * 1024;

/** No more of a whole body is made room for at once than this, each byte of it being eight or so of JSON. */
const ROOM_RATIO = 32;

/** Names of what zlib tells apart by itself; `x-gzip` is gzip (RFC 9110, 8.4.1.3). */
const INFLATABLE = new Set(['gzip', 'x-gzip', 'deflate']);

/**
 * Wraps `send`: asks for gzip (Bulk knows nothing else), and gives a compressed body inflated, asked for or not, without its
 * Content-Encoding and Content-Length headers. Compressed data that ends early or is no compressed data is fault `body_cut`;
 * an encoding that nobody asked for and nobody can read is fault `unexpected_answer`.
 */
export function withInflation<R extends ApiRequest>(send: Send<R>): Send<R> {
  return async (request) => {
    const answer = await send({ ...request, headers: { 'accept-encoding': 'gzip', ...request.headers } });
    const encoding = answer.headers['content-encoding']?.trim().toLowerCase();
    if (encoding === undefined || encoding === '' || encoding === 'identity') return answer;
    const { 'content-encoding': _encoding, 'content-length': _length, ...headers } = answer.headers;
    if (!INFLATABLE.has(encoding)) {
      await discard(answer.body);
      throw makeFault('unexpected_answer', { purpose: request.purpose, message: `Content-Encoding ${encoding}` });
    }
    return {
      ...answer,
      headers,
      body: inflate(answer, request),
      wholeBody: () => inflateWhole(answer, request),
    };
  };
}

/**
 * What is still on the way stays compressed, a tenth of its size, and is then inflated into one buffer. A describe of 25
 * objects has megabytes and eight are asked for at a time: their pieces, grown old while they waited for the last one, were
 * the garbage that took most of the memory of discover.
 */
async function inflateWhole(answer: OpenAnswer, request: ApiRequest): Promise<Uint8Array> {
  const packed = await gather(answer.body, request);
  if (packed.length === 0) return packed;
  const maxOutputLength = request.maxBytes ?? kMaxLength;
  try {
    return await promisify(unzip)(packed, { chunkSize: Math.min(roomFor(packed), maxOutputLength), maxOutputLength });
  } catch (cause) {
    if (request.maxBytes !== undefined && cause instanceof RangeError) throw tooLong(request);
    throw bodyCut(request, cause);
  }
}

/** Room for all that comes out, and for zlib to see that it is all: gzip ends with its length (RFC 1952, ISIZE). */
function roomFor(packed: Uint8Array): number {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const told = packed.length < 18 ? 0 : view.getUint32(packed.length - 4, true);
  return Math.min(told, packed.length * ROOM_RATIO) + 64;
}

async function* inflate(answer: OpenAnswer, request: ApiRequest): AsyncGenerator<Uint8Array> {
  let receivedBytes = 0;
  const received = async function* () {
    for await (const chunk of answer.body) {
      receivedBytes += chunk.length;
      yield chunk;
    }
  };
  const options = { chunkSize: PIECE_BYTES, highWaterMark: AHEAD_BYTES };
  const inflater = createUnzip(options);
  // pipeline destroys both ends with the error of either; the loop below meets it, so the callback has nothing to do.
  pipeline(Readable.from(received(), { objectMode: false, highWaterMark: PIECE_BYTES }), inflater, () => {});
  try {
    yield* inflater;
  } catch (cause) {
    request.signal.throwIfAborted();
    if (faultOf(cause) !== undefined) throw cause;
    // zlib misses its header in a body of no bytes; it is an empty one, whatever Content-Encoding says.
    if (receivedBytes === 0) return;
    throw bodyCut(request, cause);
  } finally {
    inflater.destroy();
  }
}

function bodyCut({ purpose }: ApiRequest, cause: unknown): FaultError {
  return makeFault('body_cut', { purpose, message: cause instanceof Error ? cause.message : '', cause });
}

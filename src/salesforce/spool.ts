/**
 * A body that is taken as fast as it comes, however slowly it is read: what has not been read lies in memory up to a limit,
 * and beyond it in a file without a name. For connections on which back-pressure is not possible.
 */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { finished, type Readable } from 'node:stream';

/** A reader that keeps up never lets so much wait. */
const MEMORY_BYTES = 4 * 1024 * 1024;
const READ_BYTES = 64 * 1024;

/**
 * The bytes of a body, which is drained from now on. To be iterated once, or to be destroyed by `body.destroy`. Throws what
 * the body throws, behind the bytes that came before it.
 */
export function spooled(body: Readable, memoryBytes = MEMORY_BYTES): AsyncIterable<Uint8Array> {
  const store = createStore(memoryBytes);
  let end: { readonly failure?: unknown } | undefined;
  let wake = () => {};
  body.on('data', (chunk: Uint8Array) => {
    store.put(chunk);
    wake();
  });
  finished(body, { writable: false }, (failure) => {
    end = failure ? { failure } : {};
    wake();
  });
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = store.take();
        if (chunk !== undefined) yield chunk;
        else if (end === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else if ('failure' in end) throw end.failure;
        else return;
      }
    } finally {
      body.destroy();
      store.close();
    }
  }
  return read();
}

/**
 * Bytes in their order. Writing waits for the disk, which is the page cache: a body that is not taken at once is what must not
 * happen here. Where no file can be made (a read-only container without /tmp), all of it stays in memory.
 */
function createStore(memoryBytes: number) {
  const chunks: Uint8Array[] = [];
  let heldBytes = 0;
  let file: number | undefined;
  let canSpool = true;
  let readAt = 0;
  let writtenAt = 0;
  return {
    put(chunk: Uint8Array): void {
      const isFull = heldBytes + chunk.length > memoryBytes;
      if (canSpool && (isFull || writtenAt > readAt)) {
        file ??= openNameless();
        canSpool = file !== undefined;
        if (file !== undefined) {
          writeAll(file, chunk, writtenAt);
          writtenAt += chunk.length;
          return;
        }
      }
      chunks.push(chunk);
      heldBytes += chunk.length;
    },
    take(): Uint8Array | undefined {
      const first = chunks.shift();
      if (first !== undefined) {
        heldBytes -= first.length;
        return first;
      }
      if (file === undefined || readAt === writtenAt) return undefined;
      const piece = Buffer.allocUnsafe(Math.min(READ_BYTES, writtenAt - readAt));
      const bytes = readSync(file, piece, 0, piece.length, readAt);
      readAt += bytes;
      // What was read need not stay: the file begins anew once the reader has caught up.
      if (readAt === writtenAt) readAt = writtenAt = 0;
      return piece.subarray(0, bytes);
    },
    close(): void {
      canSpool = false;
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function writeAll(file: number, bytes: Uint8Array, at: number): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(file, bytes, written, bytes.length - written, at + written);
  }
}

/** A file that nobody else can open, and that is gone with the process however that ends; undefined where none can be made. */
function openNameless(): number | undefined {
  const path = join(tmpdir(), `modstamp-${randomUUID()}`);
  try {
    const file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return file;
  } catch {
    return undefined; // the caller keeps the bytes in memory
  }
}

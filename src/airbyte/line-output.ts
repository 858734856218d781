/** Bytes to a file descriptor, in order, one write at a time, under the reader's back-pressure. */
import { writev } from 'node:fs';
import { ModstampError } from '../errors.ts';

interface Waiting {
  readonly bytes: Uint8Array;
  readonly isUrgent: boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Buffers of one writev call: half of the 1024 (IOV_MAX) that Linux takes. */
const BATCH_BUFFERS = 512;
/**
 * A batch ends with the buffer that brings it here. More saves no calls that matter (a pipe holds 64 KiB), and what is in
 * flight is what a stopping process still has to get rid of.
 */
const BATCH_BYTES = 1 << 20;
/** Waits after EAGAIN, doubled from the first to the last: a pipe full of 64 KiB is read in well under a millisecond. */
const RETRY_FIRST_MS = 1;
const RETRY_LAST_MS = 16;

/** The fault of a ModstampError for a reader that closed its end: what a shell calls SIGPIPE. */
export const READER_GONE = 'reader_gone';

const CLOSED_BY_READER: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET']);

/**
 * The writing end of stdout. `process.stdout` won't do: it buffers without bound where nobody waits for it, and merely
 * touching it turns a pipe non-blocking for every process that shares it. fs.writev runs on a thread of libuv's pool, so
 * a reader that stalls blocks that thread and not the event loop; buffers go out without being copied, small ones together.
 */
export class LineOutput {
  readonly #fd: number;
  readonly #onClosed: ((reason: ModstampError) => void) | undefined;
  #queue: Waiting[] = [];
  #writing = false;
  #ended: ModstampError | undefined;
  /** Nothing can be written any more, not even what is urgent. */
  #failed = false;
  #idle: (() => void)[] = [];

  /** `onClosed` is called once where nothing can be written any more, because the reader went away or the disk is full. */
  constructor(fd: number, onClosed?: (reason: ModstampError) => void) {
    this.#fd = fd;
    this.#onClosed = onClosed;
  }

  /**
   * Writes bytes after all earlier ones; they must be whole lines, and must not change until the promise resolves: the
   * kernel has them then. Rejects with ModstampError when the output has ended. There is no limit to the wait: it is the
   * reader's back-pressure, and ending it early would cut a line.
   */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended);
    return this.#wait(bytes, false);
  }

  /** As `write`, but ahead of all that is not urgent and has not begun to leave, and also after `halt`. */
  writeFirst(bytes: Uint8Array): Promise<void> {
    if (this.#ended && this.#failed) return Promise.reject(this.#ended);
    return this.#wait(bytes, true);
  }

  /** Resolves when everything before it is out; rejects as `write` does. */
  flush(): Promise<void> {
    return this.write(new Uint8Array(0));
  }

  /**
   * Drops what has not begun to leave and is not urgent, and resolves when the rest is out: no half line stays behind. May be
   * called again, to wait for what was urgent meanwhile.
   */
  async halt(): Promise<void> {
    this.#end(new ModstampError('The process is stopping.', { failureType: 'transient_error', stopsSync: true }));
    if (this.#writing) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #wait(bytes: Uint8Array, isUrgent: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = { bytes, isUrgent, resolve, reject };
      const place = isUrgent ? this.#queue.findIndex((other) => !other.isUrgent) : -1;
      if (place < 0) this.#queue.push(waiting);
      else this.#queue.splice(place, 0, waiting);
      if (!this.#writing) this.#writeBatch();
    });
  }

  #writeBatch(): void {
    const batch = this.#takeBatch();
    this.#writing = batch.length > 0;
    if (this.#writing)
      this.#writeRest(
        batch,
        batch.map(({ bytes }) => bytes),
        RETRY_FIRST_MS,
      );
    else for (const resolve of this.#idle.splice(0)) resolve();
  }

  #takeBatch(): Waiting[] {
    let byteCount = 0;
    let count = 0;
    while (count < Math.min(this.#queue.length, BATCH_BUFFERS) && byteCount < BATCH_BYTES) {
      byteCount += this.#queue[count]?.bytes.length ?? 0;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  #writeRest(batch: readonly Waiting[], rest: readonly Uint8Array[], retryMs: number): void {
    if (rest.every((bytes) => bytes.length === 0)) {
      for (const { resolve } of batch) resolve();
      this.#writeBatch();
      return;
    }
    writev(this.#fd, rest, (error, writtenBytes) => {
      if (!error) this.#writeRest(batch, without(rest, writtenBytes), RETRY_FIRST_MS);
      else if (error.code === 'EAGAIN') {
        setTimeout(() => this.#writeRest(batch, rest, Math.min(retryMs * 2, RETRY_LAST_MS)), retryMs);
      } else this.#fail(batch, error);
    });
  }

  #fail(batch: readonly Waiting[], error: NodeJS.ErrnoException): void {
    const reason = CLOSED_BY_READER.has(error.code)
      ? new ModstampError('The program that reads the messages went away.', {
          failureType: 'transient_error',
          stopsSync: true,
          fault: READER_GONE,
        })
      : new ModstampError(
          `The messages could not be written: ${error.code === 'ENOSPC' ? 'the disk is full' : error.code}.`,
          {
            failureType: 'transient_error',
            stopsSync: true,
            cause: error,
          },
        );
    const first = !this.#ended;
    this.#failed = true;
    this.#end(reason);
    for (const { reject } of batch) reject(reason);
    this.#writeBatch();
    if (first) this.#onClosed?.(reason);
  }

  #end(reason: ModstampError): void {
    this.#ended ??= reason;
    const dropped = this.#queue.splice(0);
    if (!this.#failed) this.#queue = dropped.filter(({ isUrgent }) => isUrgent);
    for (const waiting of dropped) if (this.#failed || !waiting.isUrgent) waiting.reject(reason);
  }
}

/** The buffers after the first `byteCount` bytes, as views on the same memory. */
function without(buffers: readonly Uint8Array[], byteCount: number): readonly Uint8Array[] {
  let index = 0;
  let left = byteCount;
  for (let first = buffers[0]; first && left >= first.length; first = buffers[index]) {
    left -= first.length;
    index += 1;
  }
  const [first, ...others] = buffers.slice(index);
  return first && left > 0 ? [first.subarray(left), ...others] : buffers.slice(index);
}

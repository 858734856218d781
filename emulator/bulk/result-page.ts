/** A page of a Bulk result on its way to a client, plain or compressed. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { StreamedBody } from '../http/answer.ts';
import { rowOffset, type ResultFile } from './result-file.ts';

export interface PageRange {
  /** Index of the first row. */
  readonly first: number;
  readonly count: number;
}

const READ_BYTES = 256 * 1024;
/** Level 1, as everywhere here: a client's speed is measured against this server on the same machine. */
const GZIP_LEVEL = 1;

let lastPart = 0;

/**
 * The page as a body: the header row, then its rows. Compressed pages are kept beside the result the first time, so that
 * a page that is fetched again, in this job or in one with an equal query, costs no compression.
 */
export function pageBody(result: ResultFile, range: PageRange): StreamedBody {
  return { open: (gzip) => (gzip ? gzipPage(result, range) : plainPage(result, range)) };
}

/** Where the compressed page is kept. */
function gzipPath(result: ResultFile, { first, count }: PageRange): string {
  return `${result.path}.${first}-${count}.gz`;
}

async function* plainPage(result: ResultFile, { first, count }: PageRange): AsyncGenerator<Uint8Array> {
  yield result.header;
  const [start, end] = await Promise.all([rowOffset(result, first), rowOffset(result, first + count)]);
  if (end > start) yield* createReadStream(result.path, { start, end: end - 1, highWaterMark: READ_BYTES });
}

async function* gzipPage(result: ResultFile, range: PageRange): AsyncGenerator<Uint8Array> {
  const kept = gzipPath(result, range);
  if (existsSync(kept)) {
    yield* createReadStream(kept, { highWaterMark: READ_BYTES });
    return;
  }
  lastPart += 1;
  const part = `${kept}.${lastPart}.part`;
  const file = createWriteStream(part);
  try {
    const gzip = createGzip({ level: GZIP_LEVEL, chunkSize: READ_BYTES });
    // A failure of either side ends both, and comes out of the loop below.
    pipeline(Readable.from(plainPage(result, range), { objectMode: false }), gzip, () => undefined);
    for await (const chunk of gzip) {
      if (!(chunk instanceof Uint8Array)) throw new Error('gzip gave text');
      if (!file.write(chunk)) await once(file, 'drain');
      yield chunk;
    }
    file.end();
    await once(file, 'finish');
    await rename(part, kept);
  } finally {
    // A client that left in the middle leaves no half page behind.
    file.destroy();
    await rm(part, { force: true });
  }
}

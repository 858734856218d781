/** Puts the contents of files into records on their way out, in the place of their URLs, within a budget of bytes. */
import { ModstampError } from '../../errors.ts';
import { openBlob } from '../../salesforce/blob.ts';
import { isFault } from '../../salesforce/faults.ts';
import type { Connection } from '../../salesforce/connection.ts';
import type { Rework } from './stream-context.ts';

export interface BlobBudget {
  readonly maxBytesPerRecord: number;
  readonly maxBytesPerSync: number;
  /** Bytes fetched so far in this sync; shared by all streams. */
  spentBytes: number;
}

type Refusal = 'SOURCE_FIELD_SIZE_LIMITATION' | 'SOURCE_RETRIEVAL_ERROR';

const FETCH_TRIES = 3;

/**
 * A step for RECORD lines: each URL under one of `properties` is replaced by the content as base64. What is larger than the
 * budget allows becomes null and is noted in the record's `meta.changes` (SOURCE_FIELD_SIZE_LIMITATION), what the org does
 * not hand out likewise (SOURCE_RETRIEVAL_ERROR).
 */
export function blobDownloader(
  connection: Connection,
  properties: readonly string[],
  budget: BlobBudget,
  signal: AbortSignal,
): Rework {
  // One record at a time: the contents of a page of records may be more than the memory holds.
  return async function* ({ lines }) {
    const text = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
    for (let start = 0; start < text.length;) {
      const end = text.indexOf(0x0a, start) + 1 || text.length;
      yield { lines: await fillLine(text.subarray(start, end)), recordCount: 1 };
      start = end;
    }
  };

  async function fillLine(line: Buffer): Promise<Buffer> {
    let filled = line;
    for (const property of properties) filled = await fillProperty(filled, property);
    return filled;
  }

  async function fillProperty(line: Buffer, property: string): Promise<Buffer> {
    // An unescaped quote can't stand inside a JSON string, so this can only be the member itself.
    const member = `${JSON.stringify(property)}:"/services/data/`;
    const at = line.indexOf(member);
    if (at < 0) return line;
    const valueStart = at + JSON.stringify(property).length + 1;
    const valueEnd = line.indexOf(0x22, valueStart + 1) + 1;
    const content = await fetchContent(line.toString('utf8', valueStart + 1, valueEnd - 1));
    const value = typeof content === 'string' ? Buffer.from('null') : Buffer.from(`"${content.toString('base64')}"`);
    const rest =
      typeof content === 'string' ? noteChange(line.subarray(valueEnd), property, content) : line.subarray(valueEnd);
    return Buffer.concat([line.subarray(0, valueStart), value, rest]);
  }

  /** The content, or why there is none; a body that breaks off is fetched again. */
  async function fetchContent(path: string): Promise<Buffer | Refusal> {
    for (let tries = 1; ; tries++) {
      try {
        return await fetchOnce(path);
      } catch (thrown) {
        if (!isFault(thrown, 'body_cut')) throw thrown;
        if (tries === FETCH_TRIES) throw contentCut(path, thrown);
      }
    }
  }

  async function fetchOnce(path: string): Promise<Buffer | Refusal> {
    const left = Math.min(budget.maxBytesPerRecord, budget.maxBytesPerSync - budget.spentBytes);
    if (left <= 0) return 'SOURCE_FIELD_SIZE_LIMITATION';
    const answer = await openBlob(connection, path, signal);
    if (answer === undefined) return 'SOURCE_RETRIEVAL_ERROR';
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      // Leaving the loop ends the download.
      if (bytes > left) return 'SOURCE_FIELD_SIZE_LIMITATION';
      chunks.push(chunk);
    }
    budget.spentBytes += bytes;
    return Buffer.concat(chunks);
  }
}

/** A fault of its own: records before it have left, so that the page they stand in must not be fetched again for it. */
function contentCut(path: string, cause: unknown): ModstampError {
  return new ModstampError(
    `The connection broke off ${FETCH_TRIES} times in the middle of a file; run the sync again, or lower blobs.max_bytes_per_record.`,
    { failureType: 'transient_error', fault: 'content_cut', internal: path, cause },
  );
}

/** Adds a change to the end of a RECORD line, beside those that are there already. */
function noteChange(lineEnd: Buffer, property: string, reason: string): Buffer {
  const text = lineEnd.toString('utf8');
  const change = JSON.stringify({ field: property, change: 'NULLED', reason });
  const meta = text.lastIndexOf('"meta":{"changes":[');
  if (meta >= 0) {
    const at = meta + '"meta":{"changes":['.length;
    return Buffer.from(`${text.slice(0, at)}${change},${text.slice(at)}`);
  }
  const close = text.lastIndexOf('}}');
  return Buffer.from(`${text.slice(0, close)},"meta":{"changes":[${change}]}${text.slice(close)}`);
}

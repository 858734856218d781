/** Puts the contents of files into records in the place of their URLs, within a budget of bytes. */
import { ModstampError } from '../../errors.ts';
import type { Column } from '../../record/column.ts';
import type { Replacement, RowHook } from '../../record/row-hook.ts';
import { openBlob } from '../../salesforce/blob.ts';
import type { Connection } from '../../salesforce/connection.ts';
import { isFault } from '../../salesforce/faults.ts';

export interface BlobBudget {
  readonly maxBytesPerRecord: number;
  readonly maxBytesPerSync: number;
  /** Bytes fetched so far in this sync; shared by all streams. */
  spentBytes: number;
}

export type UrlColumn = Extract<Column, { readonly kind: 'url' }>;

type Refusal = 'SOURCE_FIELD_SIZE_LIMITATION' | 'SOURCE_RETRIEVAL_ERROR';

const FETCH_TRIES = 3;
const QUOTE = Buffer.from('"');
const NULL = Buffer.from('null');

/**
 * A hook that replaces each URL by its content as base64. What is larger than the budget allows becomes null and is noted in
 * the record's `meta.changes` (SOURCE_FIELD_SIZE_LIMITATION), what the org does not hand out likewise
 * (SOURCE_RETRIEVAL_ERROR). One record at a time: the contents of several may be more than the memory holds.
 */
export function blobDownloader(
  connection: Connection,
  columns: readonly UrlColumn[],
  budget: BlobBudget,
  signal: AbortSignal,
): RowHook {
  return {
    fields: columns.map(({ field }) => field),
    async decide(values) {
      const replacements: Replacement[] = [];
      for (const [i, { property, before, after }] of columns.entries()) {
        const value = values[i];
        if (value === undefined) continue;
        const content = await fetchContent(`${before}${Buffer.from(value).toString()}${after}`);
        replacements.push(
          typeof content === 'string' ? { property, json: [NULL], reason: content } : { property, json: content },
        );
      }
      return replacements;
    },
  };

  /** The content as JSON text, or why there is none; a body that breaks off is fetched again. */
  async function fetchContent(path: string): Promise<readonly Uint8Array[] | Refusal> {
    for (let tries = 1; ; tries++) {
      try {
        return await fetchOnce(path);
      } catch (thrown) {
        if (!isFault(thrown, 'body_cut')) throw thrown;
        if (tries === FETCH_TRIES) throw contentCut(path, thrown);
      }
    }
  }

  async function fetchOnce(path: string): Promise<readonly Uint8Array[] | Refusal> {
    const left = Math.min(budget.maxBytesPerRecord, budget.maxBytesPerSync - budget.spentBytes);
    if (left <= 0) return 'SOURCE_FIELD_SIZE_LIMITATION';
    const answer = await openBlob(connection, path, signal);
    if (answer === undefined) return 'SOURCE_RETRIEVAL_ERROR';
    const pieces: Uint8Array[] = [QUOTE];
    let bytes = 0;
    let rest: Uint8Array = new Uint8Array(0);
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      // Leaving the loop ends the download.
      if (bytes > left) return 'SOURCE_FIELD_SIZE_LIMITATION';
      // Three bytes are four digits; what is over goes with the next chunk.
      const known = Buffer.concat([rest, chunk]);
      const whole = known.length - (known.length % 3);
      pieces.push(base64(known.subarray(0, whole)));
      rest = known.subarray(whole);
    }
    budget.spentBytes += bytes;
    return [...pieces, base64(rest), QUOTE];
  }
}

function base64(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'), 'latin1');
}

/** A fault of its own: records before it have left, so that the page they stand in must not be fetched again for it. */
function contentCut(path: string, cause: unknown): ModstampError {
  return new ModstampError(
    `The connection broke off ${FETCH_TRIES} times in the middle of a file; run the sync again, or lower blobs.max_bytes_per_record.`,
    { failureType: 'transient_error', fault: 'content_cut', internal: path, cause },
  );
}

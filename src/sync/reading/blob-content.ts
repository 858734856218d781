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
  /** Bytes fetched or reserved so far in this sync; shared by all streams. */
  spentBytes: number;
}

interface Downloads {
  readonly connection: Connection;
  readonly signal: AbortSignal;
}

export type UrlColumn = Extract<Column, { readonly kind: 'url' }>;

/** Whether a file may have so many bytes; those that it has not yet are taken from the budget. */
type Reserve = (bytes: number) => boolean;

type Refusal = 'SOURCE_FIELD_SIZE_LIMITATION' | 'SOURCE_RETRIEVAL_ERROR';

const FETCH_TRIES = 3;
const QUOTE = Buffer.from('"');
const NULL = Buffer.from('null');

/** A hook that makes the URL of an empty file null: there is nothing to fetch at it. */
export function emptyFiles(columns: readonly UrlColumn[]): RowHook {
  return {
    fields: columns.flatMap(({ sizeField }) => sizeField ?? []),
    decide(sizes) {
      const sized = columns.filter(({ sizeField }) => sizeField !== undefined);
      const empty = sized.filter((_, i) => sizeOf(sizes[i]) === 0);
      return empty.length === 0 ? 'keep' : empty.map(({ property }) => ({ property, json: [NULL] }));
    },
  };
}

/**
 * A hook that replaces each URL by its content as base64. What is larger than the budget allows becomes null and is noted in
 * the record's `meta.changes` (SOURCE_FIELD_SIZE_LIMITATION), what the org does not hand out likewise
 * (SOURCE_RETRIEVAL_ERROR); an empty file is null without a note. One record at a time: the contents of several may be more
 * than the memory holds.
 */
export function blobDownloader(
  connection: Connection,
  columns: readonly UrlColumn[],
  budget: BlobBudget,
  signal: AbortSignal,
): RowHook {
  const fields = columns.flatMap(({ field, sizeField = field }) => [field, sizeField]);
  return {
    fields,
    async decide(values) {
      const replacements: Replacement[] = [];
      for (const [i, { property, before, after, sizeField }] of columns.entries()) {
        const value = values[i * 2];
        if (value === undefined) continue;
        const size = sizeField === undefined ? undefined : sizeOf(values[i * 2 + 1]);
        const content = await fetchWithin(size, `${before}${Buffer.from(value).toString()}${after}`);
        replacements.push(
          typeof content === 'string' ? { property, json: [NULL], reason: content } : { property, json: content },
        );
      }
      return replacements;
    },
  };

  /** The content as JSON text, or why there is none. What the row says does not fit costs no call. */
  async function fetchWithin(size: number | undefined, path: string): Promise<readonly Uint8Array[] | Refusal> {
    if (size === 0) return [NULL];
    const share = shareOf(budget);
    // Of an unknown size, a byte has to fit.
    if (!share.reserve(size ?? 1)) return 'SOURCE_FIELD_SIZE_LIMITATION';
    let content: readonly Uint8Array[] | Refusal | undefined;
    try {
      content = await fetchContent({ connection, signal }, path, share.reserve);
      return content;
    } finally {
      if (content === undefined || typeof content === 'string') share.giveBack();
    }
  }
}

/** One file's share of the budget: the cap is over all streams together, so bytes are taken before they are asked for or kept. */
function shareOf(budget: BlobBudget): { readonly reserve: Reserve; giveBack(): void } {
  let reservedBytes = 0;
  return {
    reserve(bytes) {
      const moreBytes = bytes - reservedBytes;
      if (moreBytes <= 0) return true;
      const fits = bytes <= budget.maxBytesPerRecord && budget.spentBytes + moreBytes <= budget.maxBytesPerSync;
      if (fits) {
        budget.spentBytes += moreBytes;
        reservedBytes = bytes;
      }
      return fits;
    },
    giveBack() {
      budget.spentBytes -= reservedBytes;
      reservedBytes = 0;
    },
  };
}

/** A body that breaks off is fetched again. */
async function fetchContent(
  downloads: Downloads,
  path: string,
  reserve: Reserve,
): Promise<readonly Uint8Array[] | Refusal> {
  for (let tries = 1; ; tries++) {
    try {
      return await fetchOnce(downloads, path, reserve);
    } catch (thrown) {
      if (!isFault(thrown, 'body_cut')) throw thrown;
      if (tries === FETCH_TRIES) throw contentCut(path, thrown);
    }
  }
}

async function fetchOnce(
  { connection, signal }: Downloads,
  path: string,
  reserve: Reserve,
): Promise<readonly Uint8Array[] | Refusal> {
  const answer = await openBlob(connection, path, signal);
  if (answer === undefined) return 'SOURCE_RETRIEVAL_ERROR';
  const pieces: Uint8Array[] = [QUOTE];
  let bytes = 0;
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    // Leaving the loop ends the download.
    if (!reserve(bytes)) return 'SOURCE_FIELD_SIZE_LIMITATION';
    // Three bytes are four digits; what is over goes with the next chunk.
    const known = Buffer.concat([rest, chunk]);
    const whole = known.length - (known.length % 3);
    pieces.push(base64(known.subarray(0, whole)));
    rest = known.subarray(whole);
  }
  return bytes === 0 ? [NULL] : [...pieces, base64(rest), QUOTE];
}

/** Salesforce writes sizes as integers or, of EventLogFile, as a number with a fraction. */
function sizeOf(value: Uint8Array | undefined): number | undefined {
  const size = value === undefined ? Number.NaN : Number(Buffer.from(value).toString());
  return Number.isFinite(size) ? size : undefined;
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

/** RECORD lines out of the bytes of a page, each row decided by the stream's hook where it has one. */
import type { PageTranscoder } from '../../record/page-transcoder.ts';
import type { RecordLines } from '../../record/row-hook.ts';
import type { StreamContext } from './stream-context.ts';

/**
 * Pushes the next bytes of a page and gives its lines, valid until the next are asked for; a piece may be empty where its rows
 * were dropped. With a hook, the first piece of a page is empty and comes before the hook is asked for its first row.
 */
export async function* pushBytes(
  { rowHook }: StreamContext,
  transcoder: PageTranscoder,
  bytes: Uint8Array,
  ends: boolean,
): AsyncGenerator<RecordLines> {
  if (rowHook) {
    yield* transcoder.pushDecided(bytes, ends, rowHook);
    return;
  }
  const before = transcoder.records;
  const lines = transcoder.push(bytes, ends);
  if (lines.length > 0) yield { lines, recordCount: transcoder.records - before };
}

/** Writes lines; what rows were dropped leaves nothing to write. */
export async function writeLines({ life }: StreamContext, { lines, recordCount }: RecordLines): Promise<void> {
  if (recordCount > 0) await life.records(lines, recordCount);
}

/** Lets go of a page's transcoder, and adds what became null or was absent in its rows to what the stream's life counts. */
export function closeTranscoder({ life }: StreamContext, transcoder: PageTranscoder): void {
  transcoder.close();
  addCounts(life.nulled, transcoder.nulled);
  addCounts(life.absent, transcoder.absent);
}

function addCounts(sum: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, rows] of counts) sum.set(name, (sum.get(name) ?? 0) + rows);
}

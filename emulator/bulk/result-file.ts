/** The result of a Bulk query: CSV in a temporary file, with the place of each row beside it. */
import { open, rm, type FileHandle } from 'node:fs/promises';
import type { Row } from '../model.ts';
import { csvWriter, type CsvForm } from '../soql/csv.ts';
import type { Plan } from '../soql/plan.ts';
import { matchingRows } from '../soql/scan.ts';
import { takeSnapshot } from '../soql/snapshot.ts';

export interface ResultFile {
  /** All rows without a header. */
  readonly path: string;
  /** Eight bytes a row: where it begins, as a double. */
  readonly indexPath: string;
  readonly header: Buffer;
  readonly rowCount: number;
  readonly bytes: number;
}

/** Rows written between two chances for other requests: about a megabyte. */
const BLOCK_BYTES = 1024 * 1024;
const CHUNK_ROWS = 500;
const INDEX_BLOCK_ROWS = 8192;
/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

/** Writes the rows of a plan as CSV to `path`, in bounded memory. Rejects, and leaves no file, where it fails. */
export async function writeResult(plan: Plan, form: CsvForm, path: string): Promise<ResultFile> {
  const indexPath = `${path}.index`;
  const [data, index] = await Promise.all([open(path, 'w'), open(indexPath, 'w')]);
  try {
    const csv = csvWriter(plan, form);
    const sink = new Sink(data, index);
    for await (const rows of rowChunks(plan)) {
      for (const row of rows) {
        const line = csv.write(row);
        if (!sink.add(line)) await sink.addAfterFlush(line);
      }
    }
    await sink.flush();
    return { path, indexPath, header: Buffer.from(csv.header), rowCount: sink.rowCount, bytes: sink.bytes };
  } catch (error) {
    await removeResult({ path, indexPath });
    throw error;
  } finally {
    await Promise.all([data.close(), index.close()]);
  }
}

/** Where a row begins in the file; of the row after the last, where the file ends. */
export async function rowOffset(result: ResultFile, row: number): Promise<number> {
  if (row >= result.rowCount) return result.bytes;
  const index = await open(result.indexPath);
  try {
    const { buffer } = await index.read(Buffer.alloc(8), 0, 8, row * 8);
    return buffer.readDoubleLE(0);
  } finally {
    await index.close();
  }
}

/** Removes the files of a result. */
async function removeResult({ path, indexPath }: Pick<ResultFile, 'path' | 'indexPath'>): Promise<void> {
  await Promise.all([rm(path, { force: true }), rm(indexPath, { force: true })]);
}

async function* rowChunks(plan: Plan): AsyncGenerator<readonly Row[]> {
  if (plan.compare || plan.limit < Number.POSITIVE_INFINITY) {
    const snapshot = await takeSnapshot(plan);
    for (let start = 0; start < snapshot.size; start += CHUNK_ROWS) yield snapshot.rows(start, start + CHUNK_ROWS);
    return;
  }
  let chunk: Row[] = [];
  for (const row of matchingRows(plan, plan.shownFields)) {
    if (row) chunk.push(row);
    else await new Promise((resolve) => setImmediate(resolve));
    if (chunk.length < CHUNK_ROWS) continue;
    yield chunk;
    chunk = [];
  }
  yield chunk;
}

/** Collects rows into blocks and writes them, with their places. */
class Sink {
  readonly #data: FileHandle;
  readonly #index: FileHandle;
  #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #used = 0;
  #places = Buffer.allocUnsafe(INDEX_BLOCK_ROWS * 8);
  #placed = 0;
  #flushed = 0;
  rowCount = 0;

  constructor(data: FileHandle, index: FileHandle) {
    this.#data = data;
    this.#index = index;
  }

  get bytes(): number {
    return this.#flushed + this.#used;
  }

  /** Takes a row in; false where there is no room left for it. */
  add(line: string): boolean {
    if (this.#used + line.length * MAX_BYTES_PER_UNIT > this.#block.length || this.#placed === INDEX_BLOCK_ROWS)
      return false;
    this.#places.writeDoubleLE(this.bytes, this.#placed * 8);
    this.#placed += 1;
    this.rowCount += 1;
    this.#used += this.#block.write(line, this.#used);
    return true;
  }

  async addAfterFlush(line: string): Promise<void> {
    await this.flush();
    const needed = line.length * MAX_BYTES_PER_UNIT;
    if (needed > this.#block.length) this.#block = Buffer.allocUnsafe(needed);
    this.add(line);
  }

  async flush(): Promise<void> {
    await Promise.all([
      this.#data.appendFile(this.#block.subarray(0, this.#used)),
      this.#index.appendFile(this.#places.subarray(0, this.#placed * 8)),
    ]);
    this.#flushed += this.#used;
    this.#used = 0;
    this.#placed = 0;
  }
}

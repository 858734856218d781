/**
 * How fast Salesforce's bytes become messages: CSV against csv-parse with JSON.stringify, DuckDB on one thread, and a
 * reader that only counts lines; the same gzipped; REST's JSON against JSON.parse with JSON.stringify. All in one run, in
 * turns, medians of five; only the ratios carry over to other machines. Options: --mb 64 (CSV of each size), --rounds 5,
 * --words foreign (text that is mostly not ASCII).
 */
import { closeSync, createReadStream, type ReadStream, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip, gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'csv-parse';
import { createCsvTranscoder } from '../../src/record/csv.ts';
import { createJsonTranscoder } from '../../src/record/json.ts';
import { compileTemplate, type RecordTemplate } from '../../src/record/template.ts';
import { FOREIGN_WORDS, sampleColumns, sampleCsv, sampleJson } from './transcode-data.ts';

interface Contender {
  readonly name: string;
  readonly megabytes: number;
  /** Does the whole work once; gives the rows it saw, which must be `rows`. */
  readonly run: () => Promise<number> | number;
  readonly rows: number;
}

/** Megabytes in a second of the clock, and in a second of processor time: the one that a busy machine leaves alone. */
interface Speed {
  readonly clock: number;
  readonly core: number;
}

interface Result extends Speed {
  readonly name: string;
}

interface Files {
  readonly csv: string;
  readonly part: string;
  readonly gzip: string;
  readonly out: string;
}

const MEGABYTE = 1_000_000;
/** What a socket or zlib gives at a time. */
const CHUNK_BYTES = 64 * 1024;
/** zlib inflates on a thread of its own; with some room it need not wait for the lines (280 MB/s against 250). */
const INFLATED_AHEAD_BYTES = 512 * 1024;
/** csv-parse takes as long for a tenth as the others for the whole. */
const CSV_PARSE_PART = 10;
/** Pages of REST queries are no longer than about this. */
const JSON_BYTES = 8 * MEGABYTE;
const LF = 0x0a;
const EMITTED_AT = Date.UTC(2026, 0, 1);
const OURS = 'modstamp';
/** DuckDB can't write there, so it is measured against ours with a file behind both. */
const NOWHERE = '/dev/null';

async function main(): Promise<void> {
  const sizeBytes = Number(optionOf('--mb') ?? 64) * MEGABYTE;
  const rounds = Number(optionOf('--rounds') ?? 5);
  const folder = await mkdtemp(join(tmpdir(), 'modstamp-bench-'));
  try {
    for (const columns of [60, 20]) {
      const contenders = await prepare(columns, sizeBytes, folder);
      for (const group of contenders) print(columns, await measure(group, rounds));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Groups of contenders, the first of each group ours. */
async function prepare(columnCount: number, sizeBytes: number, folder: string): Promise<Contender[][]> {
  const sample = sampleColumns(columnCount, optionOf('--words') === 'foreign' ? FOREIGN_WORDS : undefined);
  const template = compileTemplate({
    stream: 'leads',
    namespace: 'sfdc',
    columns: sample.map(({ column }) => column),
    fields: sample.map(({ column }) => column.field),
    track: { id: 'Id' },
  });
  const { csv, rows } = sampleCsv(sample, sizeBytes);
  const part = sampleCsv(sample, sizeBytes / CSV_PARSE_PART);
  const json = sampleJson(sample, JSON_BYTES);
  const gzip = gzipSync(csv);
  const files: Files = {
    csv: join(folder, 'all.csv'),
    part: join(folder, 'part.csv'),
    gzip: join(folder, 'all.csv.gz'),
    out: join(folder, 'out.jsonl'),
  };
  writeFileSync(files.csv, csv);
  writeFileSync(files.part, part.csv);
  writeFileSync(files.gzip, gzip);
  const lines = csv.reduce((count, byte) => (byte === LF ? count + 1 : count), 0);
  const whole = { megabytes: csv.length / MEGABYTE, rows };
  const few = { megabytes: part.csv.length / MEGABYTE, rows: part.rows };
  const page = { megabytes: json.json.length / MEGABYTE, rows: json.rows };
  return [
    [
      { name: OURS, ...whole, run: () => transcodeFile(template, files.csv, NOWHERE) },
      { name: 'csv-parse + JSON.stringify', ...few, run: () => csvParse(files.part) },
      { name: 'count lines', ...whole, rows: lines, run: () => countLines(plain(files.csv)) },
    ],
    [
      { name: `${OURS}, to a file`, ...whole, run: () => transcodeFile(template, files.csv, files.out) },
      { name: 'DuckDB, one thread, to a file', ...whole, run: await duckDb(files.csv, files.out) },
    ],
    [
      { name: `gunzip + ${OURS}`, ...whole, run: () => transcodeStream(template, gunzip(files.gzip)) },
      { name: 'gunzip + count lines', ...whole, rows: lines, run: () => countLines(gunzip(files.gzip)) },
    ],
    [
      { name: `REST JSON, ${OURS}`, ...page, run: () => ourJson(template, json.json) },
      { name: 'REST JSON, parse + stringify', ...page, run: () => parseJson(json.json) },
    ],
  ];
}

/** Runs all in turns, so that a slow moment of the machine meets each of them; medians. */
async function measure(contenders: readonly Contender[], rounds: number): Promise<Result[]> {
  const seen = contenders.map((): Speed[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) seen[i]?.push(await once(contender));
  }
  return contenders.map(({ name }, i) => ({
    name,
    clock: median((seen[i] ?? []).map(({ clock }) => clock)),
    core: median((seen[i] ?? []).map(({ core }) => core)),
  }));
}

async function once({ name, megabytes, run, rows }: Contender): Promise<Speed> {
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  const seen = await run();
  const seconds = (performance.now() - before) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (seen !== rows) throw new Error(`${name} saw ${seen} rows instead of ${rows}`);
  return { clock: megabytes / seconds, core: (megabytes * 1_000_000) / (user + system) };
}

function print(columns: number, results: readonly Result[]): void {
  const [ours] = results;
  for (const { name, clock, core } of results) {
    const speeds = `${clock.toFixed(0).padStart(6)} MB/s ${core.toFixed(0).padStart(6)} MB per core second`;
    const ratio =
      ours === undefined || name === ours.name
        ? ''
        : `   ours: ${(ours.clock / clock).toFixed(2)} times, by core ${(ours.core / core).toFixed(2)} times`;
    console.log(`${columns} columns   ${name.padEnd(30)} ${speeds}${ratio}`);
  }
}

function transcodeFile(template: RecordTemplate, path: string, out: string): number {
  const transcoder = createCsvTranscoder(template, { emittedAt: EMITTED_AT });
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const from = openSync(path, 'r');
  const to = openSync(out, 'w');
  for (;;) {
    const length = readSync(from, chunk);
    writeSync(to, transcoder.push(chunk.subarray(0, length), length === 0));
    if (length === 0) break;
  }
  closeSync(from);
  closeSync(to);
  transcoder.close();
  return transcoder.rows;
}

async function transcodeStream(template: RecordTemplate, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const transcoder = createCsvTranscoder(template, { emittedAt: EMITTED_AT });
  const to = openSync(NOWHERE, 'w');
  for await (const chunk of chunks) writeSync(to, transcoder.push(chunk, false));
  writeSync(to, transcoder.push(new Uint8Array(0), true));
  closeSync(to);
  transcoder.close();
  return transcoder.rows;
}

async function csvParse(path: string): Promise<number> {
  const to = openSync(NOWHERE, 'w');
  let rows = 0;
  for await (const data of createReadStream(path).pipe(parse({ columns: true }))) {
    const record = { stream: 'leads', namespace: 'sfdc', data, emitted_at: EMITTED_AT };
    writeSync(to, `${JSON.stringify({ type: 'RECORD', record })}\n`);
    rows++;
  }
  closeSync(to);
  return rows;
}

async function duckDb(path: string, out: string): Promise<() => Promise<number>> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const source = `read_csv('${path}', all_varchar = true, quote = '"', escape = '"', header = true, delim = ',')`;
  return async () => {
    const answer = await connection.run(`COPY (SELECT * FROM ${source}) TO '${out}' (FORMAT json)`);
    return answer.rowsChanged;
  };
}

async function countLines(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let count = 0;
  for await (const chunk of chunks) for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) count++;
  return count;
}

function plain(path: string): ReadStream {
  return createReadStream(path, { highWaterMark: CHUNK_BYTES });
}

function gunzip(path: string): AsyncIterable<Uint8Array> {
  const options = { chunkSize: CHUNK_BYTES, highWaterMark: INFLATED_AHEAD_BYTES };
  return plain(path).pipe(createGunzip(options));
}

function ourJson(template: RecordTemplate, json: Uint8Array): number {
  const to = openSync(NOWHERE, 'w');
  const transcoder = createJsonTranscoder(template, { emittedAt: EMITTED_AT });
  for (let at = 0; at < json.length; at += CHUNK_BYTES) {
    writeSync(to, transcoder.push(json.subarray(at, at + CHUNK_BYTES), false));
  }
  writeSync(to, transcoder.push(new Uint8Array(0), true));
  closeSync(to);
  transcoder.close();
  return transcoder.rows;
}

function parseJson(json: Buffer): number {
  const to = openSync(NOWHERE, 'w');
  const { records }: { records: Record<string, unknown>[] } = JSON.parse(json.toString());
  for (const { attributes: _, ...data } of records) {
    const record = { stream: 'leads', namespace: 'sfdc', data, emitted_at: EMITTED_AT };
    writeSync(to, `${JSON.stringify({ type: 'RECORD', record })}\n`);
  }
  closeSync(to);
  return records.length;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

function optionOf(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

main().catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});

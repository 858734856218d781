/** A small real destination: lands a source's messages as typed tables in a DuckDB file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, DuckDBTypeId } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { StreamDescriptor, StreamStatus, TraceError } from '../src/airbyte/protocol.ts';
import { keyOf, openStaging } from './staging.ts';
import type { OtherMessage, StagedStream } from './staging.ts';
import { loadTable, prepareTable, writeModeOf } from './tables.ts';
import type { CatalogEntry } from './tables.ts';

/** A configured catalog, as it stands in the file that the source is given. */
export interface ConfiguredCatalog {
  readonly streams: readonly CatalogEntry[];
}

/** What one stream of a landing came to. */
export interface LandedStream {
  readonly descriptor: StreamDescriptor;
  /** RECORDs received. */
  readonly rows: number;
  /** The last status that the source sent for it; undefined when it sent none. */
  readonly status: StreamStatus | undefined;
}

export interface Landing {
  /** In the order of the catalog. */
  readonly streams: readonly LandedStream[];
  readonly rows: number;
  /** TRACE/ERROR messages, in order. */
  readonly errors: readonly TraceError[];
}

/** Told of every line as it comes; for progress bars. */
export interface Watcher {
  record?(descriptor: StreamDescriptor): void;
  message?(message: OtherMessage): void;
}

/** A cell: numbers as number, moments as `2020-10-22T21:03:23.000Z`, dates and times as the source writes them. */
export type Cell = string | number | boolean | null;

export interface Warehouse {
  /**
   * Lands one sync: `lines` are the source's stdout. Rows and states are committed together, so that a state is never
   * ahead of its rows. A full load replaces its table only when the source called the stream COMPLETE.
   * Throws for a record that is not configured or does not fit its schema; then nothing of this sync is kept.
   */
  land(catalog: ConfiguredCatalog, lines: AsyncIterable<string>, watcher?: Watcher): Promise<Landing>;
  /** The last state of each stream, in the form that `read --state` takes. */
  states(): Promise<unknown[]>;
  /** Runs one statement and returns its rows by column name. */
  query(sql: string): Promise<Record<string, Cell>[]>;
  close(): void;
}

/** Opens the DuckDB file at `path`, which is made when it is missing; `:memory:` for one that is not kept. */
export async function openWarehouse(path: string): Promise<Warehouse> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('CREATE SCHEMA IF NOT EXISTS modstamp');
  await connection.run('CREATE TABLE IF NOT EXISTS modstamp.states (stream VARCHAR PRIMARY KEY, state VARCHAR)');
  return {
    land: (catalog, lines, watcher = {}) => land(connection, catalog, lines, watcher),
    async states() {
      const rows = await query(connection, 'SELECT state FROM modstamp.states ORDER BY stream');
      return rows.map((row): unknown => JSON.parse(String(row['state'])));
    },
    query: (sql) => query(connection, sql),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** What the messages of one sync add up to, besides the rows. */
interface Heard {
  readonly statuses: Map<string, StreamStatus>;
  readonly states: Map<string, string>;
  readonly errors: TraceError[];
}

async function land(
  connection: DuckDBConnection,
  catalog: ConfiguredCatalog,
  lines: AsyncIterable<string>,
  watcher: Watcher,
): Promise<Landing> {
  const dir = await mkdtemp(join(tmpdir(), 'modstamp-landing-'));
  try {
    const staging = openStaging(dir, catalog.streams.map(descriptorOf));
    const heard: Heard = { statuses: new Map(), states: new Map(), errors: [] };
    for await (const line of lines) {
      const taken = await staging.take(line);
      if ('type' in taken) {
        hear(taken, heard);
        watcher.message?.(taken);
      } else {
        watcher.record?.(taken);
      }
    }
    const staged = new Map((await staging.finish()).map((stream) => [keyOf(stream.descriptor), stream]));
    await commit(connection, catalog, staged, heard);
    return landingOf(catalog, staged, heard);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function hear(message: OtherMessage, heard: Heard): void {
  if (message.type === 'STATE') {
    const state = message['state'] as { stream?: { stream_descriptor: StreamDescriptor } };
    if (state.stream !== undefined) heard.states.set(keyOf(state.stream.stream_descriptor), JSON.stringify(state));
  } else if (message.type === 'TRACE') {
    const trace = message['trace'] as {
      error?: TraceError;
      stream_status?: { stream_descriptor: StreamDescriptor; status: StreamStatus };
    };
    if (trace.error !== undefined) heard.errors.push(trace.error);
    if (trace.stream_status !== undefined) {
      heard.statuses.set(keyOf(trace.stream_status.stream_descriptor), trace.stream_status.status);
    }
  }
}

async function commit(
  connection: DuckDBConnection,
  catalog: ConfiguredCatalog,
  staged: ReadonlyMap<string, StagedStream>,
  heard: Heard,
): Promise<void> {
  await connection.run('BEGIN');
  try {
    for (const entry of catalog.streams) {
      const key = keyOf(descriptorOf(entry));
      await prepareTable(connection, entry);
      // Half a full load would be taken for the whole table.
      if (writeModeOf(entry) === 'replace' && heard.statuses.get(key) !== 'COMPLETE') continue;
      await loadTable(connection, entry, staged.get(key));
    }
    for (const [stream, state] of heard.states) {
      await connection.run('INSERT OR REPLACE INTO modstamp.states VALUES ($1, $2)', [stream, state]);
    }
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK');
    throw error;
  }
}

function landingOf(catalog: ConfiguredCatalog, staged: ReadonlyMap<string, StagedStream>, heard: Heard): Landing {
  const streams = catalog.streams.map((entry) => {
    const descriptor = descriptorOf(entry);
    const key = keyOf(descriptor);
    return { descriptor, rows: staged.get(key)?.rows ?? 0, status: heard.statuses.get(key) };
  });
  return { streams, rows: streams.reduce((sum, stream) => sum + stream.rows, 0), errors: heard.errors };
}

function descriptorOf(entry: CatalogEntry): StreamDescriptor {
  const { name, namespace } = entry.stream;
  // A catalog may spell an absent namespace as null.
  return namespace === undefined || namespace === null ? { name } : { name, namespace };
}

async function query(connection: DuckDBConnection, sql: string): Promise<Record<string, Cell>[]> {
  return (await connection.runAndReadAll(sql)).convertRowObjects(cellOf);
}

function cellOf(value: DuckDBValue, type: DuckDBType): Cell {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (type.typeId === DuckDBTypeId.TIMESTAMP_TZ) return momentOf(value);
  // DuckDB writes whole seconds without a fraction, the source always with milliseconds.
  if (type.typeId === DuckDBTypeId.TIME)
    return String(value).padEnd('10:00:00.'.length, '.').padEnd('10:00:00.000'.length, '0');
  return String(value);
}

function momentOf(value: DuckDBValue): string {
  return typeof value === 'object' && value !== null && 'micros' in value
    ? new Date(Number(value.micros / 1000n)).toISOString()
    : String(value);
}

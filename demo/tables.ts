/** Tables of the warehouse: their columns from a stream's JSON schema, and how a staged file gets into them. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { AirbyteStream, DestinationSyncMode, PropertySchema, SyncMode } from '../src/airbyte/protocol.ts';
import type { StagedStream } from './staging.ts';

/** One stream of a configured catalog, as it stands in the file. */
export interface CatalogEntry {
  readonly stream: AirbyteStream;
  readonly sync_mode: SyncMode;
  readonly destination_sync_mode: DestinationSyncMode;
  readonly primary_key?: readonly (readonly string[])[] | null;
}

/** How a stream's batch meets the rows of earlier syncs. */
export type WriteMode = 'replace' | 'append' | 'merge';

/** A row with this property set is gone at the source (Airbyte's convention for change data capture). */
const DELETED_AT = '_ab_cdc_deleted_at';
/** read_json's own default; longer lines need a larger buffer, which it allocates for each thread. */
const DEFAULT_OBJECT_BYTES = 16 * 1024 * 1024;

/**
 * A full refresh with `overwrite` replaces, an incremental stream with a key is merged, anything else appends.
 * Incremental with `overwrite` is what PyAirbyte sends for "merge": the mode of the destination alone would lose rows.
 */
export function writeModeOf(entry: CatalogEntry): WriteMode {
  if (entry.sync_mode === 'full_refresh' && entry.destination_sync_mode === 'overwrite') return 'replace';
  const keyed = keyOfEntry(entry).length > 0 && entry.destination_sync_mode !== 'append';
  return keyed ? 'merge' : 'append';
}

/** The table's name in SQL, quoted: schema = namespace (`main` without one), table = stream. */
export function tableOf(entry: CatalogEntry): string {
  return `${quote(entry.stream.namespace ?? 'main')}.${quote(entry.stream.name)}`;
}

/** Makes schema and table where they are missing, and adds the columns that the schema has gained. */
export async function prepareTable(connection: DuckDBConnection, entry: CatalogEntry): Promise<void> {
  const columns = columnsOf(entry);
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quote(entry.stream.namespace ?? 'main')}`);
  await connection.run(`CREATE TABLE IF NOT EXISTS ${tableOf(entry)} (${columns.join(', ')})`);
  const described = await connection.runAndReadAll(`DESCRIBE ${tableOf(entry)}`);
  const there = new Set(described.getRowObjectsJson().map((row) => String(row['column_name']).toLowerCase()));
  for (const [property, schema] of Object.entries(entry.stream.json_schema.properties)) {
    if (there.has(property.toLowerCase())) continue;
    await connection.run(`ALTER TABLE ${tableOf(entry)} ADD COLUMN ${quote(property)} ${sqlTypeOf(schema)}`);
  }
}

/**
 * Brings a staged file into its table. Of several rows with one key the last stays; one that carries
 * `_ab_cdc_deleted_at` takes the row away. A value that does not fit its column's type fails the landing.
 */
export async function loadTable(
  connection: DuckDBConnection,
  entry: CatalogEntry,
  staged: StagedStream | undefined,
): Promise<void> {
  const table = tableOf(entry);
  const mode = writeModeOf(entry);
  if (mode === 'replace') await connection.run(`CREATE OR REPLACE TABLE ${table} (${columnsOf(entry).join(', ')})`);
  if (staged === undefined) return;
  await connection.run(`CREATE OR REPLACE TEMP TABLE batch AS FROM ${readJson(entry, staged)}`);
  const key = keyOfEntry(entry).map(quote);
  if (mode === 'merge') {
    const same = key.map((column) => `t.${column} = b.${column}`).join(' AND ');
    await connection.run(`DELETE FROM ${table} t USING batch b WHERE ${same}`);
  }
  await connection.run(`INSERT INTO ${table} BY NAME SELECT * FROM batch ${lastOfEach(entry, mode, key)}`);
  await connection.run('DROP TABLE batch');
}

/** An identifier in SQL. */
export function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function lastOfEach(entry: CatalogEntry, mode: WriteMode, key: readonly string[]): string {
  if (mode === 'append') return '';
  const alive = DELETED_AT in entry.stream.json_schema.properties ? `WHERE ${quote(DELETED_AT)} IS NULL` : '';
  if (key.length === 0) return alive;
  // A deletion must win over an older row of the same batch, so the last row is chosen before the deleted ones go.
  const last = `QUALIFY row_number() OVER (PARTITION BY ${key.join(', ')} ORDER BY rowid DESC) = 1`;
  return alive === '' ? last : `WHERE rowid IN (SELECT rowid FROM batch ${last}) AND ${quote(DELETED_AT)} IS NULL`;
}

function readJson(entry: CatalogEntry, staged: StagedStream): string {
  const types = Object.entries(entry.stream.json_schema.properties)
    .map(([property, schema]) => `${quote(property)}: ${text(sqlTypeOf(schema))}`)
    .join(', ');
  const objectBytes = Math.max(DEFAULT_OBJECT_BYTES, staged.longestRow * 3 + 1024);
  return `read_json(${text(staged.file)}, format = 'newline_delimited', columns = {${types}}, maximum_object_size = ${objectBytes})`;
}

function columnsOf(entry: CatalogEntry): string[] {
  return Object.entries(entry.stream.json_schema.properties).map(
    ([property, schema]) => `${quote(property)} ${sqlTypeOf(schema)}`,
  );
}

function keyOfEntry(entry: CatalogEntry): string[] {
  const configured = entry.primary_key ?? [];
  const paths = configured.length > 0 ? configured : (entry.stream.source_defined_primary_key ?? []);
  return paths.flatMap((path) => path[0] ?? []);
}

/** DOUBLE for numbers: the API's numbers are Java doubles, so every value comes back exactly as it was sent. */
function sqlTypeOf(schema: PropertySchema): string {
  const type = schema.type.find((name) => name !== 'null');
  if (type === 'integer') return 'BIGINT';
  if (type === 'number') return 'DOUBLE';
  if (type === 'boolean') return 'BOOLEAN';
  if (type === 'object' || type === 'array') return 'JSON';
  if (schema.format === 'date') return 'DATE';
  if (schema.format === 'date-time') return 'TIMESTAMPTZ';
  return schema.format === 'time' ? 'TIME' : 'VARCHAR';
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

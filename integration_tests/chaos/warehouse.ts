/** The warehouse that a host would build: the last record of an Id wins, a tombstone drops it. */
import type { Row } from '../../emulator/model.ts';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import type { ProgramRun } from '../program.ts';
import { expectedData } from '../sync/oracle.ts';

/** Rows by stream and Id. */
export type Warehouse = Map<string, Map<string, JsonObject>>;

/** Lands the records of a run, those of `overwritten` streams in an emptied table; gives the Ids that came twice in it. */
export function landRun(warehouse: Warehouse, run: ProgramRun, overwritten: readonly string[]): string[] {
  for (const stream of overwritten) warehouse.delete(stream);
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const message of run.messages) {
    if (message.type !== 'RECORD') continue;
    const { stream, data } = message.record;
    const id = String(data['id']);
    const key = `${stream} ${id}`;
    if (seen.has(key)) twice.push(key);
    seen.add(key);
    const table = warehouse.get(stream) ?? new Map<string, JsonObject>();
    warehouse.set(stream, table);
    if (data['_ab_cdc_deleted_at']) table.delete(id);
    else table.set(id, data);
  }
  return twice;
}

/**
 * Where a table differs from the org. A row that came as soft-deleted and has left the recycle bin since may stay: no
 * query and no list tells when it left.
 */
export function differences(
  table: ReadonlyMap<string, JsonObject>,
  rows: readonly Row[],
  stream: AirbyteStream,
): string[] {
  const complaints: string[] = [];
  const stored = new Map(rows.map((row) => [String(row['Id']), row]));
  for (const [id, data] of table) {
    if (!stored.has(id) && data['is_deleted'] !== true) complaints.push(`${stream.name} ${id} is gone in the org`);
  }
  for (const [id, row] of stored) {
    const got = table.get(id);
    if (!got) complaints.push(`${stream.name} ${id} is missing (${row['SystemModstamp'] ?? row['CreatedDate']})`);
    else complaints.push(...unequal(stream, id, got, expectedData(stream, row)));
  }
  return complaints;
}

/** A property that was not selected when the row came is null in a warehouse. */
function unequal(stream: AirbyteStream, id: string, got: JsonObject, wanted: JsonObject): string[] {
  return Object.entries(wanted).flatMap(([property, value]) =>
    JSON.stringify(got[property] ?? null) === JSON.stringify(value)
      ? []
      : [`${stream.name} ${id} ${property}: ${JSON.stringify(got[property])}, in the org ${JSON.stringify(value)}`],
  );
}

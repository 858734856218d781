/** Is the warehouse what the org is? Asked of every table after a sync. */
import type { PracticeOrg, Row } from '../emulator/model.ts';
import { quote, tableOf } from './tables.ts';
import type { CatalogEntry } from './tables.ts';
import type { ConfiguredCatalog, Warehouse } from './warehouse.ts';

/** What is compared of a table: the three numbers that a missed insert, delete or edit would change. */
interface Summary {
  readonly rows: number;
  readonly deleted: number;
  readonly newest: string | null;
}

/**
 * One sentence for each table that differs from its object in rows, soft-deleted rows or newest SystemModstamp; none
 * when all are equal. The stream of names has no rows in Salesforce: there, what the Who, What and Owner lookups of the
 * selected objects point to is counted.
 */
export async function findDifferences(
  warehouse: Warehouse,
  catalog: ConfiguredCatalog,
  org: PracticeOrg,
): Promise<string[]> {
  const sentences: string[] = [];
  for (const entry of catalog.streams) {
    const sobject = entry.stream.json_schema['x-sobject'];
    if (sobject === undefined) throw new Error(`The catalog does not tell the object behind ${entry.stream.name}.`);
    const expected = sobject === 'Name' ? summaryOfLookups(org, catalog) : summaryOfObject(org, sobject, entry);
    const landed = await summaryOfTable(warehouse, entry);
    if (JSON.stringify(expected) === JSON.stringify(landed)) continue;
    sentences.push(`${entry.stream.name} should hold ${describe(expected)}, but holds ${describe(landed)}.`);
  }
  return sentences;
}

function summaryOfObject(org: PracticeOrg, sobject: string, entry: CatalogEntry): Summary {
  const rows = [...org.table(sobject).rows()];
  const stamp = propertyOf(entry, 'SystemModstamp');
  return {
    rows: rows.length,
    deleted: rows.filter((row) => row['IsDeleted'] === true).length,
    newest: stamp === undefined ? null : newestOf(rows),
  };
}

function summaryOfLookups(org: PracticeOrg, catalog: ConfiguredCatalog): Summary {
  const pointedTo = new Set<unknown>();
  for (const { stream } of catalog.streams) {
    const object = org.sobjects.get(stream.json_schema['x-sobject'] ?? '');
    const lookups = object?.fields.filter(
      (field) => field['polymorphicForeignKey'] === true && /^(Who|What|Owner)Id$/.test(field.name),
    );
    if (object === undefined || object.name === 'Name' || lookups === undefined || lookups.length === 0) continue;
    for (const row of org.table(object.name).rows()) for (const { name } of lookups) pointedTo.add(row[name]);
  }
  pointedTo.delete(null);
  pointedTo.delete(undefined);
  return { rows: pointedTo.size, deleted: 0, newest: null };
}

function newestOf(rows: readonly Row[]): string | null {
  return rows.reduce<string | null>((newest, row) => {
    const stamp = row['SystemModstamp'];
    return typeof stamp === 'string' && (newest === null || stamp > newest) ? stamp : newest;
  }, null);
}

async function summaryOfTable(warehouse: Warehouse, entry: CatalogEntry): Promise<Summary> {
  const deleted = propertyOf(entry, 'IsDeleted');
  const stamp = propertyOf(entry, 'SystemModstamp');
  const [row] = await warehouse.query(
    `SELECT count(*) AS rows, ${deleted === undefined ? '0' : `count(*) FILTER (${quote(deleted)})`} AS deleted,
      ${stamp === undefined ? 'NULL' : `max(${quote(stamp)})`} AS newest FROM ${tableOf(entry)}`,
  );
  return { rows: Number(row?.['rows']), deleted: Number(row?.['deleted']), newest: stringOrNull(row?.['newest']) };
}

function propertyOf(entry: CatalogEntry, field: string): string | undefined {
  const properties = Object.entries(entry.stream.json_schema.properties);
  return properties.find(([, schema]) => schema['x-field'] === field)?.[0];
}

function stringOrNull(cell: unknown): string | null {
  return typeof cell === 'string' ? cell : null;
}

function describe(summary: Summary): string {
  const newest = summary.newest === null ? '' : `, the newest of ${summary.newest}`;
  return `${summary.rows} rows (${summary.deleted} of them deleted)${newest}`;
}

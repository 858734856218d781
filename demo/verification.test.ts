import { beforeEach, expect, test } from 'vitest';
import type { PracticeOrg } from '../emulator/model.ts';
import { createPracticeOrg } from '../emulator/org.ts';
import { changeOrg } from './changes.ts';
import type { CatalogEntry } from './tables.ts';
import { findDifferences } from './verification.ts';
import { openWarehouse } from './warehouse.ts';
import type { ConfiguredCatalog, Warehouse } from './warehouse.ts';

const properties = {
  id: { type: ['null', 'string'], 'x-field': 'Id' },
  is_deleted: { type: ['null', 'boolean'], 'x-field': 'IsDeleted' },
  system_modstamp: { type: ['null', 'string'], format: 'date-time', 'x-field': 'SystemModstamp' },
};

function entry(name: string, sobject: string, shown: Partial<typeof properties> = properties): CatalogEntry {
  return {
    stream: {
      name,
      json_schema: {
        $schema: 'x',
        type: 'object',
        additionalProperties: true,
        properties: shown,
        'x-sobject': sobject,
      },
      supported_sync_modes: ['full_refresh'],
      source_defined_primary_key: [['id']],
    },
    sync_mode: 'full_refresh',
    destination_sync_mode: 'append_dedup',
  };
}

const catalog: ConfiguredCatalog = {
  streams: [entry('leads', 'Lead'), entry('tasks', 'Task'), entry('names', 'Name', { id: properties.id })],
};

let org: PracticeOrg;
let warehouse: Warehouse;

beforeEach(async () => {
  org = createPracticeOrg({ rows: 60, seed: 3 });
  warehouse = await openWarehouse(':memory:');
  await warehouse.land(catalog, copy());
  return () => warehouse.close();
});

/** What a perfect connector would send. */
async function* copy(): AsyncGenerator<string> {
  const record = (stream: string, data: object): string =>
    JSON.stringify({ type: 'RECORD', record: { stream, data, emitted_at: 1 } });
  for (const { stream } of catalog.streams.slice(0, 2)) {
    for (const row of org.table(stream.json_schema['x-sobject'] ?? '').rows()) {
      yield record(stream.name, {
        id: row['Id'],
        is_deleted: row['IsDeleted'],
        system_modstamp: row['SystemModstamp'],
      });
      for (const key of ['WhoId', 'WhatId', 'OwnerId']) if (row[key]) yield record('names', { id: row[key] });
    }
  }
}

const first = (): string => String([...org.table('Lead').rows()].find((row) => row['IsDeleted'] === false)?.['Id']);

test('a copy of the org has no differences', async () => {
  expect(await findDifferences(warehouse, catalog, org)).toEqual([]);
});

test.each([
  ['a new row', () => org.insert('Lead', [{ LastName: 'New', Company: 'New Ltd' }])],
  ['a soft delete', () => org.softDelete('Lead', first())],
  ['a hard delete', () => org.hardDelete('Lead', first())],
  ['an edit', () => org.update('Lead', first(), { Company: 'Other Ltd' })],
])('%s that was not landed is told, with the table that lacks it', async (_, change) => {
  change();
  const sentences = await findDifferences(warehouse, catalog, org);
  expect(sentences.filter((sentence) => sentence.startsWith('leads should hold '))).toHaveLength(1);
});

test('a lookup that points to somebody new is told', async () => {
  const person = String([...org.table('Contact').rows()].at(-1)?.['Id']);
  await warehouse.query(`DELETE FROM names WHERE id = '${person}'`);
  const pointed = String([...org.table('Task').rows()][0]?.['Id']);
  org.update('Task', pointed, { WhoId: person });
  expect((await findDifferences(warehouse, catalog, org)).join()).toContain('names should hold');
});

test('the changes of the demo are the same in every run, and none of them stays unseen', async () => {
  const changes = changeOrg(org);
  expect(changes).toEqual(changeOrg(createPracticeOrg({ rows: 60, seed: 3 })));
  expect(Math.min(...Object.values(changes))).toBeGreaterThan(0);
  expect((await findDifferences(warehouse, catalog, org)).length).toBeGreaterThan(0);
  await warehouse.land(catalog, copy());
  expect(await findDifferences(warehouse, catalog, org)).toEqual([]);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DestinationSyncMode, PropertySchema, SyncMode } from '../src/airbyte/protocol.ts';
import type { CatalogEntry } from './tables.ts';
import { openWarehouse } from './warehouse.ts';
import type { ConfiguredCatalog, Warehouse } from './warehouse.ts';

const properties: Record<string, PropertySchema> = {
  id: { type: ['null', 'string'] },
  name: { type: ['null', 'string'] },
  amount: { type: ['null', 'number'] },
  employees: { type: ['null', 'integer'] },
  open: { type: ['null', 'boolean'] },
  born: { type: ['null', 'string'], format: 'date' },
  stamp: { type: ['null', 'string'], format: 'date-time' },
  at: { type: ['null', 'string'], format: 'time' },
  address: { type: ['null', 'object'] },
  _ab_cdc_deleted_at: { type: ['null', 'string'], format: 'date-time' },
};

let warehouse: Warehouse;

beforeEach(async () => {
  warehouse = await openWarehouse(':memory:');
});
afterEach(() => warehouse.close());

function entry(
  syncMode: SyncMode,
  destinationSyncMode: DestinationSyncMode,
  schema: Record<string, PropertySchema> = properties,
  name = 'accounts',
): CatalogEntry {
  return {
    stream: {
      name,
      namespace: 'sfdc',
      json_schema: { $schema: 'x', type: 'object', additionalProperties: true, properties: schema },
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_primary_key: [['id']],
    },
    sync_mode: syncMode,
    destination_sync_mode: destinationSyncMode,
  };
}

const full: ConfiguredCatalog = { streams: [entry('full_refresh', 'overwrite')] };
const incremental: ConfiguredCatalog = { streams: [entry('incremental', 'append_dedup')] };

function record(data: object, stream = 'accounts'): string {
  return JSON.stringify({ type: 'RECORD', record: { stream, namespace: 'sfdc', data, emitted_at: 1 } });
}

function status(value: string): string {
  const stream_status = { stream_descriptor: { name: 'accounts', namespace: 'sfdc' }, status: value };
  return JSON.stringify({ type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: 1, stream_status } });
}

function state(bound: string): string {
  const stream = { stream_descriptor: { name: 'accounts', namespace: 'sfdc' }, stream_state: { stamp: bound } };
  return JSON.stringify({ type: 'STATE', state: { type: 'STREAM', stream, sourceStats: { recordCount: 1 } } });
}

async function* lines(...all: string[]): AsyncGenerator<string> {
  yield* all;
}

const ids = async (): Promise<unknown[]> =>
  (await warehouse.query('SELECT id, name FROM sfdc.accounts ORDER BY id')).map((row) => `${row['id']}=${row['name']}`);

test('every kind of value comes back as it was sent', async () => {
  const row = {
    id: '001',
    name: 'Zoë "Q"\n\u2028 NA',
    amount: 1234567890.12,
    employees: 9007199254740991,
    open: false,
    born: '1700-01-01',
    stamp: '2020-10-22T21:03:23.000Z',
    at: '10:00:00.500',
    address: { street: 'a, "b"', latitude: 1.5 },
    _ab_cdc_deleted_at: null,
  };
  await warehouse.land(full, lines(record(row), status('COMPLETE')));
  const [landed] = await warehouse.query('SELECT * FROM sfdc.accounts');
  expect({ ...landed, address: JSON.parse(String(landed?.['address'])) }).toEqual(row);
});

test('numbers keep their value in any notation, and a missing property is null', async () => {
  const line = record({ id: '1', amount: 0 }).replace('"amount":0', '"amount":1.0E10');
  await warehouse.land(full, lines(line, status('COMPLETE')));
  expect(await warehouse.query('SELECT amount, name FROM sfdc.accounts')).toEqual([{ amount: 1e10, name: null }]);
});

test('a full load replaces the table', async () => {
  await warehouse.land(full, lines(record({ id: '1', name: 'a' }), record({ id: '2', name: 'b' }), status('COMPLETE')));
  await warehouse.land(full, lines(record({ id: '3', name: 'c' }), status('COMPLETE')));
  expect(await ids()).toEqual(['3=c']);
});

test('a full load that did not end COMPLETE leaves the table as it was', async () => {
  await warehouse.land(full, lines(record({ id: '1', name: 'a' }), status('COMPLETE')));
  const landing = await warehouse.land(full, lines(record({ id: '2', name: 'b' }), status('INCOMPLETE')));
  expect(landing.streams[0]?.status).toBe('INCOMPLETE');
  expect(await ids()).toEqual(['1=a']);
});

test('an empty full load empties the table', async () => {
  await warehouse.land(full, lines(record({ id: '1' }), status('COMPLETE')));
  await warehouse.land(full, lines(status('COMPLETE')));
  expect(await ids()).toEqual([]);
});

test('an incremental batch is merged by key, and of one key the last row stays', async () => {
  await warehouse.land(incremental, lines(record({ id: '1', name: 'a' }), record({ id: '2', name: 'b' })));
  await warehouse.land(
    incremental,
    lines(record({ id: '2', name: 'x' }), record({ id: '2', name: 'y' }), record({ id: '3', name: 'c' })),
  );
  expect(await ids()).toEqual(['1=a', '2=y', '3=c']);
});

test('a row with _ab_cdc_deleted_at drops the row, also when both are in one batch', async () => {
  const tombstone = { _ab_cdc_deleted_at: '2026-01-01T00:00:00.000Z' };
  await warehouse.land(incremental, lines(record({ id: '1', name: 'a' }), record({ id: '2', name: 'b' })));
  await warehouse.land(
    incremental,
    lines(record({ id: '1', ...tombstone }), record({ id: '3', name: 'c' }), record({ id: '3', ...tombstone })),
  );
  expect(await ids()).toEqual(['2=b']);
});

test('append keeps every row', async () => {
  const append: ConfiguredCatalog = { streams: [entry('incremental', 'append')] };
  await warehouse.land(append, lines(record({ id: '1', name: 'a' })));
  await warehouse.land(append, lines(record({ id: '1', name: 'b' })));
  expect((await ids()).toSorted()).toEqual(['1=a', '1=b']);
});

test('incremental with overwrite, as PyAirbyte configures it, is merged', async () => {
  const pyairbyte: ConfiguredCatalog = { streams: [entry('incremental', 'overwrite')] };
  await warehouse.land(pyairbyte, lines(record({ id: '1', name: 'a' })));
  await warehouse.land(pyairbyte, lines(record({ id: '2', name: 'b' })));
  expect(await ids()).toEqual(['1=a', '2=b']);
});

test('a property that the catalog gains becomes a column; earlier rows hold null', async () => {
  const { name: _, ...fewer } = properties;
  await warehouse.land({ streams: [entry('incremental', 'append_dedup', fewer)] }, lines(record({ id: '1' })));
  await warehouse.land(incremental, lines(record({ id: '2', name: 'b' })));
  expect(await ids()).toEqual(['1=null', '2=b']);
});

test('the last state of a stream is kept, in the form that the source takes', async () => {
  await warehouse.land(incremental, lines(record({ id: '1' }), state('2026-01-01'), state('2026-01-02')));
  expect(await warehouse.states()).toEqual([JSON.parse(state('2026-01-02')).state]);
});

test('a record that does not fit its schema fails the landing, and neither rows nor states of it are kept', async () => {
  await warehouse.land(incremental, lines(record({ id: '1', name: 'a' }), state('2026-01-01')));
  const bad = warehouse.land(incremental, lines(record({ id: '2', employees: 'many' }), state('2026-01-02')));
  await expect(bad).rejects.toThrow(/many/);
  expect(await ids()).toEqual(['1=a']);
  expect(await warehouse.states()).toEqual([JSON.parse(state('2026-01-01')).state]);
});

test('a record of a stream that is not configured fails the landing', async () => {
  await expect(warehouse.land(full, lines(record({ id: '1' }, 'leads')))).rejects.toThrow(/leads/);
});

test('errors of the source are handed on', async () => {
  const trace = { type: 'ERROR', emitted_at: 1, error: { message: 'No.', failure_type: 'config_error' } };
  const landing = await warehouse.land(full, lines(JSON.stringify({ type: 'TRACE', trace })));
  expect(landing.errors).toEqual([{ message: 'No.', failure_type: 'config_error' }]);
});

test('a line that is no message is taken for a log', async () => {
  const heard: string[] = [];
  await warehouse.land(full, lines('warming up'), { message: (message) => void heard.push(message.type) });
  expect(heard).toEqual(['LOG']);
});

test('streams of one name in two namespaces go into two tables', async () => {
  const first = entry('full_refresh', 'overwrite');
  const second: CatalogEntry = { ...first, stream: { ...first.stream, namespace: 'emea' } };
  const complete = (namespace: string): string => status('COMPLETE').replace('sfdc', namespace);
  const one = (namespace: string, id: string): string => record({ id }).replace('sfdc', namespace);
  await warehouse.land(
    { streams: [first, second] },
    lines(one('sfdc', '1'), one('emea', '2'), one('sfdc', '3'), complete('sfdc'), complete('emea')),
  );
  expect(await warehouse.query('SELECT list(id ORDER BY id)::VARCHAR AS ids FROM sfdc.accounts')).toEqual([
    { ids: '[1, 3]' },
  ]);
  expect(await warehouse.query('SELECT id FROM emea.accounts')).toEqual([{ id: '2' }]);
});

test('a line longer than the default buffer of the JSON reader is loaded', async () => {
  const name = 'x'.repeat(17 * 1024 * 1024);
  await warehouse.land(full, lines(record({ id: '1', name }), status('COMPLETE')));
  expect(await warehouse.query('SELECT length(name) AS n FROM sfdc.accounts')).toEqual([{ n: name.length }]);
});

test('a file is there again when it is opened the next time', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'modstamp-warehouse-'));
  try {
    const path = join(dir, 'w.duckdb');
    const first = await openWarehouse(path);
    await first.land(incremental, lines(record({ id: '1', name: 'a' }), state('2026-01-01')));
    first.close();
    const second = await openWarehouse(path);
    expect(await second.query('SELECT id FROM sfdc.accounts')).toEqual([{ id: '1' }]);
    expect(await second.states()).toHaveLength(1);
    second.close();
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { configure, discoverStreams, makeLarge, sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
const on = { reference_types: true };
const TASK = ['id', 'system_modstamp', 'who_id', 'who_type', 'what_id', 'what_type', 'owner_id', 'owner_type'];
const choices = { tasks: { properties: TASK }, attachments: { properties: ['id', 'parent_id', 'parent_id_type'] } };

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 120, seed: 5 });
  const [task] = await org.rows('Task');
  // No object of the org has this prefix.
  await org.change({
    op: 'update',
    sobject: 'Task',
    id: String(task?.['Id']),
    values: { WhatId: 'zzz000000000001AAA' },
  });
  streams = await discoverStreams(org.config(on));
});
afterAll(() => org.close());

/** Which object holds each Id, by the rows of the org. */
async function holders(sobjects: readonly string[]): Promise<ReadonlyMap<unknown, string>> {
  const holders = new Map<unknown, string>();
  for (const sobject of sobjects) for (const { Id } of await org.rows(sobject)) holders.set(Id, sobject);
  return holders;
}

async function expectTypes(records: readonly JsonObject[], columns: readonly (readonly [key: string, type: string])[]) {
  const holder = await holders(['Contact', 'Lead', 'User', 'Group', 'Account', 'Opportunity', 'Case', 'Campaign', 'Contract', 'Order', 'Product2', 'Asset', 'Solution', 'Task', 'Event']); // prettier-ignore
  const told = new Set<unknown>();
  expect(records.length).toBeGreaterThan(0);
  for (const record of records) {
    for (const [key, type] of columns) {
      told.add(record[type]);
      if (holder.has(record[key]) || record[key] === null)
        expect(record).toMatchObject({ [type]: holder.get(record[key]) ?? null });
      if (record[key] === 'zzz000000000001AAA') expect(record[type]).toBeNull();
    }
  }
  return told;
}

const COLUMNS = [['who_id', 'who_type'], ['what_id', 'what_type'], ['owner_id', 'owner_type']] as const; // prettier-ignore

test.each(['REST', 'Bulk'])(
  'each polymorphic key has the object that it points to beside it, by %s',
  async (transport) => {
    if (transport === 'Bulk') await makeLarge(org, ['Task']);
    const read = await sync(org.config(on), configure(streams, choices));
    await org.clearFaults();
    const told = await expectTypes(read.records('tasks'), COLUMNS);
    expect(read.records('tasks').length).toBeGreaterThan(100);
    expect(told).toContain('Contact');
    expect(told).toContain('User');
    expect(told.size).toBeGreaterThan(4);
    expect((await expectTypes(read.records('attachments'), [['parent_id', 'parent_id_type']])).size).toBeGreaterThan(1);
  },
);

test('a type alone is read without its key, under the name of any dialect', async () => {
  const api = await discoverStreams(org.config({ ...on, naming: 'api' }));
  const read = await sync(
    org.config({ ...on, naming: 'api' }),
    configure(api, { Task: { properties: ['Id', 'WhoType'] } }),
  );
  const whole = await sync(org.config(on), configure(streams, choices));
  const typeOf = new Map(whole.records('tasks').map((row) => [row['id'], row['who_type']]));
  expect(read.records('Task').length).toBe(typeOf.size);
  for (const row of read.records('Task')) expect(row).toEqual({ Id: row['Id'], WhoType: typeOf.get(row['Id']) });
});

test('no API call is made for it, and one for a catalog that knows no prefixes', async () => {
  const callsOf = async (config: JsonObject, catalog: JsonObject) => {
    await org.clearLog();
    await sync(config, catalog);
    return (await org.log()).filter(({ counted }) => counted).length;
  };
  const plain = await discoverStreams(org.config());
  const without = await callsOf(org.config(), configure(plain, { tasks: { properties: TASK.filter((name) => !name.endsWith('type')) } })); // prettier-ignore
  const catalog = configure(streams, { tasks: { properties: TASK } });
  expect(await callsOf(org.config(on), catalog)).toBe(without);
  const [{ stream }] = catalog['streams'] as unknown as [{ stream: { json_schema: Record<string, unknown> } }];
  delete stream.json_schema['x-key-prefixes'];
  expect(await callsOf(org.config(on), catalog)).toBe(without + 1);
});

test('a type that is newly selected is told, and its state does not count it as a hidden field', async () => {
  const config = org.config(on);
  const before = await sync(
    config,
    configure(streams, { tasks: { properties: TASK.filter((name) => name !== 'who_type') } }),
  );
  const catalog = configure(streams, { tasks: { properties: TASK } });
  const added = await sync({ ...config, on_new_property: 'backfill' }, catalog, before.states);
  expect(added.records('tasks').length).toBeGreaterThan(20);
  await expectTypes(before.records('tasks'), COLUMNS.slice(1));
  for (const row of added.records('tasks')) expect(row['who_type'] === null).toBe(row['who_id'] === null);
  const after = await sync(config, catalog, added.states);
  expect(after.records('tasks').length).toBeLessThan(added.records('tasks').length);
  expect(JSON.stringify(after.states)).not.toContain('hidden');
});

test('without reference_types there is no such column', async () => {
  const plain = await discoverStreams(org.config());
  expect(Object.keys(plain.get('tasks')?.json_schema.properties ?? {}).filter((name) => /_type/.test(name))).not.toContain('who_type'); // prettier-ignore
  expect(JSON.stringify([...plain.values()])).not.toContain('x-key-prefixes');
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { configure, discoverStreams, sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 300, seed: 11 });
  streams = await discoverStreams(org.config());
});
afterAll(() => org.close());

/** Changes of a run must lie behind the run before: the practice clock goes on by two hours. */
let hours = 0;
const later = () => org.settings({ clockOffsetMs: (hours += 2) * 3_600_000 });

test('a second sync brings what changed since the first, and nothing else', async () => {
  const catalog = configure(streams, { leads: {} });
  const first = await sync(org.config(), catalog);
  await later();
  const [alice, bob, carol] = (await org.rows('Lead'))
    .filter((row) => row['IsDeleted'] === false)
    .map((row) => String(row['Id'])) as [string, string, string];
  const [added] = await org.change({ op: 'insert', sobject: 'Lead', rows: [{ LastName: 'New', Company: 'Acme' }] });
  await org.change(
    { op: 'update', sobject: 'Lead', id: alice, values: { LastName: 'Changed' } },
    { op: 'delete', sobject: 'Lead', id: bob },
    { op: 'delete', sobject: 'Lead', id: carol },
    { op: 'undelete', sobject: 'Lead', id: carol },
  );
  await later();
  const second = await sync(org.config(), catalog, first.states);
  const got = new Map(second.records('leads').map((data) => [data['id'], data]));
  expect([...got.keys()].sort()).toEqual([alice, bob, carol, added].sort());
  expect(got.get(alice)).toMatchObject({ last_name: 'Changed' });
  expect(got.get(bob)).toMatchObject({ is_deleted: true });
  expect(got.get(carol)).toMatchObject({ is_deleted: false });
  await later();
  expect((await sync(org.config(), catalog, second.states)).records('leads')).toEqual([]);
});

test('a deselected cursor forces one full sync, and selected again it is incremental once more', async () => {
  const whole = configure(streams, { contacts: {} });
  const first = await sync(org.config(), whole);
  const without = configure(streams, { contacts: { properties: ['id', 'last_name'] } });
  const second = await sync(org.config(), without, first.states);
  expect(second.records('contacts').length).toBe(first.records('contacts').length);
  expect(Object.keys(second.stateOf('contacts') ?? {})).not.toContain('system_modstamp');
  const third = await sync(org.config(), whole, second.states);
  expect(third.records('contacts').length).toBe(first.records('contacts').length);
  await later();
  expect((await sync(org.config(), whole, third.states)).records('contacts').length).toBeLessThan(
    first.records('contacts').length,
  );
});

test('what is not selected stands in no query that the org sees, and in no record', async () => {
  await org.clearLog();
  const read = await sync(
    org.config(),
    configure(streams, { accounts: { properties: ['id', 'name', 'billing_address'] } }),
  );
  expect(Object.keys(read.records('accounts')[0] ?? {})).toEqual(['id', 'billing_address', 'name']);
  const queries = JSON.stringify(
    (await org.log())
      .flatMap(({ path, query, subrequests }) => [path, query, ...(subrequests ?? [])])
      .map(decodeURIComponent),
  );
  expect(queries).toContain('BillingStreet');
  for (const field of ['AnnualRevenue', 'Phone', 'ShippingStreet', 'Description']) expect(queries).not.toContain(field);
});

test('a newly selected property: forward from then on, resync whole once, backfill only where it has a value', async () => {
  await org.change({ op: 'addField', sobject: 'Campaign', field: { name: 'Theme__c', type: 'string', length: 80 } });
  const before = streams;
  const after = await discoverStreams(org.config());
  const old = configure(before, { campaigns: {} });
  const first = await sync(org.config(), old);
  await later();
  const [one, two] = (await org.rows('Campaign')).map((row) => String(row['Id'])) as [string, string];
  await org.change(
    { op: 'update', sobject: 'Campaign', id: one, values: { Theme__c: 'blue' } },
    { op: 'update', sobject: 'Campaign', id: two, values: { Theme__c: 'red' } },
  );
  await later();
  const between = await sync(org.config(), old, first.states);
  await later();
  const wider = configure(after, { campaigns: {} });
  const forward = await sync(org.config(), wider, between.states);
  expect(forward.records('campaigns')).toEqual([]);
  expect(forward.logs.join('\n')).toContain('Theme__c');
  const resync = await sync(org.config({ on_new_property: 'resync' }), wider, between.states);
  expect(resync.records('campaigns').length).toBe(first.records('campaigns').length);
  const backfill = await sync(org.config({ on_new_property: 'backfill' }), wider, between.states);
  expect(
    backfill
      .records('campaigns')
      .map(({ id, theme_c }) => [id, theme_c])
      .sort(),
  ).toEqual(
    [
      [one, 'blue'],
      [two, 'red'],
    ].sort(),
  );
  expect(
    (await sync(org.config({ on_new_property: 'backfill' }), wider, backfill.states)).records('campaigns'),
  ).toEqual([]);
});

test('formula_refresh_hours reads a stream with selected formulas whole again once the hours have passed', async () => {
  const withFormula = [...streams.values()].find(
    (stream) =>
      Object.values(stream.json_schema.properties).some((property) => property['x-calculated']) &&
      stream.supported_sync_modes.includes('incremental'),
  );
  const name = withFormula?.name as string;
  const catalog = configure(streams, { [name]: {} });
  const first = await sync(org.config({ formula_refresh_hours: 3 }), catalog);
  await later();
  const second = await sync(org.config({ formula_refresh_hours: 3 }), catalog, first.states);
  expect(second.records(name).length).toBeLessThan(first.records(name).length);
  expect(second.logs.join('\n')).toMatch(/may be stale since/);
  await later();
  const third = await sync(org.config({ formula_refresh_hours: 3 }), catalog, second.states);
  expect(third.records(name).length).toBe(first.records(name).length);
});

test('streams and properties that the org no longer has are skipped, the others go on', async () => {
  const catalog = configure(streams, {
    leads: { properties: ['id', 'system_modstamp', 'never_there_c'] },
    accounts: { properties: ['id'] },
  });
  const entries = catalog['streams'] as unknown as { stream: JsonObject }[];
  const gone = structuredClone(entries[0]) as { stream: Record<string, unknown> };
  gone.stream['name'] = 'assistant_recommendations';
  (gone.stream['json_schema'] as Record<string, unknown>)['x-sobject'] = 'AssistantRecommendation';
  const read = await sync(org.config(), { streams: [...entries, gone] } as unknown as JsonObject);
  expect(read.statusesOf('assistant_recommendations')).toEqual(['INCOMPLETE']);
  expect(read.statusesOf('leads').at(-1)).toBe('COMPLETE');
  expect(read.records('leads').length).toBeGreaterThan(0);
  expect(read.logs.filter((line) => line.startsWith('WARN')).join('\n')).toMatch(
    /assistant_recommendations is not in the org[\s\S]*no never_there_c/,
  );
});

test('a stream of which no selected property is left fails with a sentence, instead of sending empty records', async () => {
  const catalog = configure(streams, { leads: { properties: ['never_there_c'] }, accounts: { properties: ['id'] } });
  const read = await sync(org.config(), catalog, undefined, { mayFail: true });
  expect(read.run.exitCode).toBe(1);
  expect(read.records('leads')).toEqual([]);
  expect(read.statusesOf('accounts').at(-1)).toBe('COMPLETE');
  expect(read.errors).toMatchObject([
    { stream: 'leads', failure_type: 'config_error', message: expect.stringMatching(/never_there_c.*select others/) },
  ]);
});

test('schema_name is the namespace of records, states and statuses', async () => {
  const config = org.config({ schema_name: 'sfdc' });
  const named = await discoverStreams(config);
  const read = await sync(config, configure(named, { leads: { properties: ['id', 'system_modstamp'] } }));
  expect(
    read.run.messages.flatMap((message) => (message.type === 'RECORD' ? [message.record.namespace] : [])),
  ).toContain('sfdc');
  expect(JSON.stringify(read.states)).toContain('"namespace":"sfdc"');
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream, JsonObject } from '../../src/airbyte/protocol.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { configure, discoverStreams, sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
let config: JsonObject;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 120, seed: 5 });
  config = org.config({ hard_deletes: true });
  streams = await discoverStreams(config);
});
afterAll(() => org.close());

let hours = 0;
const later = (by = 2) => org.settings({ clockOffsetMs: (hours += by) * 3_600_000 });
const liveIds = async (sobject: string) =>
  (await org.rows(sobject)).filter((row) => row['IsDeleted'] === false).map((row) => String(row['Id']));

test('a row deleted for good leaves one tombstone, a soft-deleted one its row, and each only once', async () => {
  const catalog = configure(streams, { accounts: {} });
  const first = await sync(config, catalog);
  await later();
  const [hard, soft] = (await liveIds('Account')) as [string, string];
  await org.change({ op: 'purge', sobject: 'Account', id: hard }, { op: 'delete', sobject: 'Account', id: soft });
  await later();
  const second = await sync(config, catalog, first.states);
  const [tombstone, ...others] = second.records('accounts').filter(({ id }) => id === hard);
  expect(others).toEqual([]);
  expect(tombstone).toEqual({
    id: hard,
    system_modstamp: tombstone?.['_ab_cdc_deleted_at'],
    is_deleted: true,
    _ab_cdc_deleted_at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect(second.records('accounts').filter(({ id }) => id === soft)).toMatchObject([
    { is_deleted: true, _ab_cdc_deleted_at: null },
  ]);
  await later();
  expect((await sync(config, catalog, second.states)).records('accounts').filter(({ id }) => id === hard)).toEqual([]);
});

test('only selected properties stand in a tombstone', async () => {
  const catalog = configure(streams, { leads: { properties: ['id', 'system_modstamp', 'last_name'] } });
  const first = await sync(config, catalog);
  await later();
  const [hard] = (await liveIds('Lead')) as [string];
  await org.change({ op: 'purge', sobject: 'Lead', id: hard });
  await later();
  const tombstone = (await sync(config, catalog, first.states)).records('leads').find(({ id }) => id === hard);
  expect(Object.keys(tombstone ?? {})).toEqual(['id', 'system_modstamp']);
});

test('an object without a list of deletions gets one WARN that says since when, and which refresh closes the gap', async () => {
  const catalog = configure(streams, { dashboards: {} });
  const first = await sync(config, catalog);
  await later();
  const second = await sync(config, catalog, first.states);
  const warnings = second.logs.filter((line) => /WARN .*dashboards.*deleted for good since \d{4}-.*refresh/.test(line));
  expect(warnings.length).toBe(1);
});

test('a gap beyond the reach of the list is told at every run until a whole read closes it', async () => {
  const catalog = configure(streams, { contacts: {} });
  const first = await sync(config, catalog);
  await later(20 * 24);
  const second = await sync(config, catalog, first.states);
  expect(second.logs.join('\n')).toMatch(/WARN .*contacts.*deleted for good since/);
  await later();
  const third = await sync(config, catalog, second.states);
  expect(third.logs.join('\n')).toMatch(/WARN .*contacts.*deleted for good since/);
  const refreshed = await sync(config, catalog);
  await later();
  expect((await sync(config, catalog, refreshed.states)).logs.join('\n')).not.toMatch(/deleted for good/);
});

test('a purged list is told, not taken for "nothing deleted"', async () => {
  const catalog = configure(streams, { campaigns: {} });
  const first = await sync(config, catalog);
  await later(4);
  await org.fault({
    path: '/sobjects/Campaign/deleted',
    status: 400,
    body: [{ message: 'startDate before org replication enabled date', errorCode: 'INVALID_REPLICATION_DATE' }],
  });
  const second = await sync(config, catalog, first.states);
  expect(second.logs.join('\n')).toMatch(/WARN .*campaigns.*deleted for good since/);
});

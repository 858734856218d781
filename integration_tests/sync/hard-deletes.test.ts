import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { configure, discoverStreams, sync, type Sync } from './sync.ts';

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

test('without a column that marks a row as deleted there is no tombstone, and a WARN names the columns', async () => {
  const catalog = configure(streams, { contacts: { properties: ['id', 'system_modstamp', 'last_name'] } });
  const first = await sync(config, catalog);
  await later();
  const [hard] = (await liveIds('Contact')) as [string];
  await org.change({ op: 'purge', sobject: 'Contact', id: hard });
  await later();
  const second = await sync(config, catalog, first.states);
  expect(second.records('contacts').filter(({ id }) => id === hard)).toEqual([]);
  expect(second.logs.join('\n')).toMatch(/WARN Stream contacts: .*select is_deleted or _ab_cdc_deleted_at/);
  const marked = configure(streams, { contacts: { properties: ['id', 'system_modstamp', 'is_deleted'] } });
  const third = await sync(config, marked, second.states);
  expect(
    third.records('contacts').filter(({ id }) => id === hard),
    'still due',
  ).toMatchObject([{ is_deleted: true }]);
});

test('only selected properties stand in a tombstone', async () => {
  const catalog = configure(streams, { leads: { properties: ['id', 'system_modstamp', 'is_deleted', 'last_name'] } });
  const first = await sync(config, catalog);
  await later();
  const [hard] = (await liveIds('Lead')) as [string];
  await org.change({ op: 'purge', sobject: 'Lead', id: hard });
  await later();
  const tombstone = (await sync(config, catalog, first.states)).records('leads').find(({ id }) => id === hard);
  expect(Object.keys(tombstone ?? {})).toEqual(['id', 'system_modstamp', 'is_deleted']);
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
    // Whatever end is asked for, that start is refused; a later one is not.
    times: 2,
    status: 400,
    body: [{ message: 'startDate before org replication enabled date', errorCode: 'INVALID_REPLICATION_DATE' }],
  });
  const second = await sync(config, catalog, first.states);
  expect(second.logs.join('\n')).toMatch(/WARN .*campaigns.*deleted for good since/);
});

test('a list that does not reach up to now is asked up to an hour ago, and nothing counts as lost', async () => {
  const catalog = configure(streams, { campaigns: {} });
  const first = await sync(config, catalog);
  await later(4);
  await org.fault({
    path: '/sobjects/Campaign/deleted',
    status: 400,
    body: [{ message: 'endDate liegt hinter dem letzten Datum', errorCode: 'INVALID_REPLICATION_DATE' }],
  });
  const second = await sync(config, catalog, first.states);
  expect(second.logs.join('\n')).not.toMatch(/WARN .*campaigns.*deleted for good since/);
  expect(JSON.stringify(second.stateOf('campaigns'))).not.toContain('gapSince');
});

const tombstones = (read: Sync, stream: string) =>
  read
    .records(stream)
    .filter((data) => data['_ab_cdc_deleted_at'])
    .map(({ id }) => String(id))
    .sort();

test('pages shorter than the list of Ids make no tombstone of a row that is still there', async () => {
  const catalog = configure(streams, { opportunities: {} });
  const first = await sync(config, catalog);
  await later();
  const ids = await liveIds('Opportunity');
  const [gone, binned] = [ids.slice(0, 5), ids.slice(5, 45)];
  await org.change(
    ...gone.map((id) => ({ op: 'purge', sobject: 'Opportunity', id }) as const),
    ...binned.map((id) => ({ op: 'delete', sobject: 'Opportunity', id }) as const),
  );
  await later();
  await org.settings({ pageRows: 7 });
  const second = await sync(config, catalog, first.states);
  await org.settings({ pageRows: 0 });
  expect(tombstones(second, 'opportunities')).toEqual(gone.sort());
  expect(new Set(second.records('opportunities').map(({ id }) => id))).toEqual(new Set([...gone, ...binned]));
});

test('a row of the recycle bin that is purged, and listed again, leaves one tombstone', async () => {
  const catalog = configure(streams, { leads: { properties: ['id', 'system_modstamp', 'is_deleted'] } });
  const first = await sync(config, catalog);
  await later();
  const [id = ''] = await liveIds('Lead');
  await org.change({ op: 'delete', sobject: 'Lead', id });
  await org.settings({ clockOffsetMs: hours * 3_600_000 + 90_000, latestDateCoveredLagMs: 80_000 });
  const second = await sync(config, catalog, first.states);
  await org.settings({ latestDateCoveredLagMs: 0 });
  await org.change({ op: 'purge', sobject: 'Lead', id });
  await later(48);
  const third = await sync(config, catalog, second.states);
  expect(third.records('leads').filter((data) => data['id'] === id).length).toBe(1);
  await later();
});

test('a delete that was committed late, behind the lookback, comes as its row, from short pages as well', async () => {
  const catalog = configure(streams, { cases: {} });
  const first = await sync(config, catalog);
  await later();
  const late = (await liveIds('Case')).slice(0, 20).sort();
  await org.change(...late.map((id) => ({ op: 'delete', sobject: 'Case', id }) as const));
  await later();
  // Not committed until two hours after its stamps: the second sync sees none of it.
  await org.settings({ lateCommitMs: 3 * 3_600_000, latestDateCoveredLagMs: 3 * 3_600_000 });
  const second = await sync(config, catalog, first.states);
  expect(second.records('cases')).toEqual([]);
  await org.settings({ lateCommitMs: 0, latestDateCoveredLagMs: 0, pageRows: 7 });
  await later();
  const third = await sync(config, catalog, second.states);
  await org.settings({ pageRows: 0 });
  const rows = third.records('cases').map((data) => [data['id'], data['is_deleted'], data['_ab_cdc_deleted_at']]);
  expect(rows.sort()).toEqual(late.map((id) => [id, true, null]));
});

test('a delete that was committed late comes as its row beside rows from before a former start_date, each once', async () => {
  const catalog = configure(streams, { opportunities: {} });
  const stamps = (await org.rows('Opportunity')).map((row) => String(row['SystemModstamp'])).sort();
  const start_date = `${stamps[60]?.slice(0, 19)}Z`;
  const first = await sync({ ...config, start_date }, catalog);
  await later();
  const late = (await liveIds('Opportunity')).slice(0, 10).sort();
  await org.change(...late.map((id) => ({ op: 'delete', sobject: 'Opportunity', id }) as const));
  await later();
  await org.settings({ lateCommitMs: 3 * 3_600_000, latestDateCoveredLagMs: 3 * 3_600_000 });
  const second = await sync({ ...config, start_date }, catalog, first.states);
  expect(second.records('opportunities')).toEqual([]);
  await org.settings({ lateCommitMs: 0, latestDateCoveredLagMs: 0 });
  await later();
  const third = await sync(config, catalog, second.states);
  const ids = third.records('opportunities').map(({ id }) => String(id));
  expect(new Set(ids).size, 'no row twice').toBe(ids.length);
  const deleted = third.records('opportunities').filter((data) => late.includes(String(data['id'])));
  expect(deleted.map((data) => [data['id'], data['is_deleted']]).sort()).toEqual(late.map((id) => [id, true]));
  expect(ids.length, 'with those from before the former start_date').toBeGreaterThan(50);
});

test('a whole read of a stream with a checkpoint still brings the deletes since that checkpoint', async () => {
  const few = configure(streams, { contacts: { properties: ['id', 'system_modstamp', '_ab_cdc_deleted_at'] } });
  const first = await sync(config, few);
  await later();
  const [gone] = (await liveIds('Contact')) as [string];
  await org.change({ op: 'purge', sobject: 'Contact', id: gone });
  await later();
  const more = configure(streams, { contacts: {} });
  const resync = await sync({ ...config, on_new_property: 'resync' }, more, first.states);
  expect(resync.records('contacts').length).toBeGreaterThan(50);
  expect(tombstones(resync, 'contacts')).toEqual([gone]);
});

test('a whole read empties no table, so that it closes no gap', async () => {
  const few = configure(streams, { dashboards: { properties: ['id', 'system_modstamp', 'is_deleted'] } });
  const first = await sync(config, few);
  const since = /deleted for good since (\S+)/.exec(first.logs.join('\n'))?.[1];
  expect(since).toMatch(/^\d{4}-/);
  await later();
  const resync = await sync(
    { ...config, on_new_property: 'resync' },
    configure(streams, { dashboards: {} }),
    first.states,
  );
  expect(resync.logs.join('\n')).toContain(`deleted for good since ${since}`);
});

test('without its Id a row can not be told as deleted: a WARN says so, and no record without a key comes', async () => {
  const catalog = configure(streams, { leads: { properties: ['system_modstamp', 'last_name'] } });
  const first = await sync(config, catalog);
  await later();
  const [gone] = (await liveIds('Lead')) as [string];
  await org.change({ op: 'purge', sobject: 'Lead', id: gone });
  await later();
  const second = await sync(config, catalog, first.states);
  expect(second.records('leads')).toEqual([]);
  expect(second.logs.join('\n')).toMatch(/WARN .*leads.*select Id/);
});

test('field histories, which share one list of deletions, send no tombstones of each other', async () => {
  const catalog = configure(streams, { opportunity_field_history: {} });
  const first = await sync(config, catalog);
  await later();
  const [id] = (await liveIds('AccountHistory')) as [string];
  await org.change({ op: 'purge', sobject: 'AccountHistory', id });
  await later();
  const second = await sync(config, catalog, first.states);
  expect(second.records('opportunity_field_history').filter((data) => data['_ab_cdc_deleted_at'] !== null)).toEqual([]);
  expect(second.logs.join('\n')).toMatch(/WARN .*opportunity_field_history.*deleted for good since/);
});

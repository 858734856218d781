import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { configure, discoverStreams, sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 150, seed: 13 });
  streams = await discoverStreams(org.config());
});
afterAll(() => org.close());

let hours = 0;
const later = () => org.settings({ clockOffsetMs: (hours += 2) * 3_600_000 });
const liveIds = async (sobject: string) =>
  (await org.rows(sobject)).filter((row) => row['IsDeleted'] === false).map((row) => String(row['Id']));

test('a first sync brings rows in the recycle bin, merged ones and archived tasks too', async () => {
  const read = await sync(org.config(), configure(streams, { accounts: {}, tasks: {} }));
  const deleted = read.records('accounts').filter((data) => data['is_deleted'] === true);
  expect(deleted.length).toBe((await org.rows('Account')).filter((row) => row['IsDeleted'] === true).length);
  const archived = (await org.rows('Task')).filter((row) => row['IsArchived'] === true);
  expect(archived.length).toBeGreaterThan(0);
  const ids = new Set(read.records('tasks').map((data) => data['id']));
  expect(archived.filter((row) => !ids.has(String(row['Id'])))).toEqual([]);
});

test('the losers of a merge arrive as deleted, with the winner in master_record_id', async () => {
  const catalog = configure(streams, { accounts: {} });
  const first = await sync(org.config(), catalog);
  await later();
  const [winner, loser, other] = (await liveIds('Account')) as [string, string, string];
  await org.change({ op: 'merge', sobject: 'Account', id: winner, losers: [loser, other] });
  await later();
  const second = new Map(
    (await sync(org.config(), catalog, first.states)).records('accounts').map((data) => [data['id'], data]),
  );
  for (const id of [loser, other]) expect(second.get(id)).toMatchObject({ is_deleted: true, master_record_id: winner });
});

test('an undeleted row comes back as not deleted', async () => {
  const catalog = configure(streams, { contacts: {} });
  const first = await sync(org.config(), catalog);
  await later();
  const [id] = (await liveIds('Contact')) as [string];
  await org.change({ op: 'delete', sobject: 'Contact', id });
  await later();
  const second = await sync(org.config(), catalog, first.states);
  expect(second.records('contacts').find((data) => data['id'] === id)).toMatchObject({ is_deleted: true });
  await org.change({ op: 'undelete', sobject: 'Contact', id });
  await later();
  const third = await sync(org.config(), catalog, second.states);
  expect(third.records('contacts').find((data) => data['id'] === id)).toMatchObject({ is_deleted: false });
});

test('another org under the same login, a refreshed sandbox, is noticed, named and read whole', async () => {
  const catalog = configure(streams, { leads: { properties: ['id', 'system_modstamp'] } });
  const first = await sync(org.config(), catalog);
  const foreign = JSON.parse(
    JSON.stringify(first.states).replaceAll(/00D\w{15}/g, '00D00000000FORMER'),
  ) as JsonObject[];
  const second = await sync(org.config(), catalog, foreign);
  expect(second.logs.join('\n')).toMatch(/WARN .*leads.*00D00000000FORMER.*refreshed sandbox/);
  expect(second.records('leads').length).toBe(first.records('leads').length);
});

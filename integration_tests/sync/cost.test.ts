import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { configure, discoverStreams, sync, type Sync } from './sync.ts';

const collections = Object.values(
  JSON.parse(readFileSync(new URL('../../catalogs/segment-collections.json', import.meta.url), 'utf8')) as Record<
    string,
    string
  >,
);

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
let catalog: JsonObject;
let first: Sync;
const calls: Record<string, number> = {};

async function counted<T>(name: string, work: () => Promise<T>): Promise<T> {
  const before = (await org.usage()).apiCalls;
  const result = await work();
  calls[name] = (await org.usage()).apiCalls - before;
  return result;
}

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 50, seed: 2 });
  streams = await counted('discover', () => discoverStreams(org.config()));
  catalog = configure(streams, Object.fromEntries(collections.map((name) => [name, {}])));
  first = await counted('first sync', () => sync(org.config(), catalog));
});
afterAll(() => org.close());

test('300 objects are discovered in at most 13 calls', () => {
  expect(calls['discover']).toBeLessThanOrEqual(13);
});

test('the first sync of the 48 collections takes at most 30 calls', () => {
  expect(calls['first sync']).toBeLessThanOrEqual(30);
});

test('a sync without changes takes at most 16 calls', async () => {
  await org.settings({ clockOffsetMs: 3 * 3_600_000 });
  await counted('no changes', () => sync(org.config(), catalog, first.states));
  expect(calls['no changes']).toBeLessThanOrEqual(16);
});

test('ten changed rows in each of five collections cost no more', async () => {
  for (const sobject of ['Account', 'Contact', 'Lead', 'Opportunity', 'Task']) {
    const ids = (await org.rows(sobject)).slice(0, 10).map((row) => String(row['Id']));
    await org.change(...ids.map((id) => ({ op: 'update' as const, sobject, id, values: { Description: 'changed' } })));
  }
  const read = await counted('few changes', () => sync(org.config(), catalog, first.states));
  expect(calls['few changes']).toBeLessThanOrEqual(16);
  expect(read.records('accounts').length).toBe(10);
});

test("the bill at the end of the log equals the org's own count", () => {
  const bill = first.logs.find((line) => line.includes('Bill: '));
  expect(Number(/Bill: (\d+) API calls/.exec(bill ?? '')?.[1])).toBe(calls['first sync']);
});

test('the reserve of the allowance is not touched, and the next run has the rest', async () => {
  const { apiCalls } = await org.usage();
  await org.settings({ apiMax: apiCalls + 14, apiUsed: apiCalls });
  const reserve = Math.ceil((100 * 6) / (apiCalls + 14));
  const stopped = await sync(org.config({ quota_reserve_percent: reserve }), catalog, undefined, { mayFail: true });
  expect(stopped.run.exitCode).toBe(1);
  expect(new Set(stopped.errors.map(({ failure_type }) => failure_type))).toEqual(new Set(['transient_error']));
  const usage = await org.usage();
  expect(usage.apiCalls).toBeLessThanOrEqual(Math.floor(usage.max * (1 - reserve / 100)));
  await org.settings({ apiMax: 1_000_000 });
  const rest = await sync(org.config({ quota_reserve_percent: 10 }), catalog, stopped.states);
  const all = collections.map((name) => first.records(name).length);
  const both = collections.map(
    (name) => new Set([...stopped.records(name), ...rest.records(name)].map((data) => data['id'])).size,
  );
  expect(both).toEqual(all);
});

test('an org that does not tell its usage is said to keep no reserve', async () => {
  await org.settings({ limitInfo: 'none' });
  await org.fault({
    path: '/limits/?$',
    times: 0,
    status: 403,
    body: [{ errorCode: 'API_DISABLED_FOR_ORG', message: 'limits resource is not enabled' }],
  });
  const read = await sync(
    org.config({ quota_reserve_percent: 10 }),
    configure(streams, { leads: { properties: ['id'] } }),
  );
  expect(read.logs.filter((line) => line.startsWith('WARN') && line.includes('quota_reserve_percent')).length).toBe(1);
});

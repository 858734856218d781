import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import { jobIds } from '../job-list.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { configure, discoverStreams, makeLarge, sync } from '../sync/sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 2_500, seed: 31 });
  const streams_criteria = ['Lead', 'Contact'].map((value) => ({ criteria: 'exacts', value }));
  streams = await discoverStreams(org.config({ streams_criteria }));
});
afterAll(() => org.close());

const idsOf = (records: readonly Record<string, unknown>[]) => records.map(({ id }) => String(id)).sort();
const stored = async (sobject: string) => (await org.rows(sobject)).map((row) => String(row['Id'])).sort();

// The one fault that costs a minute whoever waits, so both transports meet it at the same time.
test('bodies that fall silent are given up after a minute and fetched again, no row lost or doubled', async () => {
  await makeLarge(org, ['Lead']);
  await org.fault({ path: '/results', hangAfterBytes: 20_000 });
  await org.fault({ path: '/query/0r8', hangAfterBytes: 5_000 });
  const catalog = configure(streams, { leads: {}, contacts: { properties: ['id', 'last_name', 'system_modstamp'] } });
  const read = await sync(org.config(), catalog, undefined, { timeoutMs: 115_000 });
  expect(idsOf(read.records('leads'))).toEqual(await stored('Lead'));
  expect(idsOf(read.records('contacts'))).toEqual(await stored('Contact'));
  expect(read.run.elapsedMs).toBeGreaterThan(55_000);
  expect(read.logs.filter((line) => line.includes('Waiting')).length).toBeGreaterThan(0);
  expect(await jobIds(org)).toEqual([]);
});

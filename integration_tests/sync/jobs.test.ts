import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { jobIds } from '../job-list.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { runRead } from '../program.ts';
import { configure, discoverStreams, makeLarge, makeNamesSlow, readSync, sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
let wanted: string[];

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 60, seed: 14, rowsOf: { Lead: 2_000, Task: 3_000 } });
  streams = await discoverStreams(org.config());
  wanted = (await org.rows('Lead')).map((row) => String(row['Id'])).sort();
});
afterEach(async () => {
  await org.clearFaults();
  await org.settings({ jobReadyMs: 0, pageRows: 0 });
});
afterAll(() => org.close());

const leads = () => configure(streams, { leads: { properties: ['id', 'system_modstamp'] } });
const idsOf = (records: readonly JsonObject[]) => records.map(({ id }) => String(id)).sort();

/** Kills a read as soon as a state names a job; gives the states. */
async function killAtJob(config: JsonObject, catalog: JsonObject): Promise<readonly JsonObject[]> {
  await org.settings({ jobReadyMs: 1_500 });
  const killed = await runRead(
    { config, catalog },
    { onLine: (line, child) => void (/^\{"type":"STATE".*"job":\{"id":"750/.test(line) && child.kill('SIGKILL')) },
  );
  expect((await jobIds(org)).length).toBe(1);
  await org.settings({ jobReadyMs: 0 });
  return readSync(killed).states;
}

test('a job of another API version is deleted, and its window read anew', async () => {
  await makeLarge(org, ['Lead']);
  const states = await killAtJob(org.config(), leads());
  const read = await sync(org.config({ api_version: '62.0' }), leads(), states);
  expect(idsOf(read.records('leads'))).toEqual(wanted);
  expect(await jobIds(org)).toEqual([]);
});

test('a job that the names stream has left is deleted by its next read', async () => {
  const catalog = configure(streams, { names: {}, tasks: { properties: ['id', 'who_id'] } });
  await makeNamesSlow(org);
  const states = await killAtJob(org.config(), catalog);
  await org.clearFaults();
  const read = await sync(org.config(), catalog, states);
  expect(read.records('names').length).toBeGreaterThan(0);
  expect(await jobIds(org)).toEqual([]);
});

test('a job that is gone as soon as it is made fails its stream instead of being made for ever', async () => {
  await makeLarge(org, ['Lead']);
  await org.fault({
    method: 'GET',
    path: '/jobs/query/750',
    times: 0,
    status: 404,
    body: [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
  });
  const failed = await sync(org.config(), leads(), undefined, { mayFail: true, timeoutMs: 30_000 });
  expect(failed.errors).toMatchObject([{ stream: 'leads', failure_type: 'transient_error' }]);
  await org.clearFaults();
  expect(idsOf((await sync(org.config(), leads(), failed.states)).records('leads'))).toEqual(wanted);
  expect(await jobIds(org)).toEqual([]);
});

test('a job whose results stay short is given up, and the next run makes another', async () => {
  await makeLarge(org, ['Lead']);
  await org.settings({ pageRows: 300 });
  await org.fault({ path: '/results.*locator', times: 0, shortPage: 4 });
  const failed = await sync(org.config(), leads(), undefined, { mayFail: true });
  expect(failed.errors).toMatchObject([{ stream: 'leads', failure_type: 'transient_error' }]);
  expect(await jobIds(org)).toEqual([]);
  await org.clearFaults();
  expect(idsOf((await sync(org.config(), leads(), failed.states)).records('leads'))).toEqual(wanted);
});

test('results that the org withholds in the middle are not read again by REST in the same run', async () => {
  await makeLarge(org, ['Lead']);
  await org.settings({ pageRows: 300 });
  await org.fault({
    path: '/results.*locator',
    skip: 1,
    times: 0,
    status: 403,
    body: [
      {
        errorCode: 'EXCEEDED_QUOTA',
        message: 'Max bulk v2 query result size stored (1000000000) kb per 24 hrs has been exceeded',
      },
    ],
  });
  const failed = await sync(org.config(), leads(), undefined, { mayFail: true });
  const ids = idsOf(failed.records('leads'));
  expect(new Set(ids).size).toBe(ids.length);
  expect(failed.run.exitCode).toBe(1);
  // The job can be read on once the quota allows: it stays, and the state names it.
  const [left] = await jobIds(org);
  expect(JSON.stringify(failed.states)).toContain(left);
  await org.clearFaults();
  const rest = await sync(org.config(), leads(), failed.states);
  expect([...new Set([...ids, ...idsOf(rest.records('leads'))])].sort()).toEqual(wanted);
  expect(await jobIds(org)).toEqual([]);
});

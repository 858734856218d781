import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { runRead } from '../program.ts';
import { configure, discoverStreams, makeLarge, readSync, sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
let wanted: string[];

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 40, seed: 9, rowsOf: { Lead: 7_000 } });
  streams = await discoverStreams(org.config());
  wanted = (await org.rows('Lead')).map((row) => String(row['Id'])).sort();
});
afterAll(() => org.close());

const properties = ['id', 'system_modstamp', 'last_name'];

/** Kills a read after so many lines, resumes from its last state until it ends; the ids that came in all. */
async function readWithKills(catalog: JsonObject, kills: readonly number[]) {
  let states: readonly JsonObject[] | undefined;
  const seen = new Set<string>();
  for (const afterLines of [...kills, undefined]) {
    const run = await runRead(
      { config: org.config(), catalog, ...(states && { state: states }) },
      { timeoutMs: 120_000, ...(afterLines && { kill: { signal: 'SIGKILL', afterLines } }) },
    );
    const read = readSync(run);
    for (const { id } of read.records('leads')) seen.add(String(id));
    if (read.states.length > 0) states = read.states;
    if (afterLines === undefined) expect(run.exitCode, run.stderr).toBe(0);
  }
  return [...seen].sort();
}

test.each(['REST', 'Bulk'] as const)('killed anywhere and resumed, a %s read loses no row', async (transport) => {
  await org.clearFaults();
  if (transport === 'Bulk') await makeLarge(org, ['Lead']);
  const catalog = configure(streams, { leads: { properties } });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 7_500 }), { minLength: 1, maxLength: 3 }), async (kills) => {
      expect(await readWithKills(catalog, kills)).toEqual(wanted);
    }),
    {
      numRuns: Number(process.env['RESUME_RUNS'] ?? 6),
      ...(process.env['RESUME_SEED'] && { seed: Number(process.env['RESUME_SEED']) }),
    },
  );
});

test('a REST read goes on behind its last page instead of starting again', async () => {
  await org.clearFaults();
  const catalog = configure(streams, { leads: { properties } });
  const killed = readSync(
    await runRead({ config: org.config(), catalog }, { kill: { signal: 'SIGKILL', afterLines: 4_500 } }),
  );
  expect(killed.states.length).toBe(1);
  const rest = await sync(org.config(), catalog, killed.states);
  expect(rest.records('leads').length).toBeLessThanOrEqual(5_000);
});

test('a Bulk job that still exists is read on, and deleted in the end', async () => {
  await org.clearFaults();
  await makeLarge(org, ['Lead']);
  await org.settings({ jobReadyMs: 1_500 });
  await org.clearLog();
  const catalog = configure(streams, { leads: { properties } });
  // Killed as soon as the state names the job.
  const killed = readSync(
    await runRead(
      { config: org.config(), catalog },
      { onLine: (line, child) => void (line.startsWith('{"type":"STATE"') && child.kill('SIGKILL')) },
    ),
  );
  expect(JSON.stringify(killed.states)).toMatch(/"job":\{"id":"750/);
  const rest = await sync(org.config(), catalog, killed.states);
  expect(rest.records('leads').length).toBe(7_000);
  const log = await org.log();
  expect(log.filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs/query')).length).toBe(1);
  expect(log.filter(({ method, status }) => method === 'DELETE' && status === 204).length).toBe(1);
  await org.settings({ jobReadyMs: 0 });
});

test.each(['REST', 'Bulk'] as const)(
  'a resumed %s read brings what changed since it began, each row once',
  async (transport) => {
    await org.clearFaults();
    if (transport === 'Bulk') await makeLarge(org, ['Lead']);
    else await org.settings({ pageRows: 500 });
    const catalog = configure(streams, { leads: { properties } });
    const stop = transport === 'Bulk' ? 7_001 : 4_500;
    const killed = readSync(
      await runRead({ config: org.config(), catalog }, { kill: { signal: 'SIGKILL', afterLines: stop } }),
    );
    expect(killed.states.length, 'a state to resume').toBeGreaterThan(0);
    const written = killed.records('leads').map(({ id }) => String(id));
    const all = (await org.rows('Lead')).map((row) => String(row['Id']));
    const changed = [written[0], written.at(-1), ...all.filter((id) => !written.includes(id)).slice(-2)] as string[];
    await org.change(
      ...changed.map(
        (id) => ({ op: 'update', sobject: 'Lead', id, values: { LastName: `New ${transport}` } }) as const,
      ),
    );
    const rest = await sync(org.config(), catalog, killed.states);
    const ids = rest.records('leads').map(({ id }) => String(id));
    expect(new Set(ids).size, 'no row twice').toBe(ids.length);
    expect(new Set([...written, ...ids]).size).toBe(all.length);
    const named = rest.records('leads').filter(({ last_name }) => last_name === `New ${transport}`);
    expect(named.map(({ id }) => String(id)).sort()).toEqual([...new Set(changed)].sort());
    await org.settings({ pageRows: 0 });
  },
);

test('a finished full refresh is skipped within its job, and read again in the next', async () => {
  await org.clearFaults();
  const catalog = (syncId: number) =>
    configure(streams, {
      contacts: {
        syncMode: 'full_refresh',
        destinationSyncMode: 'overwrite',
        more: { sync_id: syncId, generation_id: syncId },
      },
    });
  const first = await sync(org.config(), catalog(1));
  expect(first.records('contacts').length).toBeGreaterThan(0);
  expect((await sync(org.config(), catalog(1), first.states)).records('contacts')).toEqual([]);
  expect((await sync(org.config(), catalog(2), first.states)).records('contacts').length).toBe(
    first.records('contacts').length,
  );
});

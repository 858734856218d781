/** How far back a stream has been read: a start_date that is moved earlier, or removed, brings what it left out before. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { runRead } from '../program.ts';
import { configure, discoverStreams, readSync, sync, type Sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
let catalog: JsonObject;
let times: readonly string[];

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 300, seed: 41 });
  streams = await discoverStreams(org.config());
  catalog = configure(streams, { leads: {} });
  times = (await org.rows('Lead')).map((row) => String(row['SystemModstamp'])).sort();
});
afterAll(() => org.close());

const secondOf = (time: string | undefined) => `${String(time).slice(0, 19)}Z`;
/** Two moments in the middle of the org's history. */
const early = () => secondOf(times[60]);
const late = () => secondOf(times[200]);

const idsOf = (read: Sync) => read.records('leads').map(({ id }) => String(id));
async function idsSince(from: string, before = '9'): Promise<string[]> {
  const rows = await org.rows('Lead');
  const inside = rows.filter(
    ({ SystemModstamp: time }) => secondOf(String(time)) >= from && secondOf(String(time)) < before,
  );
  return inside.map((row) => String(row['Id'])).sort();
}

test('a start_date that is moved earlier, and then removed, brings the rows before it once', async () => {
  const first = await sync(org.config({ start_date: late() }), catalog);
  expect(idsOf(first).sort()).toEqual(await idsSince(late()));

  const earlier = await sync(org.config({ start_date: early() }), catalog, first.states);
  expect(idsOf(earlier).sort()).toEqual(await idsSince(early(), late()));
  const again = await sync(org.config({ start_date: early() }), catalog, earlier.states);
  expect(idsOf(again)).toEqual([]);

  const without = await sync(org.config(), catalog, again.states);
  expect(idsOf(without).sort()).toEqual(await idsSince('0', early()));
  expect(idsOf(await sync(org.config(), catalog, without.states))).toEqual([]);
});

test('a start_date that is moved later reads nothing again, and moved back again brings nothing twice', async () => {
  const first = await sync(org.config({ start_date: early() }), catalog);
  const later = await sync(org.config({ start_date: late() }), catalog, first.states);
  expect(idsOf(later)).toEqual([]);
  expect(idsOf(await sync(org.config({ start_date: early() }), catalog, later.states))).toEqual([]);
});

test('a first read that was killed under a later start_date goes on, and brings the rows before it too', async () => {
  await org.settings({ pageRows: 40 });
  try {
    const killed = readSync(
      await runRead(
        { config: org.config({ start_date: late() }), catalog },
        { kill: { signal: 'SIGKILL', afterLines: 70 } },
      ),
    );
    expect(JSON.stringify(killed.states)).toContain('"resume"');
    const rest = await sync(org.config(), catalog, killed.states);
    const ids = idsOf(rest);
    expect(new Set(ids).size, 'no row twice in a run').toBe(ids.length);
    expect([...new Set([...idsOf(killed), ...ids])].sort()).toEqual(await idsSince('0'));
    expect(idsOf(await sync(org.config(), catalog, rest.states))).toEqual([]);
  } finally {
    await org.settings({ pageRows: 0 });
  }
});

test('a newly selected property is filled in rows of the checkpoint, each row once beside those before it', async () => {
  await org.change({ op: 'addField', sobject: 'Lead', field: { name: 'Story__c', type: 'string', length: 80 } });
  const first = await sync(org.config({ start_date: late() }), catalog);
  const rows = await org.rows('Lead');
  const old = rows.filter((row) => secondOf(String(row['SystemModstamp'])) < late()).slice(0, 3);
  await org.change(
    ...old.map(
      (row) => ({ op: 'update', sobject: 'Lead', id: String(row['Id']), values: { Story__c: 'new' } }) as const,
    ),
  );
  const wider = configure(await discoverStreams(org.config()), { leads: {} });
  const read = await sync(org.config({ on_new_property: 'backfill' }), wider, first.states);
  const ids = idsOf(read);
  expect(new Set(ids).size, 'no row twice in a run').toBe(ids.length);
  expect([...new Set([...idsOf(first), ...ids])].sort()).toEqual(await idsSince('0'));
});

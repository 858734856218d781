import { afterAll, beforeEach, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { complaintsOfRecords } from '../protocol.ts';
import { configure, discoverStreams, makeLarge, readSync, sync, type Sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
let ids: readonly string[];
const on = { id_redirects: true };
const choices = { contacts: {}, accounts: {}, id_redirects: {} };

beforeEach(async () => {
  await org?.close();
  org = await openPracticeOrg({ rows: 40, seed: 8 });
  streams = await discoverStreams(org.config(on));
  ids = (await org.rows('Contact')).filter((row) => row['IsDeleted'] === false).map((row) => String(row['Id']));
});
afterAll(() => org.close());

const at = (n: number) => ids[n] as string;
const merge = (winner: number, ...losers: number[]) =>
  org.change({ op: 'merge', sobject: 'Contact', id: at(winner), losers: losers.map(at) });
const redirect = (id: number, to: number, survivor = to, revoked = false) =>
  expect.objectContaining({ object: 'Contact', id: at(id), redirects_to: at(to), survivor: at(survivor), revoked_at: revoked ? expect.stringMatching(/Z$/) : null }); // prettier-ignore

const idsOf = (read: Sync) =>
  read
    .records('id_redirects')
    .map(({ id }) => id)
    .toSorted();

/** Ids of what was merged away, by the rows of the org. */
async function mergedIds(): Promise<string[]> {
  const rows = [...(await org.rows('Account')), ...(await org.rows('Contact'))];
  return rows.filter((row) => row['MasterRecordId']).map((row) => String(row['Id'])).sort(); // prettier-ignore
}

test.each(['REST', 'Bulk'])(
  'merges, chains of them and undeletes are told as they are seen, by %s',
  async (transport) => {
    const read = async (states?: readonly JsonObject[]) => {
      if (transport === 'Bulk') await makeLarge(org, ['Contact']);
      const done = await sync(org.config(on), configure(streams, choices), states);
      expect(complaintsOfRecords(done.run, { streams: [streams.get('id_redirects') as AirbyteStream] }).filter((text) => text.startsWith('id_redirects:'))).toEqual([]); // prettier-ignore
      expect(done.statusesOf('id_redirects')).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
      return done;
    };
    await merge(1, 0);
    const first = await read();
    // The org has merges of its own beside this one.
    expect(idsOf(first)).toEqual(await mergedIds());
    expect(first.records('id_redirects')).toContainEqual(redirect(0, 1));
    await merge(2, 1, 3);
    const second = await read(first.states);
    expect(second.records('id_redirects').length).toBe(3);
    expect(second.records('id_redirects')).toEqual(expect.arrayContaining([redirect(0, 1, 2), redirect(1, 2), redirect(3, 2)])); // prettier-ignore
    await org.change({ op: 'undelete', sobject: 'Contact', id: at(1) });
    const third = await read(second.states);
    expect(third.records('id_redirects').length).toBe(2);
    expect(third.records('id_redirects')).toEqual(expect.arrayContaining([redirect(1, 2, 1, true), redirect(0, 1)]));
    // Purged from the recycle bin, a merge is still known.
    await org.change({ op: 'purge', sobject: 'Contact', id: at(3) });
    const fourth = await read(third.states);
    expect(fourth.records('id_redirects')).toEqual([]);
    expect(JSON.stringify(fourth.stateOf('id_redirects'))).toContain(at(3));
  },
);

test('MasterRecordId need not be selected, and is then not written', async () => {
  await merge(1, 0);
  const narrow = { ...choices, contacts: { properties: ['id', 'system_modstamp'] } };
  const read = await sync(org.config(on), configure(streams, narrow));
  expect(idsOf(read)).toEqual(await mergedIds());
  expect(read.records('id_redirects')).toContainEqual(redirect(0, 1));
  expect(Object.keys(read.records('contacts')[0] ?? {})).toEqual(['id', 'system_modstamp']);
});

test('a redirect and its STATE leave before the STATE of the stream that told it', async () => {
  await merge(1, 0);
  const { run } = await sync(org.config(on), configure(streams, choices));
  const places = { record: -1, own: -1, contacts: -1 };
  for (const [n, message] of run.messages.entries()) {
    if (message.type === 'RECORD' && message.record.stream === 'id_redirects') places.record = n;
    if (message.type !== 'STATE') continue;
    const { name } = message.state.stream.stream_descriptor;
    if (name === 'id_redirects' && places.own < 0) places.own = n;
    if (name === 'contacts' && places.contacts < 0) places.contacts = n;
  }
  expect(places.record).toBeGreaterThan(-1);
  expect(places.own).toBeGreaterThan(places.record);
  expect(places.contacts).toBeGreaterThan(places.own);
});

test('a sync that is killed behind any STATE and goes on from there has told every redirect', async () => {
  await merge(1, 0);
  await makeLarge(org, ['Contact']);
  const catalog = configure(streams, choices);
  const whole = await sync(org.config(on), catalog);
  const merged = await mergedIds();
  const places = whole.run.messages.flatMap((message, n) => (message.type === 'STATE' ? [n + 1] : []));
  expect(places.length).toBeGreaterThan(4);
  for (const place of [0, ...places]) {
    const killed = readSync({ ...whole.run, messages: whole.run.messages.slice(0, place) });
    // A destination keeps what a STATE of the stream covers.
    const covered = readSync({ ...whole.run, messages: coveredBy(killed, 'id_redirects') });
    const rest = await sync(org.config(on), catalog, killed.states);
    expect([...new Set([...idsOf(covered), ...idsOf(rest)])].sort(), `killed behind message ${place}`).toEqual(merged);
  }
});

/** The messages of a run up to the last STATE of a stream. */
function coveredBy({ run: { messages } }: Sync, stream: string) {
  const isState = messages.map((message) => message.type === 'STATE' && message.state.stream.stream_descriptor.name === stream); // prettier-ignore
  return messages.slice(0, isState.lastIndexOf(true) + 1);
}

test('no API call is made for it, and without id_redirects it is not offered', async () => {
  const callsOf = async (chosen: object) => {
    await org.clearLog();
    await sync(org.config(on), configure(streams, chosen as typeof choices));
    return (await org.log()).filter(({ counted }) => counted).length;
  };
  expect(await callsOf(choices)).toBe(await callsOf({ contacts: {}, accounts: {} }));
  expect([...(await discoverStreams(org.config())).keys()]).not.toContain('id_redirects');
});

test('where the org hides MasterRecordId after all, the stream is read without it', async () => {
  const message = "No such column 'MasterRecordId' on entity 'Contact'.";
  await org.fault({ path: 'MasterRecordId', times: 0, status: 400, body: [{ errorCode: 'INVALID_FIELD', message }] });
  await org.fault({ path: '/composite', times: 0, status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'gone' }] });
  const narrow = { contacts: { properties: ['id', 'system_modstamp'] }, id_redirects: {} };
  const read = await sync(org.config(on), configure(streams, narrow));
  expect(read.records('contacts').length).toBeGreaterThan(30);
  expect(read.records('id_redirects')).toEqual([]);
});

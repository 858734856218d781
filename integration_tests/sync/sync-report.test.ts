import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { complaintsOfRecords } from '../protocol.ts';
import { configure, discoverStreams, makeLarge, sync, type Sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
const on = { sync_report: true, hard_deletes: true };
const REPORT = '_sync_report';

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 60, seed: 12 });
  streams = await discoverStreams(org.config(on));
});
afterAll(() => org.close());

const rowOf = (read: Sync, stream: string) => read.records(REPORT).find((row) => row['stream'] === stream);
const isTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

function expectSound(read: Sync): void {
  expect(read.statusesOf(REPORT)).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
  const complaints = complaintsOfRecords(read.run, { streams: [streams.get(REPORT) as AirbyteStream] });
  expect(complaints.filter((text) => text.startsWith(`${REPORT}:`))).toEqual([]);
  // It comes after all others have ended.
  const types = read.run.messages.flatMap((message) => {
    if (message.type === 'RECORD') return [message.record.stream];
    if (message.type !== 'TRACE' || message.trace.type !== 'STREAM_STATUS') return [];
    const { stream_descriptor, status } = message.trace.stream_status;
    return stream_descriptor.name !== REPORT && /COMPLETE/.test(status) ? ['an end'] : [];
  });
  expect(types.lastIndexOf('an end')).toBeLessThan(types.indexOf(REPORT));
}

test('each stream has its row: how and why it was read, what it brought, what it cost', async () => {
  await makeLarge(org, ['Lead']);
  const catalog = configure(streams, {
    leads: {},
    contacts: {},
    opportunity_stage: {},
    invoice_c: {},
    names: {},
    [REPORT]: {},
  });
  const first = await sync(org.config(on), catalog);
  await org.clearFaults();
  expectSound(first);
  expect(first.records(REPORT).map(({ stream }) => stream)).toEqual([
    'leads',
    'contacts',
    'opportunity_stage',
    'invoice_c',
    'names',
  ]);
  const leads = first.records('leads').length;
  expect(rowOf(first, 'leads')).toEqual({
    sync_started_at: isTime, stream: 'leads', started_at: isTime, finished_at: isTime, verdict: 'complete', reason: null,
    mode: 'full', mode_reason: 'no earlier sync of it is known', transport: 'Bulk', rows: leads, deletes: 0, rows_counted: leads,
    api_calls: expect.any(Number), bulk_jobs: 1, bytes: expect.any(Number), seconds: expect.any(Number),
    deletes_complete_since: isTime, formulas_fresh_as_of: null,
  }); // prettier-ignore
  expect(Number(rowOf(first, 'leads')?.['api_calls'])).toBeGreaterThan(3);
  const contacts = first.records('contacts').length;
  expect(rowOf(first, 'contacts')).toMatchObject({
    transport: 'REST',
    bulk_jobs: 0,
    rows: contacts,
    rows_counted: contacts,
  });
  expect(rowOf(first, 'invoice_c')).toMatchObject({ formulas_fresh_as_of: isTime });
  expect(rowOf(first, 'names')).toMatchObject({
    mode: 'full',
    mode_reason: 'it is put together from what other streams read',
  });

  await org.settings({ clockOffsetMs: 2 * 3_600_000 });
  const [gone, soft] = (await org.rows('Contact'))
    .filter((row) => row['IsDeleted'] === false)
    .map((row) => String(row['Id']));
  await org.change(
    { op: 'purge', sobject: 'Contact', id: gone as string },
    { op: 'delete', sobject: 'Contact', id: soft as string },
  );
  await org.settings({ clockOffsetMs: 4 * 3_600_000 });
  const second = await sync(org.config(on), catalog, first.states);
  expectSound(second);
  expect(rowOf(second, 'contacts')).toMatchObject({ mode: 'incremental', mode_reason: expect.stringMatching(/^rows changed since 20/), deletes: 1, deletes_complete_since: isTime }); // prettier-ignore
  expect(rowOf(second, 'contacts')?.['rows']).toBe(second.records('contacts').length - 1);
  const started = [first, second].map((read) => read.records(REPORT)[0]?.['sync_started_at']);
  expect(new Set(started).size).toBe(2);
  expect(second.stateOf(REPORT)).toMatchObject({ sync_started_at: started[1] });
});

test('streams that fail or are gone say why, and the report is complete all the same', async () => {
  await org.fault({ path: 'FROM%20Lead|FROM\\+Lead|FROM Lead', times: 0, status: 400, body: [{ errorCode: 'INVALID_TYPE_FOR_OPERATION', message: 'not today' }] }); // prettier-ignore
  await org.fault({ path: '/composite', times: 0, status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'gone' }] });
  const lost = streams.get('leads') as AirbyteStream;
  const vanished = { ...lost, name: 'lost_c', json_schema: { ...lost.json_schema, 'x-sobject': 'Lost__c' } };
  const catalog = configure(new Map([...streams, ['lost_c', vanished]]), { leads: {}, profile: {}, lost_c: { destinationSyncMode: 'append' }, [REPORT]: {} }); // prettier-ignore
  const read = await sync(org.config(on), catalog, undefined, { mayFail: true });
  await org.clearFaults();
  expectSound(read);
  expect(read.run.exitCode).toBe(1);
  expect(rowOf(read, 'leads')).toMatchObject({ verdict: 'incomplete', reason: expect.stringMatching(/\w+ \w+/), deletes_complete_since: null }); // prettier-ignore
  expect(rowOf(read, 'profile')).toMatchObject({ verdict: 'complete', reason: null });
  expect(rowOf(read, 'lost_c')).toMatchObject({ verdict: 'gone', reason: expect.stringMatching(/lost_c is not in the org/), started_at: null, mode: null, rows: 0 }); // prettier-ignore
});

test('a stream without queries of which no selected column exists fails with the reason, and the others are told', async () => {
  const all = await discoverStreams(org.config({ ...on, data_dictionary: true, id_redirects: true }));
  const nonsense = { properties: ['nonsense'] };
  const catalog = configure(all, { contacts: {}, fields: nonsense, id_redirects: nonsense, [REPORT]: {} });
  const read = await sync(org.config(on), catalog, undefined, { mayFail: true });
  expect(read.errors.map(({ stream }) => stream).toSorted()).toEqual(['fields', 'id_redirects']);
  expect(rowOf(read, 'fields')).toMatchObject({
    verdict: 'incomplete',
    reason: expect.stringMatching(/none of the selected/),
  });
  expect(rowOf(read, 'contacts')).toMatchObject({ verdict: 'complete' });
  const blind = configure(all, { contacts: {}, [REPORT]: nonsense });
  const second = await sync(org.config(on), blind, undefined, { mayFail: true });
  expect(second.errors).toMatchObject([{ stream: REPORT, failure_type: 'config_error' }]);
  expect(second.statusesOf('contacts').at(-1)).toBe('COMPLETE');
});

test('a login that fails is told in it as well', async () => {
  const login = {
    auth_type: 'oauth',
    client_id: 'practice-client',
    client_secret: 'practice-secret',
    refresh_token: 'void',
  };
  const read = await sync({ ...org.config(on), credentials: login }, configure(streams, { leads: {}, [REPORT]: {} }), undefined, { mayFail: true }); // prettier-ignore
  expect(read.run.exitCode).toBe(1);
  expectSound(read);
  expect(rowOf(read, 'leads')).toMatchObject({
    verdict: 'incomplete',
    reason: expect.stringMatching(/refresh token/),
    api_calls: 0,
  });
});

test('without sync_report it is not offered; with it, no API call more is made', async () => {
  expect([...(await discoverStreams(org.config())).keys()]).not.toContain(REPORT);
  const callsOf = async (chosen: Parameters<typeof configure>[1]) => {
    await org.clearLog();
    await sync(org.config(on), configure(streams, chosen));
    return (await org.log()).filter(({ counted }) => counted).length;
  };
  const profile: JsonObject = {};
  expect(await callsOf({ profile, [REPORT]: {} })).toBe(await callsOf({ profile }));
});

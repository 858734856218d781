/** Steps that a reading can do without: refused, each falls back to the next simpler way with a WARN, and costs no row. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import { openPracticeOrg, type Fault, type OrgUnderTest } from '../practice-org.ts';
import { configure, discoverStreams, makeLarge, sync } from './sync.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
let shiftedMs = 0;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 1_200, seed: 9, rowsOf: { Lead: 2_500 }, objects: 300 });
  streams = await discoverStreams(org.config());
});
afterEach(async () => {
  await org.clearFaults();
  await org.settings({ pageRows: 0, gzip: true });
});
afterAll(() => org.close());

const properties = ['id', 'company', 'last_name', 'system_modstamp', 'is_deleted'];
const leads = () => configure(streams, { leads: { properties } });
const idsOf = async () => (await org.rows('Lead')).map(({ Id }) => String(Id)).sort();
const refusal = (errorCode: string, message: string, status = 400) => ({
  times: 0,
  status,
  body: [{ errorCode, message }],
});

async function passTime(ms: number): Promise<void> {
  shiftedMs += ms;
  await org.settings({ clockOffsetMs: shiftedMs });
}

async function readLeads(...faults: Fault[]) {
  for (const fault of faults) await org.fault(fault);
  const read = await sync(org.config(), leads());
  const ids = read.records('leads').map(({ id }) => String(id));
  return { read, log: read.logs.join('\n'), ids: ids.sort() };
}

describe('a Bulk job that the org does not create', () => {
  test.each([
    ['INSUFFICIENT_ACCESS', 'Sie haben keinen Zugriff auf diese Ressource.', 403],
    ['A_CODE_OF_NEXT_YEAR', 'Das geht hier nicht.', 400],
    ['UNKNOWN_EXCEPTION', 'An unexpected error occurred.', 400],
  ])('for %s is replaced by REST with a WARN', async (errorCode, message, status) => {
    await makeLarge(org, ['Lead']);
    const { log, ids } = await readLeads({
      method: 'POST',
      path: '/jobs/query$',
      ...refusal(errorCode, message, status),
    });
    expect(ids).toEqual(await idsOf());
    expect(log).toMatch(/^WARN .*leads?.*REST/im);
  });
});

test('a composite that is refused by any code is replaced by single requests', async () => {
  const { ids } = await readLeads({
    path: '/composite',
    ...refusal('INSUFFICIENT_ACCESS', 'Diese Funktion ist nicht verfügbar.', 403),
  });
  expect(ids).toEqual(await idsOf());
});

test('an order that the org refuses is given up, and every row comes', async () => {
  const { ids, log } = await readLeads({
    path: 'FROM Lead.*ORDER BY',
    ...refusal('MALFORMED_QUERY', 'Die Sortierung wird nicht unterstützt.'),
  });
  expect(ids).toEqual(await idsOf());
  expect(log).toMatch(/^WARN .*order/im);
});

test('an increment that the org refuses becomes a whole read, and the next one is asked again', async () => {
  const first = await sync(org.config(), leads());
  await passTime(HOUR_MS);
  await org.fault({
    path: 'FROM Lead WHERE .*SystemModstamp',
    ...refusal('INVALID_FIELD', "Das Feld 'SystemModstamp' kann nicht gefiltert werden."),
  });
  const whole = await sync(org.config(), leads(), first.states);
  expect(
    whole
      .records('leads')
      .map(({ id }) => String(id))
      .sort(),
  ).toEqual(await idsOf());
  expect(whole.logs.join('\n')).toMatch(/^WARN .*leads/im);
  await org.clearFaults();
  await passTime(2 * HOUR_MS);
  const next = await sync(org.config(), leads(), whole.states);
  expect(next.records('leads').length).toEqual(0);
});

test.each([
  ['INSUFFICIENT_ACCESS', 403],
  ['A_CODE_OF_NEXT_YEAR', 400],
  ['UNKNOWN_EXCEPTION', 500],
])('a list of deletions refused with %s costs the tombstones, which a WARN says, and no row', async (code, status) => {
  const config = org.config({ hard_deletes: true });
  const first = await sync(config, leads());
  const [changed] = await idsOf();
  await passTime(HOUR_MS);
  await org.change({ op: 'update', sobject: 'Lead', id: changed as string, values: { Company: `new ${code}` } });
  await passTime(HOUR_MS);
  await org.fault({ path: '/sobjects/Lead/deleted', ...refusal(code, 'Abgelehnt.', status) });
  const next = await sync(config, leads(), first.states);
  expect(next.records('leads').map(({ company }) => company)).toEqual([`new ${code}`]);
  expect(next.logs.join('\n')).toMatch(/^WARN .*leads.*deleted for good since \d{4}-/m);
});

test('a query that is too complicated for its columns is asked in parts, by REST and by Bulk, no value lost', async () => {
  const many = Object.keys(streams.get('leads')?.json_schema.properties ?? {}).filter((name) => !/photo/.test(name));
  const catalog = configure(streams, { leads: { properties: many } });
  const wanted = await sync(org.config(), catalog);
  const tooMany = refusal('QUERY_TOO_COMPLICATED', 'Die Abfrage ist zu kompliziert.');
  await org.fault({ path: 'SELECT ([^, ]+,){30}.* FROM Lead', ...tooMany });
  await org.fault({ method: 'POST', path: '/jobs/query$', ...tooMany });
  const parts = await sync(org.config(), catalog);
  const sorted = (rows: readonly { id?: unknown }[]) =>
    rows.toSorted((one, other) => (String(one.id) < String(other.id) ? -1 : 1));
  expect(sorted(parts.records('leads'))).toEqual(sorted(wanted.records('leads')));
});

test('pages of 200 rows make a large read go on by Bulk, each row once', async () => {
  await org.settings({ pageRows: 200 });
  await org.clearLog();
  const { ids } = await readLeads();
  expect(ids).toEqual(await idsOf());
  const asked = (await org.log()).map(({ path }) => path);
  expect(asked.filter((path) => /\/query/.test(path) && !/jobs/.test(path)).length).toBeLessThanOrEqual(2);
  expect(asked.some((path) => path.endsWith('/results'))).toBe(true);
});

test('a session that is refused right after the login is waited for', async () => {
  await org.fault({
    path: '/services/data/v\\d+\\.0/',
    times: 2,
    status: 401,
    body: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }],
  });
  const { ids } = await readLeads();
  expect(ids).toEqual(await idsOf());
});

describe('a describe that always fails', () => {
  const broken = {
    path: '/sobjects/Campaign/describe',
    ...refusal('UNKNOWN_EXCEPTION', 'An unexpected error occurred.', 500),
  };

  test('ends no discover: the stream is left out with a WARN that says which and why', async () => {
    await org.fault(broken);
    const found = await discoverStreams(org.config());
    expect(found.has('campaigns')).toBe(false);
    expect(found.size).toBe(streams.size - 1);
  });

  test('fails its own stream in a read, early, and no other', async () => {
    await org.fault(broken);
    const catalog = configure(streams, { leads: { properties }, campaigns: {} });
    const startedAt = Date.now();
    const read = await sync(org.config(), catalog, undefined, { mayFail: true });
    expect(Date.now() - startedAt).toBeLessThan(60_000);
    expect(read.run.exitCode).toBe(1);
    expect(read.errors.map(({ stream }) => stream)).toEqual(['campaigns']);
    expect(read.statusesOf('leads').at(-1)).toBe('COMPLETE');
    expect(read.statusesOf('campaigns').at(-1)).toBe('INCOMPLETE');
  });
});

test('a row seen as soft-deleted and purged days later leaves a tombstone, though the list dates it by the soft delete', async () => {
  const config = org.config({ hard_deletes: true });
  const catalog = configure(streams, { leads: { properties: [...properties, '_ab_cdc_deleted_at'] } });
  const first = await sync(config, catalog);
  const id = (await idsOf()).at(-1) as string;
  await passTime(HOUR_MS);
  await org.change({ op: 'delete', sobject: 'Lead', id });
  await passTime(HOUR_MS);
  const second = await sync(config, catalog, first.states);
  expect(second.records('leads').map((row) => [row['id'], row['is_deleted']])).toEqual([[id, true]]);
  await passTime(2 * DAY_MS);
  const third = await sync(config, catalog, second.states);
  await org.change({ op: 'purge', sobject: 'Lead', id });
  await passTime(DAY_MS + HOUR_MS);
  const fourth = await sync(config, catalog, third.states);
  const tombstones = fourth.records('leads').filter((row) => row['_ab_cdc_deleted_at'] !== null);
  expect(tombstones.map((row) => row['id'])).toEqual([id]);
});

test('a big object has no key but its event, and is read whole, unordered and uncounted', async () => {
  const stream = streams.get('login_events');
  expect(stream?.source_defined_primary_key).toEqual([['event_identifier']]);
  expect(stream?.supported_sync_modes).toEqual(['full_refresh']);
  const read = await sync(org.config(), configure(streams, { login_events: {} }));
  const rows = await org.rows('LoginEvent');
  expect(new Set(read.records('login_events').map((row) => row['event_identifier'])).size).toBe(rows.length);
  expect(new Set(read.records('login_events').map((row) => row['id']))).toEqual(new Set(['000000000000000AAA']));
});

/** Answers that come whole by their length and are damaged inside, or that lack what Salesforce always sends. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import { openPracticeOrg, type Fault, type OrgUnderTest } from '../practice-org.ts';
import { runCheck, runDiscover } from '../program.ts';
import { catalogOf } from '../catalog.ts';
import { configure, discoverStreams, makeLarge, sync, type Sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
let leads: string[];

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 20, seed: 17, rowsOf: { Lead: 900 } });
  streams = await discoverStreams(org.config());
  leads = (await org.rows('Lead')).map((row) => String(row['Id'])).sort();
});
afterEach(async () => {
  await org.clearFaults();
  await org.settings({ pageRows: 0 });
});
afterAll(() => org.close());

const properties = ['id', 'system_modstamp', 'last_name', 'annual_revenue', 'email'];
const idsOf = (read: Sync) =>
  read
    .records('leads')
    .map(({ id }) => String(id))
    .sort();
/** A query that goes alone, since a fault strikes requests. */
const ROWS = '/(queryAll|query/)';

test.each<[string, Fault]>([
  ['the first page', { path: 'queryAll' }],
  ['a later page', { path: '/query/' }],
])('%s that is garbled inside is asked for again, each row once', async (_which, where) => {
  await org.settings({ pageRows: 300 });
  // A brace becomes a letter in the middle of the page: the length is right, and it begins and ends as JSON does.
  await org.fault({ ...where, edit: ['(?<=.{40000}"LastName":)"', 'x'], times: 2 });
  const read = await sync(org.config(), configure(streams, { leads: { properties } }));
  expect(idsOf(read)).toEqual(leads);
});

test('a page that is garbled for ever fails its stream with a sentence, after a few tries', async () => {
  await org.fault({ path: ROWS, edit: ['"LastName":"', '"LastName":x'], times: 0 });
  const read = await sync(org.config(), configure(streams, { leads: { properties } }), undefined, { mayFail: true });
  expect(read.run.exitCode).toBe(1);
  expect(read.errors).toMatchObject([
    {
      stream: 'leads',
      message: expect.stringMatching(/damaged JSON several times.*proxy/),
      failure_type: 'transient_error',
    },
  ]);
  expect(read.records('leads')).toEqual([]);
});

test('pages that are garbled in their batch are asked for alone', async () => {
  await org.fault({ path: '/composite', edit: ['"LastName":"', '"LastName":x'], times: 0 });
  const choice = { properties: ['id', 'last_name', 'system_modstamp'] };
  const read = await sync(org.config(), configure(streams, { contacts: choice, leads: choice }));
  expect(read.run.messages.filter(({ type }) => type === 'RECORD').length).toBe(
    leads.length + (await org.rows('Contact')).length,
  );
});

test.each([
  ['the list of objects', '/sobjects$'],
  ['a batch of describes', '/composite'],
  ['the limits', '/limits'],
])('%s that is garbled is asked for again', async (_which, path) => {
  await org.fault({ path, edit: ['(?<=.{60})":', '";'], times: 1 });
  expect(catalogOf(await runDiscover(org.config())).streams.length).toBe(streams.size);
});

test.each([
  ['is missing', '"Id":"[^"]*",', ''],
  ['is empty', '"Id":"[^"]*"', '"Id":""'],
  ['is null', '"Id":"[^"]*"', '"Id":null'],
])('a page of rows of which the Id %s fails before a line of it leaves', async (_how, pattern, replacement) => {
  await org.settings({ pageRows: 300 });
  await org.fault({ path: '/query/', edit: [pattern, replacement], times: 0 });
  await org.fault({ path: 'queryAll', skip: 1, edit: [pattern, replacement], times: 0 });
  const read = await sync(org.config(), configure(streams, { leads: { properties } }), undefined, { mayFail: true });
  expect(read.run.exitCode).toBe(1);
  expect(read.errors).toMatchObject([{ stream: 'leads', message: expect.stringMatching(/rows without their Id/) }]);
  expect(read.records('leads').every(({ id }) => typeof id === 'string')).toBe(true);
  expect(read.records('leads').length).toBe(300);
});

test('selected members that do not come are told once, with counts', async () => {
  await org.fault({ path: ROWS, edit: ['"(Email|AnnualRevenue)":(null|"[^"]*"|[^",}]*),?', ''], times: 0 });
  await org.fault({ path: ROWS, edit: [',}', '}'], times: 0 });
  const read = await sync(
    org.config(),
    configure(streams, { leads: { properties: ['id', 'email', 'annual_revenue', 'system_modstamp'] } }),
  );
  expect(idsOf(read)).toEqual(leads);
  const told = read.logs.filter((log) => log.includes('lack'));
  expect(told).toEqual([
    expect.stringMatching(
      /^WARN Stream leads: .*lack .*Email \(900 rows\).*AnnualRevenue \(900 rows\)|^WARN Stream leads: .*lack .*AnnualRevenue \(900 rows\).*Email \(900 rows\)/,
    ),
  ]);
  expect(read.logs.join('\n')).toMatch(/Values lost: .*1800 did not come at all/);
});

test.each(['REST', 'Bulk'] as const)(
  'values that are not of their type become null and are counted, by %s',
  async (way) => {
    if (way === 'Bulk') await makeLarge(org, ['Lead']);
    const numbers =
      way === 'Bulk' ? ['"(\\d+\\.\\d+)"', '"1,234.5"'] : ['"AnnualRevenue":[^,}]+', '"AnnualRevenue":"1,234.5"'];
    await org.fault({ path: way === 'Bulk' ? '/results' : ROWS, edit: numbers as [string, string], times: 0 });
    const read = await sync(
      org.config(),
      configure(streams, { leads: { properties: ['id', 'annual_revenue', 'system_modstamp'] } }),
    );
    const nulled = read.records('leads').filter(({ annual_revenue }) => annual_revenue === null).length;
    expect(nulled).toBeGreaterThan(0);
    expect(
      read.logs.filter((log) => /^WARN Stream leads: annual_revenue became null in \d+ rows/.test(log)).length,
    ).toBe(1);
    expect(read.logs.join('\n')).toMatch(/Values lost: \d+ became null because they were not of their type/);
  },
);

test('a byte order mark is taken in every answer', async () => {
  await org.settings({ pageRows: 300 });
  await org.fault({ path: '.', edit: ['^(?=[^])', '\ufeff'], times: 0 });
  expect((await runCheck(org.config())).exitCode).toBe(0);
  const read = await sync(org.config(), configure(streams, { leads: { properties }, accounts: {} }));
  expect(idsOf(read)).toEqual(leads);
  await makeLarge(org, ['Lead']);
  expect(idsOf(await sync(org.config(), configure(streams, { leads: { properties } })))).toEqual(leads);
});

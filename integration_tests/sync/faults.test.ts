import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import { openPracticeOrg, type Fault, type OrgUnderTest } from '../practice-org.ts';
import { configure, discoverStreams, makeLarge, refusalByBulk, sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
let wanted: string[];

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 5_000, seed: 3, rowsOf: { Lead: 5_000 } });
  streams = await discoverStreams(org.config());
  wanted = (await org.rows('Lead')).map((row) => String(row['Id'])).sort();
});
afterEach(() => org.clearFaults());
afterAll(() => org.close());

const properties = ['id', 'last_name', 'company', 'system_modstamp', 'is_deleted'];

/** Reads leads by REST or Bulk under faults; every row must come, once. */
async function readLeads(transport: 'REST' | 'Bulk', ...faults: Fault[]) {
  if (transport === 'Bulk') await makeLarge(org, ['Lead']);
  for (const fault of faults) await org.fault(fault);
  const read = await sync(org.config(), configure(streams, { leads: { properties } }), undefined, { mayFail: true });
  return {
    read,
    ids: read
      .records('leads')
      .map(({ id }) => String(id))
      .sort(),
  };
}

/** Reads leads and, beside them, contacts; either may fail. */
function readLeadsAndContacts() {
  const catalog = configure(streams, { leads: { properties }, contacts: { properties: ['id'] } });
  return sync(org.config(), catalog, undefined, { mayFail: true });
}

const SURVIVED: [string, 'REST' | 'Bulk', Fault][] = [
  ['a server error with an HTML body', 'REST', { path: '/query', status: 503, body: '<html>Server too busy</html>' }],
  ['an edge without a route', 'REST', { path: '/query', status: 420, body: '' }],
  ['an empty 406', 'REST', { path: '/query', status: 406, body: '' }],
  ['too many requests', 'REST', { path: '/query', status: 429, body: '', headers: { 'retry-after': '1' } }],
  [
    'too many long requests',
    'REST',
    {
      path: '/query',
      status: 403,
      body: [
        {
          message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
          errorCode: 'REQUEST_LIMIT_EXCEEDED',
        },
      ],
    },
  ],
  ['a reset connection', 'REST', { path: '/query', reset: true }],
  ['a body cut in the middle', 'REST', { path: '/query', cutAfterBytes: 2_000 }],
  ['a session that expires between pages', 'REST', { path: '/query/', expireSession: true }],
  [
    'a lost query locator',
    'REST',
    { path: '/query/', status: 400, body: [{ message: 'invalid query locator', errorCode: 'INVALID_QUERY_LOCATOR' }] },
  ],
  [
    'a composite that fails as a whole, twice',
    'REST',
    {
      path: '/composite$',
      times: 2,
      status: 500,
      body: [{ message: 'An unexpected error occurred.', errorCode: 'UNKNOWN_EXCEPTION' }],
    },
  ],
  ['a result page cut in the middle', 'Bulk', { path: '/results', cutAfterBytes: 20_000 }],
  ['a result page with fewer rows than announced', 'Bulk', { path: '/results', shortPage: 7 }],
  ['a session that expires while a job runs', 'Bulk', { path: '/jobs/query/750', expireSession: true }],
  ['a server error on the results', 'Bulk', { path: '/results', status: 502, body: '<html/>' }],
  ['an object that Bulk refuses', 'Bulk', refusalByBulk('Lead')],
];

test.each(SURVIVED)('%s over %s costs no row and doubles none', async (_, transport, fault) => {
  const { read, ids } = await readLeads(transport, fault);
  expect(read.errors).toEqual([]);
  expect(read.run.exitCode).toBe(0);
  expect(ids).toEqual(wanted);
});

test.each([
  ['a first page, twice', { path: '/queryAll', cutAfterBytes: 150_000, times: 2 }],
  ['a later page', { path: '/query/', cutAfterBytes: 150_000 }],
  ['a page and then its cursor', { path: '/query(All|/)', skip: 1, cutAfterBytes: 150_000, times: 2 }],
] as const)('%s that breaks off behind rows that have left is gone on with behind the last of them', async (_, fault) => {
  await org.settings({ gzip: false });
  await org.clearLog();
  const { read, ids } = await readLeads('REST', fault);
  const queries = (await org.log()).filter(({ path }) => /\/query/.test(path));
  await org.settings({ gzip: true });
  expect(read.errors).toEqual([]);
  expect(ids).toEqual(wanted);
  const told = read.logs.filter((line) => /broke off after [1-9]\d* rows; going on behind the last/.test(line));
  expect(told).toHaveLength(fault.path === '/query/' ? 1 : 2);
  // Three pages of 2,000, and one query more for each that broke.
  expect(queries.length).toBeLessThanOrEqual(3 + told.length);
}); // prettier-ignore

test('an org without composite resources and record counts is read all the same', async () => {
  await org.fault({
    path: '/composite',
    times: 0,
    status: 404,
    body: [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
  });
  await org.fault({
    path: '/limits',
    times: 0,
    status: 403,
    body: [{ errorCode: 'API_DISABLED_FOR_ORG', message: 'limits resource is not enabled' }],
  });
  const found = await discoverStreams(org.config());
  expect([...found.keys()]).toEqual([...streams.keys()]);
  const { read, ids } = await readLeads('REST');
  expect(read.run.exitCode).toBe(0);
  expect(ids).toEqual(wanted);
});

test('a query that runs too long is split until it passes', async () => {
  const timeout = {
    status: 400,
    body: [{ message: 'Your query request was running for too long.', errorCode: 'QUERY_TIMEOUT' }],
  };
  const { read, ids } = await readLeads(
    'REST',
    { path: '/queryAll.*FROM Lead(?!.*(LIMIT|Id <|Id >))', times: 0, ...timeout },
    { ...refusalByBulk('Lead'), times: 0 },
  );
  expect(read.errors).toEqual([]);
  expect(ids).toEqual(wanted);
});

test('a failed stream says why, the others go on, and the process exits 1', async () => {
  await org.fault({
    path: 'FROM Lead',
    times: 0,
    status: 400,
    body: [{ message: "exceeded 100000 distinct who/what's", errorCode: 'OPERATION_TOO_LARGE' }],
  });
  const read = await readLeadsAndContacts();
  expect(read.run.exitCode).toBe(1);
  expect(read.statusesOf('leads').at(-1)).toBe('INCOMPLETE');
  expect(read.statusesOf('contacts').at(-1)).toBe('COMPLETE');
  expect(read.errors).toMatchObject([{ stream: 'leads', message: expect.stringMatching(/View All Data/) }]);
});

test('rows that are announced and never come fail the stream', async () => {
  const { read } = await readLeads('Bulk', { path: '/results', times: 0, shortPage: 7 });
  expect(read.run.exitCode).toBe(1);
  expect(read.errors).toMatchObject([
    {
      stream: 'leads',
      failure_type: 'transient_error',
      message: expect.stringMatching(/announced \d+ rows and delivered/),
    },
  ]);
});

test('an allowance that is used up stops every stream, each with its own reason', async () => {
  await org.fault({
    path: '/(query|composite)',
    skip: 1,
    times: 0,
    status: 403,
    body: [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
  });
  const read = await readLeadsAndContacts();
  expect(read.run.exitCode).toBe(1);
  expect(read.errors.map(({ stream, failure_type }) => [stream, failure_type]).sort()).toEqual([
    ['contacts', 'transient_error'],
    ['leads', 'transient_error'],
  ]);
});

test('a field that vanishes after describe is dropped with a WARN', async () => {
  const message =
    "\nSELECT Id,Company FROM Lead\n          ^\nERROR at Row:1:Column:11\nNo such column 'Company' on entity 'Lead'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name.";
  const { read, ids } = await readLeads('REST', {
    path: 'Company',
    times: 0,
    status: 400,
    body: [{ message, errorCode: 'INVALID_FIELD' }],
  });
  expect(read.errors).toEqual([]);
  expect(ids).toEqual(wanted);
  expect(read.logs.join('\n')).toMatch(/WARN .*Company/);
});

test('a stream under a name of another naming is skipped with a sentence that says so, an overwritten one also in a TRACE', async () => {
  const { streams: entries } = configure(streams, { leads: {} });
  const named = (name: string, destination_sync_mode: string) => {
    const [entry] = structuredClone(entries) as unknown as [{ stream: { name: string; json_schema: object } }];
    delete (entry.stream.json_schema as { 'x-sobject'?: string })['x-sobject'];
    return { ...entry, stream: { ...entry.stream, name }, destination_sync_mode };
  };
  const catalog = { streams: [named('Lead', 'append'), named('Contact', 'overwrite'), named('Describe', 'append')] };
  const read = await sync(org.config(), catalog as unknown as Parameters<typeof sync>[1], undefined, { mayFail: true });
  const log = read.logs.join('\n');
  expect(log).toMatch(/WARN Stream Lead is skipped: .*naming: api/);
  expect(log).toMatch(/WARN Stream Describe is skipped: /);
  expect(read.run.exitCode).toBe(1);
  expect(read.errors.map(({ stream, message }) => [stream, message])).toEqual([
    ['Contact', expect.stringMatching(/^Stream Contact is skipped: .*Set naming: api/)],
  ]);
});

test('a lost field is not told to have been written, and hard deletes are asked without it', async () => {
  const config = org.config({ hard_deletes: true });
  const message = "No such column 'Company' on entity 'Lead'.";
  await org.fault({ path: 'Company', times: 0, status: 400, body: [{ message, errorCode: 'INVALID_FIELD' }] });
  const read = await sync(config, configure(streams, { leads: { properties } }));
  const own = JSON.stringify(read.stateOf('leads')?.['modstamp']);
  expect(own).toMatch(/"fields":"[^"]*LastName/);
  expect(own).not.toContain('Company');
});

test('a REST page that lost rows is read again by the next run, although a STATE had covered it', async () => {
  await org.settings({ pageRows: 900 });
  const { read, ids } = await readLeads('REST', { path: '/query/', shortPage: 3 });
  expect(read.run.exitCode).toBe(1);
  expect(read.errors).toMatchObject([{ stream: 'leads', failure_type: 'transient_error' }]);
  const rest = await sync(org.config(), configure(streams, { leads: { properties } }), read.states);
  await org.settings({ pageRows: 0 });
  const all = new Set([...ids, ...rest.records('leads').map(({ id }) => String(id))]);
  expect([...all].sort()).toEqual(wanted);
});

test.each<[string, Fault, string[]]>([
  ['a page that comes again in the place of the next', { path: '/query/', skip: 1, repeatRows: 900 }, ['leads']],
  ['a first page that comes again', { path: '/query/', repeatRows: 900 }, ['leads']],
  ['a page that half repeats the one before', { path: '/query/', repeatRows: 450, times: 0 }, ['leads']],
  ['a page that names itself as the next', { path: '/query/', stuckPage: true, times: 0 }, ['leads']],
])('%s fails the stream, after few calls', async (_, fault, failed) => {
  await org.settings({ pageRows: 900 });
  await org.clearLog();
  const { read, ids } = await readLeads('REST', fault);
  expect(read.errors.map(({ stream, failure_type }) => [stream, failure_type])).toEqual(
    failed.map((stream) => [stream, 'transient_error']),
  );
  expect(read.statusesOf('leads').at(-1)).toBe('INCOMPLETE');
  expect((await org.log()).length).toBeLessThan(40);
  await org.clearFaults();
  const rest = await sync(org.config(), configure(streams, { leads: { properties } }), read.states);
  await org.settings({ pageRows: 0 });
  const restIds = rest.records('leads').map(({ id }) => String(id));
  expect([...new Set([...ids, ...restIds])].sort()).toEqual(wanted);
});

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import segmentCollections from '../../catalogs/segment-collections.json' with { type: 'json' };
import { openWarehouse } from '../../demo/warehouse.ts';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { expectedData } from './oracle.ts';
import { configure, discoverStreams, refusalByBulk, sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;

beforeAll(async () => {
  org = await openPracticeOrg({
    rows: 30,
    seed: 21,
    rowsOf: { ContentDocumentLink: 900, ContentDocument: 450, Attachment: 20, Wide__c: 600 },
  });
  // 780 fields with short names are 11 KB; a URL may have 16.
  const names = Array.from({ length: 120 }, (_, index) => `A_Name_As_Long_As_Admins_Like_${index}__c`);
  await org.change(
    ...names.map((name) => ({ op: 'addField', sobject: 'Wide__c', field: { name, type: 'double' } }) as const),
  );
  streams = await discoverStreams(org.config());
});
afterEach(() => org.clearFaults());
afterAll(() => org.close());

test('files are URLs unless asked for, and then base64 within the budget, the rest noted in meta.changes', async () => {
  const catalog = configure(streams, { attachments: {} });
  const urls = await sync(org.config(), catalog);
  expect(urls.records('attachments')[0]?.['body']).toMatch(
    /^\/services\/data\/v58\.0\/sobjects\/Attachment\/\w{18}\/Body$/,
  );
  const stored = new Map(
    (await org.rows('Attachment')).map((row) => [row['Id'], Buffer.from(String(row['Body'] ?? ''))]),
  );
  const sizes = [...stored.values()].map(({ length }) => length).sort((a, b) => a - b);
  const limit = sizes[Math.floor(sizes.length / 2)] as number;
  await org.clearLog();
  const files = await sync(
    org.config({ blobs: { max_bytes_per_record: limit, max_bytes_per_sync: 1_000_000 } }),
    catalog,
  );
  const fetched = (await org.log()).filter(({ path }) => path.endsWith('/Body'));
  expect(fetched, 'what is too large costs no call').toHaveLength(sizes.filter((size) => size <= limit).length);
  for (const message of files.run.messages) {
    if (message.type !== 'RECORD') continue;
    const content = stored.get(String(message.record.data['id'])) as Buffer;
    const fits = content.length <= limit;
    expect(message.record.data['body']).toBe(fits ? content.toString('base64') : null);
    const changes = fits ? undefined : [{ field: 'body', change: 'NULLED', reason: 'SOURCE_FIELD_SIZE_LIMITATION' }];
    expect(message.record.meta?.changes).toEqual(changes);
  }
  expect(files.records('attachments').length).toBe(stored.size);
});

test('a file without content has no URL and costs no call', async () => {
  const catalog = configure(streams, { attachments: { properties: ['id', 'name', 'body'] } });
  const [parent] = await org.rows('Account');
  const empty = { Name: 'Empty', ParentId: parent?.['Id'], Body: null, BodyLength: 0 };
  await org.change({ op: 'insert', sobject: 'Attachment', rows: [empty] } as never);
  const isEmpty = ({ name }: JsonObject) => name === 'Empty';
  const urls = (await sync(org.config(), catalog)).records('attachments');
  expect(new Set(urls.filter(isEmpty).map(({ body }) => body))).toEqual(new Set([null]));
  expect(urls.filter((row) => !isEmpty(row)).every(({ body }) => String(body).endsWith('/Body'))).toBe(true);
  await org.clearLog();
  const blobs = { max_bytes_per_record: 1_000_000, max_bytes_per_sync: 10_000_000 };
  const files = (await sync(org.config({ blobs }), catalog)).records('attachments');
  expect(new Set(files.filter(isEmpty).map(({ body }) => body))).toEqual(new Set([null]));
  const fetched = (await org.log()).filter(({ path }) => path.endsWith('/Body'));
  expect(fetched).toHaveLength(urls.filter((row) => !isEmpty(row)).length);
});

test('a file that breaks off every time fails its stream, which says so and doubles no record', async () => {
  await org.fault({ path: '/Attachment/\\w{18}/Body', skip: 3, times: 0, cutAfterBytes: 1 });
  const config = org.config({ blobs: { max_bytes_per_record: 1_000_000, max_bytes_per_sync: 10_000_000 } });
  const read = await sync(config, configure(streams, { attachments: {} }), undefined, { mayFail: true });
  const ids = read.records('attachments').map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(0);
  expect(read.errors).toMatchObject([
    { stream: 'attachments', failure_type: 'transient_error', message: expect.stringMatching(/max_bytes_per_record/) },
  ]);
});

test('received_at and uuid_ts are there on demand, for queries written against Segment', async () => {
  const config = org.config({ segment_columns: true });
  const read = await sync(config, configure(await discoverStreams(config), { leads: {} }));
  const { received_at: receivedAt, uuid_ts: uuidTs } = read.records('leads')[0] ?? {};
  expect(Math.abs(Date.parse(String(receivedAt)) - Date.now())).toBeLessThan(60_000);
  expect(uuidTs).toBe(receivedAt);
  expect((await sync(org.config(), configure(streams, { leads: {} }))).records('leads')[0]).not.toHaveProperty(
    'uuid_ts',
  );
});

test('ContentDocumentLink is read by its parents, whole and then incrementally', async () => {
  const catalog = configure(streams, { content_document_link: {} });
  const first = await sync(org.config(), catalog);
  expect(first.records('content_document_link').length).toBe((await org.rows('ContentDocumentLink')).length);
  await org.settings({ clockOffsetMs: 2 * 3_600_000 });
  const [id] = (await org.rows('ContentDocumentLink')).map((row) => String(row['Id'])) as [string];
  await org.change({ op: 'update', sobject: 'ContentDocumentLink', id, values: { Visibility: 'AllUsers' } });
  await org.settings({ clockOffsetMs: 4 * 3_600_000 });
  const second = await sync(org.config(), catalog, first.states);
  expect(second.records('content_document_link').map((data) => data['id'])).toEqual([id]);
});

test('an object too wide for a URL that Bulk refuses is read in chunks of fields, no value lost', async () => {
  await org.clearLog();
  await org.fault({ ...refusalByBulk('Wide__c'), times: 0 });
  const read = await sync(org.config(), configure(streams, { wide_c: {} }));
  const stored = await org.rows('Wide__c');
  const wanted = new Map(stored.map((row) => [row['Id'], expectedData(streams.get('wide_c') as AirbyteStream, row)]));
  expect(read.records('wide_c').length).toBe(stored.length);
  expect((await org.log()).filter(({ query }) => query.includes('LIMIT 500')).length).toBeGreaterThan(1);
  for (const data of read.records('wide_c'))
    expect(JSON.stringify(data)).toBe(JSON.stringify(wanted.get(String(data['id']))));
});

test('an increment of a wide object asks every chunk of its fields for the rows that changed only', async () => {
  const catalog = configure(streams, { wide_c: {} });
  await org.fault({ ...refusalByBulk('Wide__c'), times: 0 });
  const first = await sync(org.config(), catalog);
  await org.settings({ clockOffsetMs: 6 * 3_600_000 });
  const ids = (await org.rows('Wide__c')).map((row) => String(row['Id']));
  const changed = [ids[0], ids.at(-1)] as [string, string];
  await org.change(
    ...changed.map((id) => ({ op: 'update', sobject: 'Wide__c', id, values: { Name: 'changed' } }) as const),
  );
  await org.settings({ clockOffsetMs: 8 * 3_600_000 });
  await org.clearLog();
  const second = await sync(org.config(), catalog, first.states);
  expect(second.records('wide_c').map(({ id }) => id)).toEqual(changed);
  const chunks = (await org.log()).map(({ query }) => query).filter((query) => query.includes('FROM Wide__c'));
  expect(chunks.length).toBeGreaterThan(1);
  for (const query of chunks) expect(query).toMatch(/WHERE .*SystemModstamp >= /);
});

test.each(['47.0', '58.0', '62.0', '66.0'])('API version %s reads the same rows', async (api_version) => {
  const config = org.config({ api_version });
  const read = await sync(config, configure(await discoverStreams(config), { accounts: {}, leads: {}, documents: {} }));
  expect(read.records('accounts').length).toBe((await org.rows('Account')).length);
  const files = read.records('documents').flatMap(({ body }) => (body === null ? [] : [body]));
  expect(files.length).toBeGreaterThan(0);
  for (const url of files) expect(url).toMatch(new RegExp(`^/services/data/v${api_version}/`));
});

test('an API version that the org does not have yet is lowered to its newest, with a WARN', async () => {
  const read = await sync(org.config({ api_version: '99.0' }), configure(streams, { leads: { properties: ['id'] } }));
  expect(read.logs.join('\n')).toMatch(/WARN .*66\.0/);
});

test('two orgs land in one warehouse, each in its own schema', async () => {
  const other = await openPracticeOrg({ rows: 12, seed: 99 });
  const warehouse = await openWarehouse(':memory:');
  try {
    for (const [each, schema_name] of [
      [org, 'one'],
      [other, 'two'],
    ] as const) {
      const config = each.config({ schema_name });
      const catalog = configure(await discoverStreams(config), { leads: {} });
      const { run } = await sync(config, catalog);
      await warehouse.land(catalog as never, linesOf(run.lines));
    }
    const [counts] = await warehouse.query(
      'SELECT (SELECT count(*) FROM one.leads) AS one, (SELECT count(*) FROM two.leads) AS two',
    );
    expect(counts).toEqual({ one: (await org.rows('Lead')).length, two: (await other.rows('Lead')).length });
  } finally {
    warehouse.close();
    await other.close();
  }
});

test('streams_criteria choose what is discovered; negative ones exclude together', async () => {
  const named = await discoverStreams(
    org.config({
      streams_criteria: [
        { criteria: 'starts with', value: 'account' },
        { criteria: 'ends not with', value: 'share' },
        { criteria: 'not contains', value: 'HISTORY' },
      ],
    }),
  );
  const sobjects = [...named.values()].map((stream) => stream.json_schema['x-sobject']);
  expect(sobjects).toContain('Account');
  expect(
    sobjects.filter(
      (name) => !/^account/i.test(String(name)) || /share$/i.test(String(name)) || /history/i.test(String(name)),
    ),
  ).toEqual([]);
});

test('streams_preset offers the 48 collections of Segment in any naming; streams_criteria choose among them', async () => {
  const sobjectsOf = async (more: JsonObject) => {
    const named = await discoverStreams(org.config({ streams_preset: 'segment', ...more }));
    return [...named.values()].map((stream) => stream.json_schema['x-sobject']).sort();
  };
  const all = Object.keys(segmentCollections).sort();
  expect(all).toHaveLength(48);
  expect(await sobjectsOf({})).toEqual(all);
  expect(await sobjectsOf({ naming: 'api' })).toEqual(all);
  const criteria = [{ criteria: 'starts with', value: 'Opportunity' }];
  expect(await sobjectsOf({ streams_criteria: criteria })).toEqual(
    all.filter((name) => name.startsWith('Opportunity')),
  );
});

test('start_date leaves older rows out, of streams with a cursor', async () => {
  const start_date = '2024-01-01T00:00:00Z';
  const read = await sync(org.config({ start_date }), configure(streams, { leads: {} }));
  const younger = (await org.rows('Lead')).filter((row) => String(row['SystemModstamp']) >= '2024-01-01T00:00:00.000Z');
  expect(
    read
      .records('leads')
      .map((data) => data['id'])
      .sort(),
  ).toEqual(younger.map((row) => row['Id']).sort());
});

async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

test('a rotated refresh token leaves as CONTROL at once, in check, discover and read', async () => {
  const rotating = await openPracticeOrg({ rows: 5, seed: 1 });
  try {
    await rotating.settings({ rotateRefreshToken: true });
    let config: JsonObject = rotating.config();
    for (const command of ['check', 'discover', 'read'] as const) {
      const catalog = configure(streams, { leads: { properties: ['id'] } });
      const { runCheck, runDiscover, runRead } = await import('../program.ts');
      const run =
        command === 'check'
          ? await runCheck(config)
          : command === 'discover'
            ? await runDiscover(config)
            : await runRead({ config, catalog });
      const control = run.messages.find((message) => message.type === 'CONTROL');
      if (control?.type !== 'CONTROL')
        throw new Error(`${command} sent no CONTROL: ${run.lines.join('\n').slice(0, 500)}`);
      const next = control.control.connectorConfig.config;
      expect(next).not.toEqual(config);
      expect({ ...next, credentials: undefined }).toEqual({ ...config, credentials: undefined });
      config = next;
    }
  } finally {
    await rotating.close();
  }
});

/** TestBasicRead and TestFullRefresh of the connector acceptance tests, row by row, over everything that an org has. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Row } from '../../emulator/model.ts';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import { catalogOf, configureAll } from '../catalog.ts';
import type { HostCatalog } from '../catalog.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runDiscover, runRead } from '../program.ts';
import type { ProgramRun, RecordMessage } from '../program.ts';
import { complaintsOfMessages, complaintsOfOrder, complaintsOfRecords } from '../protocol.ts';
import { complaintsOfSecrets } from '../secrets.ts';
import { programForms } from './programs.ts';

describe.each(programForms('TestBasicRead'))('TestBasicRead: $form', ({ options, prepare }) => {
  let org: OrgUnderTest;
  let catalog: HostCatalog;
  let run: ProgramRun;
  const records = new Map<string, RecordMessage['record'][]>();

  beforeAll(async () => {
    prepare();
    org = await openPracticeOrg({ rows: 12, seed: 31 });
    catalog = configureAll(await runDiscover(org.config(), options), undefined, 'full_refresh');
    run = await runRead({ config: org.config(), catalog }, options);
    for (const message of run.messages) {
      if (message.type !== 'RECORD') continue;
      const list = records.get(message.record.stream) ?? [];
      records.set(message.record.stream, [...list, message.record]);
    }
  }, 900_000);
  afterAll(() => org?.close());

  test('test_read: messages are the protocol, exit code 0, no secret anywhere', () => {
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(complaintsOfMessages(run)).toEqual([]);
    expect(complaintsOfSecrets(run, org.config())).toEqual([]);
    expect(run.messages.filter((message) => message.type === 'TRACE' && message.trace.type === 'ERROR')).toEqual([]);
  });

  test('test_read, empty_streams: a stream is empty only where the object is', async () => {
    const empty = catalog.streams.map(({ stream }) => stream).filter(({ name }) => !records.has(name));
    for (const { name, json_schema } of empty) {
      const { 'x-sobject': sobject = name } = json_schema;
      // Name holds no rows of its own: its stream is made from the lookups of the others.
      if (sobject !== 'Name') expect(await org.rows(sobject), name).toEqual([]);
    }
    expect(records.size).toBeGreaterThan(50);
  });

  test('test_read, validate_schema and fail_on_extra_columns: strict types, patterns and keys', () => {
    expect(complaintsOfRecords(run, catalog, { extraColumns: 'fail' })).toEqual([]);
  });

  test('test_read: every record has a declared field with a value', () => {
    const hollow = [...records].flatMap(([name, list]) =>
      list.filter(({ data }) => !Object.values(data).some((value) => value !== null)).map(() => name),
    );
    expect(hollow).toEqual([]);
  });

  test('test_read, primary keys: set, and each once', () => {
    for (const { stream } of catalog.streams) {
      const [key] = stream.source_defined_primary_key?.[0] ?? [];
      const list = records.get(stream.name);
      if (key === undefined || list === undefined) continue;
      const ids = list.map(({ data }) => data[key]);
      expect(ids, stream.name).not.toContain(null);
      expect(new Set(ids).size, stream.name).toBe(ids.length);
    }
  });

  test('test_read, validate_stream_statuses and validate_state_messages: order, sums, a state for each stream', () => {
    expect(complaintsOfOrder(run, catalog)).toEqual([]);
    expect(run.messages.filter(({ type }) => type === 'STATE').length).toBeGreaterThanOrEqual(catalog.streams.length);
  });

  test.each(['Account', 'Contact', 'Lead', 'Opportunity', 'Task', 'User'])(
    'test_read, expect_records: every row of %s, with its own values',
    async (sobject) => {
      const stream = catalog.streams.find(({ stream }) => stream.json_schema['x-sobject'] === sobject)?.stream;
      const read = new Map(records.get(stream?.name ?? '')?.map(({ data }) => [String(data['id']), data]));
      const rows = await org.rows(sobject);
      expect(read.size).toBe(rows.length);
      for (const row of rows) {
        const record = read.get(String(row['Id']));
        for (const [property, field] of plainFields(stream))
          expect(record?.[property] ?? null, property).toEqual(asRead(row, field));
      }
    },
  );

  test('test_airbyte_trace_message_on_failure', async () => {
    const [first] = catalog.streams;
    const broken = {
      streams: [
        { ...first, sync_mode: 'INVALID', stream: { ...first?.stream, name: '__AIRBYTE__stream_that_does_not_exist' } },
      ],
    };
    const failed = await runRead({ config: org.config(), catalog: broken }, options);
    expect(failed.messages.some((message) => message.type === 'TRACE' && message.trace.type === 'ERROR')).toBe(true);
    expect(failed.exitCode).toBe(1);
  });

  test('TestFullRefresh, test_sequential_reads: the second begins after the first and holds the same rows', async () => {
    const names = new Set(['accounts', 'contacts', 'leads', 'users', 'campaigns']);
    const chosen = { streams: catalog.streams.filter(({ stream }) => names.has(stream.name)) };
    const first = await runRead({ config: org.config(), catalog: chosen }, options);
    await new Promise((wake) => setTimeout(wake, 100));
    const second = await runRead({ config: org.config(), catalog: chosen }, options);
    expect(Math.max(...emittedAt(first))).toBeLessThan(Math.min(...emittedAt(second)));
    expect(dataOf(second)).toEqual(dataOf(first));
    expect(dataOf(first).length).toBeGreaterThan(0);
  });

  test('the catalog of the acceptance tests is what discover says', async () => {
    const { streams } = catalogOf(await runDiscover(org.config(), options));
    expect(streams.map(({ name }) => name)).toEqual(catalog.streams.map(({ stream }) => stream.name));
  });
});

/** Properties whose stored value is the emitted one: text, flags and times; numbers may be written in other digits. */
function plainFields(stream: AirbyteStream | undefined): readonly [string, string][] {
  return Object.entries(stream?.json_schema.properties ?? {}).flatMap(([property, schema]): [string, string][] => {
    const field = schema['x-field'];
    const plain = schema.type.some(
      (type) => type === 'string' || type === 'boolean' || type === 'number' || type === 'integer',
    );
    return field !== undefined && plain && schema.format !== 'base64' && !/Body|VersionData/.test(field)
      ? [[property, field]]
      : [];
  });
}

/** As values travel: NUL removed, since Postgres and others refuse it; what is empty then is null, as it is in Bulk CSV. */
function asRead(row: Row, field: string): Row[string] {
  const value = row[field] ?? null;
  const text = typeof value === 'string' ? value.replaceAll('\0', '') : value;
  return text === '' ? null : text;
}

function emittedAt(run: ProgramRun): readonly number[] {
  return run.messages.flatMap((message) => (message.type === 'RECORD' ? [message.record.emitted_at] : []));
}

function dataOf(run: ProgramRun): readonly string[] {
  return run.messages
    .flatMap((message) => (message.type === 'RECORD' ? [JSON.stringify(message.record.data)] : []))
    .sort();
}

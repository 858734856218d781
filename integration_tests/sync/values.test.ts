import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { complaintsOfRecords } from '../protocol.ts';
import { expectedData } from './oracle.ts';
import { configure, discoverStreams, makeLarge, sync, type Sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
let catalog: JsonObject;
let byRest: Sync;
let byBulk: Sync;

/** Every stream of the org but `names`, which has no rows of its own. */
const own = () => [...streams.values()].filter((stream) => stream.json_schema['x-sobject'] !== 'Name');
const sobjectOf = (stream: AirbyteStream) => stream.json_schema['x-sobject'] as string;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 60, seed: 7 });
  streams = await discoverStreams(org.config());
  catalog = configure(streams, Object.fromEntries(own().map(({ name }) => [name, {}])));
  byRest = await sync(org.config(), catalog);
  await makeLarge(org, own().map(sobjectOf));
  byBulk = await sync(org.config(), catalog);
});
afterAll(() => org.close());

describe.each([
  ['REST', () => byRest],
  ['Bulk', () => byBulk],
] as const)('a first sync over %s', (_, read) => {
  test('brings every row of every object, value by value', async () => {
    const wrong: unknown[] = [];
    for (const stream of own()) {
      const stored = await org.rows(sobjectOf(stream));
      const key = stream.source_defined_primary_key?.[0]?.[0];
      const keyField = (key === undefined ? undefined : stream.json_schema.properties[key]?.['x-field']) ?? 'Id';
      const wanted = new Map(stored.map((row) => [row[keyField], expectedData(stream, row)]));
      const got = read().records(stream.name);
      if (got.length !== wanted.size) wrong.push({ stream: stream.name, got: got.length, wanted: wanted.size });
      if (key === undefined) continue;
      for (const data of got) {
        const difference = differenceOf(data, wanted.get(String(data[key])));
        if (difference && wrong.length < 20) wrong.push({ stream: stream.name, id: data[key], ...difference });
      }
    }
    expect(wrong).toEqual([]);
  });

  test('gives records that fit their schemas', () => {
    expect(complaintsOfRecords(read().run, { streams: own() })).toEqual([]);
  });
});

test('REST and Bulk give the same bytes for the same row', () => {
  const rest = dataBytes(byRest);
  const bulk = dataBytes(byBulk);
  expect(bulk.size).toBe(rest.size);
  expect([...rest].filter(([key, data]) => bulk.get(key) !== data).slice(0, 5)).toEqual([]);
});

test('Bulk did read by Bulk, and left no job behind', async () => {
  const log = await org.log();
  const created = log.filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs/query'));
  const deleted = log.filter(({ method, path }) => method === 'DELETE' && path.includes('/jobs/query/'));
  expect(created.filter(({ status }) => status === 200).length).toBeGreaterThan(60);
  expect(deleted.length).toBe(created.filter(({ status }) => status === 200).length);
});

/** `stream id` -> the text of `data` as it stood on the line. */
function dataBytes({ run }: Sync): Map<string, string> {
  const texts = new Map<string, string>();
  run.messages.forEach((message, index) => {
    if (message.type !== 'RECORD') return;
    const line = run.lines[index] ?? '';
    const data = line.slice(line.indexOf('"data":'), line.lastIndexOf(',"emitted_at"'));
    texts.set(`${message.record.stream} ${message.record.data['id'] ?? index}`, data);
  });
  return texts;
}

function differenceOf(got: JsonObject, wanted: JsonObject | undefined): object | undefined {
  if (!wanted) return { problem: 'no such row' };
  for (const [property, value] of Object.entries(wanted)) {
    if (JSON.stringify(got[property]) !== JSON.stringify(value)) return { property, got: got[property], wanted: value };
  }
  return Object.keys(got).length === Object.keys(wanted).length
    ? undefined
    : { got: Object.keys(got), wanted: Object.keys(wanted) };
}

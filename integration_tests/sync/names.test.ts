import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { complaintsOfRecords } from '../protocol.ts';
import { configure, discoverStreams, makeNamesSlow, sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 200, seed: 4 });
  streams = await discoverStreams(org.config());
});
afterAll(() => org.close());

const choices = { names: {}, tasks: {}, events: {}, cases: {}, leads: {} };

/** Every Id that a Who, What or Owner key of these objects points to. */
async function referenced(): Promise<string[]> {
  const ids = new Set<string>();
  for (const sobject of ['Task', 'Event', 'Case', 'Lead']) {
    for (const row of await org.rows(sobject)) {
      for (const key of ['WhoId', 'WhatId', 'OwnerId']) if (row[key]) ids.add(String(row[key]));
    }
  }
  return [...ids].sort();
}

test('each person, queue and record that a polymorphic key points to has its row in names, once', async () => {
  const read = await sync(org.config(), configure(streams, choices));
  const got = read.records('names').map(({ id }) => String(id));
  expect(got.toSorted()).toEqual(await referenced());
  expect(complaintsOfRecords(read.run, { streams: [streams.get('names') as AirbyteStream] })).not.toContainEqual(
    expect.stringContaining('names:'),
  );
});

test('the estimate of names is one figure, which grows by each lookup', async () => {
  const { run } = await sync(org.config(), configure(streams, choices));
  const figures = run.messages.flatMap((message) =>
    message.type === 'TRACE' && message.trace.type === 'ESTIMATE' && message.trace.estimate.name === 'names'
      ? [message.trace.estimate.row_estimate]
      : [],
  );
  expect(figures.length).toBeGreaterThan(1);
  expect(figures).toEqual([...new Set(figures)].toSorted((one, other) => one - other));
  expect(figures.at(-1)).toBeGreaterThanOrEqual((await referenced()).length);
});

test('names by Bulk are the same', async () => {
  await makeNamesSlow(org);
  await org.clearLog();
  const read = await sync(org.config(), configure(streams, choices));
  await org.clearFaults();
  const jobs = (await org.log()).filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs/query'));
  expect(jobs.length).toBeGreaterThan(3);
  expect(
    read
      .records('names')
      .map(({ id }) => String(id))
      .toSorted(),
  ).toEqual(await referenced());
});

test('Id tells rows apart also where it was not selected, and then is not written', async () => {
  const read = await sync(org.config(), configure(streams, { ...choices, names: { properties: ['name', 'type'] } }));
  expect(read.records('names').length).toBe((await referenced()).length);
  expect(Object.keys(read.records('names')[0] ?? {})).toEqual(['name', 'type']);
});

test('names of no selected collection are none, and the stream is complete', async () => {
  const read = await sync(org.config(), configure(streams, { names: {}, profile: {} }));
  expect(read.records('names')).toEqual([]);
  expect(read.statusesOf('names')).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
});

test('names of which every selected property is unknown fail with the reason, and unknown ones beside others are told', async () => {
  const names = streams.get('names') as AirbyteStream;
  const unknown = {
    ...names,
    json_schema: { ...names.json_schema, properties: { nonsense: { type: ['null', 'string'] } } },
  };
  const read = await sync(org.config(), configure(new Map([...streams, ['names', unknown]]), choices), undefined, {
    mayFail: true,
  });
  expect(read.statusesOf('names').at(-1)).toBe('INCOMPLETE');
  expect(read.errors).toMatchObject([{ stream: 'names', failure_type: 'config_error' }]);
  expect(read.statusesOf('tasks').at(-1)).toBe('COMPLETE');
});

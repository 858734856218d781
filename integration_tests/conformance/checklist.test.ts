/** What hosts do to a connector beyond the acceptance tests: kills, partial failures, odd input, slow pipes, big rows. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { configureAll, lastStates } from '../catalog.ts';
import type { HostCatalog } from '../catalog.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runDiscover, runRead } from '../program.ts';
import type { ProgramOptions, ProgramRun } from '../program.ts';
import { complaintsOfMessages, complaintsOfOrder } from '../protocol.ts';

let org: OrgUnderTest;
let discovered: ProgramRun;
beforeAll(async () => {
  org = await openPracticeOrg({ rows: 200, seed: 51, rowsOf: { Account: 12_000, Contact: 3000 } });
  discovered = await runDiscover(org.config());
});
afterEach(() => org.clearFaults());
afterAll(() => org?.close());

describe('a run that is stopped anywhere', () => {
  test.each<[string, (afterLines: number) => ProgramOptions]>([
    ['SIGKILL', (afterLines) => ({ kill: { signal: 'SIGKILL', afterLines } })],
    ['SIGTERM', (afterLines) => ({ kill: { signal: 'SIGTERM', afterLines } })],
    ['a closed pipe', (afterLines) => ({ closeAfterLines: afterLines })],
  ])('%s loses no row once it is started again from the last state', async (_, stop) => {
    const catalog = configureAll(discovered, ['accounts', 'contacts', 'leads']);
    const seen = new Set<string>();
    let state: readonly unknown[] = [];
    for (const afterLines of [40, 700, 5000]) {
      const run = await runRead({ config: org.config(), catalog, state }, stop(afterLines));
      for (const id of idsOf(run)) seen.add(id);
      state = merge(state, lastStates(run));
    }
    const last = await runRead({ config: org.config(), catalog, state });
    for (const id of idsOf(last)) seen.add(id);
    expect(last.exitCode, reasonsOf(last)).toBe(0);
    for (const sobject of ['Account', 'Contact', 'Lead']) {
      const missing = (await org.rows(sobject)).filter((row) => !seen.has(String(row['Id'])));
      expect(missing, sobject).toEqual([]);
    }
  });
});

describe('one stream of three that fails', () => {
  test('is INCOMPLETE with its reason, the others are COMPLETE, and the exit code is 1', async () => {
    const catalog = configureAll(discovered, ['leads', 'contacts', 'users']);
    const body = [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'insufficient access rights on object' }];
    await org.fault({ path: 'FROM Contact\\b', times: 0, status: 403, body });
    await org.fault({ path: '/jobs/query', method: 'POST', times: 0, status: 403, body });
    const run = await runRead({ config: org.config(), catalog });
    expect(ends(run)).toEqual({ leads: 'COMPLETE', contacts: 'INCOMPLETE', users: 'COMPLETE' });
    const errors = run.messages.flatMap((message) =>
      message.type === 'TRACE' && message.trace.type === 'ERROR' ? [message.trace.error] : [],
    );
    expect(errors[0]?.stream_descriptor).toEqual({ name: 'contacts' });
    expect(errors.every(({ failure_type }) => failure_type === 'config_error')).toBe(true);
    expect(run.exitCode).toBe(1);
    expect(complaintsOfMessages(run)).toEqual([]);
    expect(complaintsOfOrder(run, catalog)).toEqual([]);
  });
});

describe('input as hosts shape it', () => {
  test('PyAirbyte: incremental for every stream, overwrite, state []', async () => {
    const catalog = {
      streams: configureAll(discovered).streams.map((entry) => ({
        ...entry,
        sync_mode: 'incremental',
        destination_sync_mode: 'overwrite',
      })),
    };
    const run = await runRead({ config: org.config(), catalog, state: [] }, { timeoutMs: 110_000 });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(complaintsOfOrder(run, catalog)).toEqual([]);
  });

  test('the CDK: all optional members null, no state', async () => {
    const catalog = {
      streams: configureAll(discovered, ['accounts', 'users'], 'full_refresh').streams.map(({ stream, sync_mode }) => ({
        stream: { namespace: null, is_resumable: null, is_file_based: null, ...stream },
        sync_mode,
        destination_sync_mode: 'append',
        cursor_field: null,
        primary_key: null,
        destination_object_name: null,
        generation_id: null,
        minimum_generation_id: null,
        sync_id: null,
      })),
    };
    const run = await runRead({ config: org.config(), catalog });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(idsOf(run)).toHaveLength((await org.rows('Account')).length + (await org.rows('User')).length);
  });

  test('the platform: generation ids, a subset of the properties, and only these leave', async () => {
    const [accounts] = configureAll(discovered, ['accounts']).streams;
    const { id, name, system_modstamp } = accounts?.stream.json_schema.properties ?? {};
    const stream = {
      ...accounts?.stream,
      json_schema: { ...accounts?.stream.json_schema, properties: { id, name, system_modstamp } },
    };
    const catalog = { streams: [{ ...accounts, stream, generation_id: 2, minimum_generation_id: 0, sync_id: 11 }] };
    const run = await runRead({ config: org.config(), catalog });
    const keys = run.messages.flatMap((message) =>
      message.type === 'RECORD' ? [Object.keys(message.record.data).join()] : [],
    );
    expect([...new Set(keys)]).toEqual(['id,name,system_modstamp']);
    expect(run.exitCode, reasonsOf(run)).toBe(0);
  });

  test('streams and properties that the org no longer has are skipped, said, and end INCOMPLETE', async () => {
    const { streams } = configureAll(discovered, ['leads']);
    const [leads] = streams;
    const properties = {
      ...leads?.stream.json_schema.properties,
      retired_c: { type: ['null', 'string'], 'x-field': 'Retired__c' },
    };
    const gone = {
      ...leads,
      stream: {
        ...leads?.stream,
        name: 'old_things_c',
        json_schema: { ...leads?.stream.json_schema, 'x-sobject': 'Old_Thing__c' },
      },
    };
    const catalog = {
      streams: [
        { ...leads, stream: { ...leads?.stream, json_schema: { ...leads?.stream.json_schema, properties } } },
        gone,
      ],
    };
    const run = await runRead({ config: org.config(), catalog });
    expect(ends(run)).toEqual({ leads: 'COMPLETE', old_things_c: 'INCOMPLETE' });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    const warnings = run.messages.flatMap((message) =>
      message.type === 'LOG' && message.log.level === 'WARN' ? [message.log.message] : [],
    );
    expect(warnings.join('\n')).toMatch(/retired_c|Retired__c/);
    expect(warnings.join('\n')).toMatch(/old_things_c|Old_Thing__c/);
    expect(idsOf(run)).toHaveLength((await org.rows('Lead')).length);
  });

  test('a stream that vanished and is written with overwrite makes the exit code 1', async () => {
    const [leads] = configureAll(discovered, ['leads']).streams;
    const gone = {
      ...leads?.stream,
      name: 'old_things_c',
      json_schema: { ...leads?.stream.json_schema, 'x-sobject': 'Old_Thing__c' },
    };
    const catalog = { streams: [{ stream: gone, sync_mode: 'full_refresh', destination_sync_mode: 'overwrite' }] };
    expect((await runRead({ config: org.config(), catalog })).exitCode).toBe(1);
  });
});

describe('a pipe', () => {
  test('that is read slowly keeps the memory bounded', async () => {
    const catalog: HostCatalog = configureAll(discovered, ['accounts'], 'full_refresh');
    const fast = await runRead({ config: org.config(), catalog });
    let lines = 0;
    const slow = await runRead(
      { config: org.config(), catalog },
      { onLine: () => (++lines % 400 === 0 ? new Promise((wake) => setTimeout(wake, 100)) : undefined) },
    );
    expect(slow.exitCode, reasonsOf(slow)).toBe(0);
    expect(idsOf(slow)).toHaveLength(idsOf(fast).length);
    expect(slow.peakRssBytes).toBeLessThan(fast.peakRssBytes + 60_000_000);
  });

  test('takes a line of 5 MB', async () => {
    const long = 'ä'.repeat(2_500_000);
    const [id = ''] = await org.change({
      op: 'insert',
      sobject: 'Lead',
      rows: [{ LastName: 'Long', Company: 'Long', Description: long }],
    });
    const run = await runRead({ config: org.config(), catalog: configureAll(discovered, ['leads']) });
    const lead = run.messages.flatMap((message) =>
      message.type === 'RECORD' && message.record.data['id'] === id ? [message.record.data] : [],
    );
    expect(lead[0]?.['description']).toBe(long);
    await org.change({ op: 'purge', sobject: 'Lead', id });
  });
});

describe('a large org', () => {
  test('of 1,327 objects is discovered within 60 seconds and 250 MB', async () => {
    const large = await openPracticeOrg({ rows: 1, seed: 2, objects: 1327 });
    const run = await runDiscover(large.config(), { timeoutMs: 60_000 });
    await large.close();
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(run.peakRssBytes).toBeLessThan(250_000_000);
  });
});

function idsOf(run: ProgramRun): readonly string[] {
  return run.messages.flatMap((message) => (message.type === 'RECORD' ? [String(message.record.data['id'])] : []));
}

/** Last status of each stream. */
function ends(run: ProgramRun): Record<string, string> {
  const last: Record<string, string> = {};
  for (const message of run.messages) {
    if (message.type !== 'TRACE' || message.trace.type !== 'STREAM_STATUS') continue;
    const { stream_descriptor, status } = message.trace.stream_status;
    last[stream_descriptor.name] = status;
  }
  return last;
}

/** States of an earlier run replaced by those of a later one, as a host keeps them. */
function merge(before: readonly unknown[], after: readonly object[]): readonly unknown[] {
  const name = (state: unknown) =>
    (state as { stream: { stream_descriptor: { name: string } } }).stream.stream_descriptor.name;
  const names = new Set(after.map(name));
  return [...before.filter((state) => !names.has(name(state))), ...after];
}

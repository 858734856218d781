/** TestIncremental of the connector acceptance tests, row by row. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configureAll, lastStates } from '../catalog.ts';
import type { HostCatalog } from '../catalog.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runDiscover, runRead } from '../program.ts';
import type { ProgramRun } from '../program.ts';
import { complaintsOfMessages, complaintsOfOrder, complaintsOfRecords } from '../protocol.ts';
import { programForms } from './programs.ts';

const acceptance = resolve(import.meta.dirname, '../acceptance');
const json = (name: string): unknown => JSON.parse(readFileSync(resolve(acceptance, name), 'utf8'));
const streams = ['accounts', 'contacts', 'leads', 'opportunities', 'tasks', 'users'];

describe.each(programForms('TestIncremental'))('TestIncremental: $form', ({ options, prepare }) => {
  let org: OrgUnderTest;
  let catalog: HostCatalog;
  let first: ProgramRun;

  beforeAll(async () => {
    prepare();
    org = await openPracticeOrg({ rows: 300, seed: 41, rowsOf: { Account: 9000 } });
    catalog = configureAll(await runDiscover(org.config(), options), streams, 'incremental');
    first = await runRead({ config: org.config(), catalog }, options);
  }, 900_000);
  afterAll(() => org?.close());

  const read = (state: unknown) => runRead({ config: org.config(), catalog, state }, options);

  test('test_two_sequential_reads: records and states first, another picture then', async () => {
    expect(complaintsOfMessages(first)).toEqual([]);
    expect(complaintsOfOrder(first, catalog)).toEqual([]);
    expect(complaintsOfRecords(first, catalog)).toEqual([]);
    expect(countOf(first)).toBeGreaterThan(9000);
    const states = lastStates(first);
    expect(states).toHaveLength(catalog.streams.length);
    const second = await read(states);
    expect(second.exitCode, reasonsOf(second)).toBe(0);
    expect(complaintsOfOrder(second, catalog)).toEqual([]);
    expect(countOf(second)).toBeLessThan(countOf(first) / 10);
  });

  test('test_read_sequential_slices: a read from any state brings at least what was counted after it', async () => {
    const states = first.messages.flatMap((message) => (message.type === 'STATE' ? [message.state] : []));
    const accounts = states.filter(({ stream }) => stream.stream_descriptor.name === 'accounts');
    const sampled = [...new Set([0, Math.floor(accounts.length / 2), accounts.length - 1])];
    for (const index of sampled) {
      const remaining = accounts.slice(index + 1).reduce((sum, { sourceStats }) => sum + sourceStats.recordCount, 0);
      const again = await runRead(
        { config: org.config(), catalog: configured(catalog, 'accounts'), state: [accounts[index]] },
        options,
      );
      expect(countOf(again), `from state ${index + 1} of ${accounts.length}`).toBeGreaterThanOrEqual(remaining);
    }
    const total = states.reduce((sum, { sourceStats }) => sum + sourceStats.recordCount, 0);
    expect(total).toBe(countOf(first));
  });

  test('test_state_with_abnormally_large_values: nothing comes, and a state is there', async () => {
    const future = await read(json('future_state.json'));
    expect(future.exitCode, reasonsOf(future)).toBe(0);
    expect(countOf(future)).toBe(0);
    expect(lastStates(future)).toHaveLength(catalog.streams.length);
  });

  test('the cursor stands in the state under its own name, as text of one format', () => {
    for (const message of first.messages) {
      if (message.type !== 'STATE') continue;
      const { stream_descriptor, stream_state } = message.state.stream;
      const cursor = catalog.streams.find(({ stream }) => stream.name === stream_descriptor.name)?.stream
        .default_cursor_field?.[0];
      if (cursor !== undefined && cursor in stream_state) {
        expect(stream_state[cursor]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }
    }
    for (const state of lastStates(first)) expect(JSON.stringify(state)).toMatch(/"system_modstamp":"\d{4}-/);
  });

  test('the configured catalog and the future state of acceptance-test-config.yml are of this program', async () => {
    const run = await runRead({ config: org.config(), catalog: json('configured_catalog.json') }, options);
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(complaintsOfRecords(run, json('configured_catalog.json') as HostCatalog)).toEqual([]);
    expect(countOf(run)).toBe(countOf(first));
  });
});

function countOf(run: ProgramRun): number {
  return run.messages.filter(({ type }) => type === 'RECORD').length;
}

function configured(catalog: HostCatalog, name: string): HostCatalog {
  return { streams: catalog.streams.filter(({ stream }) => stream.name === name) };
}

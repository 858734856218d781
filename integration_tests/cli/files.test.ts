/** Files that a user, a host or a full disk can leave behind: one clear sentence each, or politely taken as they are. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configureAll } from '../catalog.ts';
import type { HostCatalog } from '../catalog.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runDiscover, runProgram, runRead } from '../program.ts';
import type { ProgramRun } from '../program.ts';
import { complaintsOfMessages, complaintsOfOrder } from '../protocol.ts';

let org: OrgUnderTest;
let catalog: HostCatalog;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 5, seed: 3 });
  catalog = configureAll(await runDiscover(org.config()), ['accounts', 'users']);
});
afterAll(() => org?.close());

/** The run failed as the protocol wants: one TRACE that blames the configuration, in a sentence, and exit code 1. */
function expectOneSentence(run: ProgramRun, mentions: RegExp): void {
  const errors = run.messages.flatMap((message) =>
    message.type === 'TRACE' && message.trace.type === 'ERROR' ? [message.trace.error] : [],
  );
  expect(complaintsOfMessages(run)).toEqual([]);
  expect(errors.map(({ failure_type }) => failure_type)).toEqual(['config_error']);
  expect(errors[0]?.message).toMatch(mentions);
  expect(errors[0]?.message).toMatch(/^[^\n]{20,500}\.$/);
  expect(errors[0]).not.toHaveProperty('stack_trace');
  expect(run.exitCode).toBe(1);
  expect(run.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
}

const brokenTexts: readonly [string, string][] = [
  ['empty', ''],
  ['white space only', ' \n\n'],
  ['truncated', '{"credentials": {"auth_type": "oa'],
  ['an array', '[]'],
  ['a string', '"config"'],
  ['a number', '42'],
  ['null', 'null'],
  ['not JSON at all', 'client_id = abc'],
  ['binary', '\u0000\u0001\u0002{}'],
];

describe('a config file', () => {
  describe.each(brokenTexts)('%s', (_, content) => {
    test.each([
      ['check', ['check', '--config', 'config.json']],
      ['discover', ['discover', '--config', 'config.json']],
      ['read', ['read', '--config', 'config.json', '--catalog', 'catalog.json']],
    ])('is refused by %s in one sentence that names it', async (_, args) => {
      const run = await runProgram(args, { files: { 'config.json': content, 'catalog.json': catalog } });
      expectOneSentence(run, /config\.json/);
    });
  });

  test('that is not there is refused in one sentence that names it', async () => {
    expectOneSentence(await runProgram(['check', '--config', '/no/such/config.json']), /\/no\/such\/config\.json/);
  });

  test('that is a folder is refused in one sentence that names it', async () => {
    expectOneSentence(await runProgram(['check', '--config', '/tmp']), /\/tmp/);
  });

  test('with several faults is told all of them at once', async () => {
    const config = {
      credentials: { auth_type: 'oauth', client_id: 'a', client_secret: 'b' },
      lookback_window: 'ten minutes',
    };
    const run = await runRead({ config, catalog });
    expectOneSentence(run, /refresh_token.*lookback_window|lookback_window.*refresh_token/);
  });
});

describe('a catalog file', () => {
  const account = () => catalog.streams[0];
  test.each<[string, () => unknown]>([
    ['empty', () => ''],
    ['truncated', () => JSON.stringify(catalog).slice(0, 200)],
    ['an array', () => []],
    ['null', () => 'null'],
    ['without streams', () => ({})],
    ['with streams that are no array', () => ({ streams: { accounts: account() } })],
    ['with a stream that has no name', () => ({ streams: [{ ...account(), stream: { json_schema: {} } }] })],
    ['with a stream that is no object', () => ({ streams: ['accounts'] })],
    ['with sync_mode INVALID', () => ({ streams: [{ ...account(), sync_mode: 'INVALID' }] })],
    ['that names a stream twice', () => ({ streams: [account(), account()] })],
  ])('%s is refused in one sentence, before the org is asked anything', async (_, make) => {
    await org.clearLog();
    const run = await runRead({ config: org.config(), catalog: make() });
    expectOneSentence(run, /catalog/i);
    expect(await org.log()).toEqual([]);
  });
});

describe('a state file', () => {
  const refused: readonly [string, unknown][] = [
    ['truncated', '[{"type":"STREAM","stream":{"stream_descr'],
    ['a string', '"state"'],
    ['a number', '42'],
    ['an array of numbers', [1, 2]],
  ];
  test.each(refused)('%s is refused in one sentence', async (_, state) => {
    expectOneSentence(await runRead({ config: org.config(), catalog, state }), /state/i);
  });

  const tolerated: readonly [string, unknown][] = [
    ['empty', ''],
    ['null', 'null'],
    ['[]', []],
    ['{}', {}],
    [
      'of streams that nobody has',
      [{ type: 'STREAM', stream: { stream_descriptor: { name: 'gone' }, stream_state: { x: 1 } } }],
    ],
    [
      'with every optional member null',
      [
        {
          type: 'STREAM',
          stream: { stream_descriptor: { name: 'accounts', namespace: null }, stream_state: null },
          global: null,
          data: null,
          sourceStats: null,
          destinationStats: null,
        },
      ],
    ],
    [
      'of another connector',
      [
        {
          type: 'STREAM',
          stream: {
            stream_descriptor: { name: 'accounts' },
            stream_state: { cursor: 'abc', __ab_no_cursor_state_message: true },
          },
        },
      ],
    ],
  ];
  test.each(tolerated)('%s is taken as no state', async (_, state) => {
    const run = await runRead({ config: org.config(), catalog, state });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(complaintsOfOrder(run, catalog)).toEqual([]);
    const accounts = run.messages.filter(
      (message) => message.type === 'RECORD' && message.record.stream === 'accounts',
    );
    expect(accounts).toHaveLength((await org.rows('Account')).length);
  });

  test('that is not there is taken as no state', async () => {
    const args = ['read', '--config', 'config.json', '--catalog', 'catalog.json', '--state', '/no/such/state.json'];
    const run = await runProgram(args, { files: { 'config.json': org.config(), 'catalog.json': catalog } });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(complaintsOfOrder(run, catalog)).toEqual([]);
  });
});

describe('a catalog with', () => {
  const configured = () => catalog.streams.map((stream) => ({ ...stream, stream: { ...stream.stream } }));
  test.each<[string, () => unknown]>([
    [
      'every optional member null',
      () => ({
        streams: configured().map((entry) => ({
          ...entry,
          cursor_field: null,
          primary_key: null,
          generation_id: null,
          minimum_generation_id: null,
          sync_id: null,
          destination_object_name: null,
          include_files: null,
          stream: { ...entry.stream, namespace: null, is_file_based: null, default_cursor_field: null },
        })),
      }),
    ],
    [
      'members that nobody knows',
      () => ({ streams: configured().map((entry) => ({ ...entry, colour: 'red' })), version: 7 }),
    ],
    [
      'generation ids',
      () => ({
        streams: configured().map((entry) => ({ ...entry, generation_id: 3, minimum_generation_id: 0, sync_id: 17 })),
      }),
    ],
  ])('%s is read', async (_, make) => {
    const run = await runRead({ config: org.config(), catalog: make() });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(complaintsOfOrder(run, catalog)).toEqual([]);
  });
});

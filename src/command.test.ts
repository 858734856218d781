import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from './airbyte/protocol.ts';
import { reportFailure, runCommand } from './command.ts';
import type { CommandContext } from './commands/definition.ts';
import { findCommand } from './commands/list.ts';
import { asModstampError, ModstampError } from './errors.ts';

let folder: string;
let sent: Message[];
let printed: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'command-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  sent = [];
  printed = [];
});

function context(signal = new AbortController().signal): CommandContext {
  return {
    signal,
    level: 'INFO',
    hold: () => {},
    print: async (stream, text) => void printed.push(`${stream}: ${text}`),
    messages: {
      records: async () => {},
      send: async (message) => void sent.push(message),
      log: (level, message) => void sent.push({ type: 'LOG', log: { level, message } }),
      flush: async () => {},
      halt: async () => {},
      addSecrets: () => {},
      redact: (text) => text.replaceAll('secret', '***'),
    },
  };
}

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Runs the command of that name, as the command line would. */
function run(name: string, args: Readonly<Record<string, unknown>> = {}, given = context()): Promise<number> {
  const command = findCommand(name);
  if (command === undefined) throw new Error(`no command is called ${name}`);
  return runCommand(command, args, given);
}

const config = (port = 9) =>
  file('config.json', {
    client_id: 'i',
    client_secret: 's',
    refresh_token: 'r',
    login_url: `http://127.0.0.1:${port}`,
  });
const catalog = () => file('catalog.json', { streams: [] });

test('spec sends the specification', async () => {
  expect(await run('spec')).toBe(0);
  expect(sent).toMatchObject([{ type: 'SPEC', spec: { connectionSpecification: { type: 'object' } } }]);
});

describe('check', () => {
  test.each<[string, unknown, string]>([
    ['a configuration that is wrong', { naming: 'x' }, 'has 3 problems: credentials.client_id is missing'],
    ['an empty object', {}, 'has 2 problems'],
  ])('answers %s with a status and exit code 0', async (_, content, sentence) => {
    const path = file('bad.json', content);
    expect(await run('check', { config: path })).toBe(0);
    expect(sent).toEqual([
      {
        type: 'CONNECTION_STATUS',
        connectionStatus: {
          status: 'FAILED',
          message: expect.stringContaining(`The configuration file ${path} ${sentence}`),
        },
      },
    ]);
  });

  test.each<[string, unknown]>([
    ['empty', ''],
    ['cut off', '{"a": "b'],
    ['a list', []],
  ])('answers a file that is %s with a trace and exit code 1', async (_, content) => {
    const path = file('broken.json', content);
    expect(await run('check', { config: path })).toBe(1);
    expect(sent).toMatchObject([
      {
        type: 'TRACE',
        trace: { type: 'ERROR', error: { failure_type: 'config_error', message: expect.stringContaining(path) } },
      },
    ]);
  });
});

describe('read', () => {
  test.each<[string, () => Readonly<Record<string, unknown>>, string]>([
    ['configuration', () => ({ config: file('c', 'x'), catalog: catalog(), state: undefined }), 'The configuration file'],
    ['catalog', () => ({ config: config(), catalog: file('k', []), state: undefined }), 'The catalog file'],
    ['stream', () => ({ config: config(), catalog: file('k', { streams: [1] }), state: undefined }), 'Streams[0] of the catalog file'],
    ['state', () => ({ config: config(), catalog: catalog(), state: file('s', '[1]') }), 'Entry 0 of the state file'],
  ])('names the file of a broken %s', async (_, paths, sentence) => {
    expect(await run('read', paths())).toBe(1);
    expect(sent).toHaveLength(1);
    expect(sent).toMatchObject([{ trace: { error: { failure_type: 'config_error', message: expect.stringContaining(sentence) } } }]);
    expect(sent).toMatchObject([{ trace: { error: { message: expect.stringContaining(folder) } } }]);
  }); // prettier-ignore
});

test.each([
  ['catalog', { config: '/no/such/file' }],
  ['diff', { config: '/no/such/file', catalog: '/no', json: false }],
])('%s fails in words on stderr, stdout stays empty', async (name, args) => {
  expect(await run(name, args)).toBe(1);
  expect(sent).toEqual([]);
  expect(printed).toEqual([
    expect.stringMatching(/^stderr: modstamp: The configuration file \/no\/such\/file does not exist/),
  ]);
});

test('a command that was stopped throws the reason, and says nothing', async () => {
  const reason = new ModstampError('Stopped.', { failureType: 'transient_error' });
  const stopping = new AbortController();
  const org = createServer(() => stopping.abort(reason)).listen(0, '127.0.0.1');
  await once(org, 'listening');
  const { port } = org.address() as AddressInfo;
  const running = run('check', { config: config(port) }, context(stopping.signal));
  await expect(running).rejects.toBe(reason);
  expect(sent).toEqual([]);
  org.closeAllConnections();
  org.close();
});

describe('a failure', () => {
  test('of ours comes with the stacks of its causes, one of the user without', async () => {
    const bug = asModstampError(new TypeError('x is undefined'));
    await reportFailure(bug, context(), 'host');
    await reportFailure(
      new ModstampError('Wrong.', { failureType: 'config_error', internal: 'code 7' }),
      context(),
      'host',
    );
    expect(sent).toMatchObject([
      {
        trace: {
          error: {
            failure_type: 'system_error',
            stack_trace: expect.stringMatching(/Caused by: TypeError: x is undefined\n +at /),
          },
        },
      },
      { trace: { error: { failure_type: 'config_error', message: 'Wrong.', internal_message: 'code 7' } } },
    ]);
    expect(JSON.stringify(sent[1])).not.toContain('stack_trace');
  });

  test('is redacted where a person reads it', async () => {
    await reportFailure(new ModstampError('The secret.', { failureType: 'config_error' }), context(), 'person');
    expect(printed).toEqual(['stderr: modstamp: The ***.\n']);
  });
});

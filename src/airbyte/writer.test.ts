import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogLevel, Message } from './protocol.ts';
import { createMessages } from './writer.ts';
import type { Writer } from './writer.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'writer-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What leaves while `say` speaks. */
async function linesOf(say: (messages: Writer) => unknown, options: { level?: LogLevel; secrets?: string[] } = {}) {
  const path = join(folder, 'out');
  const fd = openSync(path, 'w');
  const messages = createMessages({ fd, level: options.level ?? 'INFO', secrets: options.secrets ?? [] });
  await say(messages);
  await messages.flush();
  closeSync(fd);
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}

const state = (recordCount: number): Message => ({
  type: 'STATE',
  state: {
    type: 'STREAM',
    stream: { stream_descriptor: { name: 'accounts' }, stream_state: { id: 'secret-1' } },
    sourceStats: { recordCount },
  },
});

describe('messages', () => {
  test('are one line by the rule of Unicode too: its line separators leave as escapes', async () => {
    const text = 'a\u0085b\u2028c\u2029d';
    const [line = ''] = await linesOf((messages) => messages.log('INFO', text));
    expect(line).toContain('a\\u0085b\\u2028c\\u2029d');
    expect(JSON.parse(line).log.message).toBe(text);
  });

  test('leave in the order of the calls, records and logs that nobody waits for among them', async () => {
    const lines = await linesOf((messages) => {
      messages.log('INFO', 'one');
      void messages.records(Buffer.from('{"type":"RECORD","n":1}\n{"type":"RECORD","n":2}\n'));
      void messages.send(state(2));
      messages.log('WARN', 'two');
    });
    expect(lines.map((line) => /"(?:message|n|recordCount)":("?\w+)/.exec(line)?.[1])).toEqual([
      '"one',
      '1',
      '2',
      '2',
      '"two',
    ]);
  });

  test.each([[0], [12], [5_000_000]])('a count of %d has a decimal point', async (count) => {
    const [line = ''] = await linesOf((messages) => messages.send(state(count)));
    expect(line).toBe(
      `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"accounts"},"stream_state":{"id":"secret-1"}},"sourceStats":{"recordCount":${count}.0}}}`,
    );
  });

  test('traces and controls say when', async () => {
    const before = Date.now();
    const lines = await linesOf(async (messages) => {
      await messages.send({ type: 'CONTROL', control: { type: 'CONNECTOR_CONFIG', connectorConfig: { config: {} } } });
      const stream_status = { stream_descriptor: { name: 'a', namespace: 'n' }, status: 'STARTED' } as const;
      await messages.send({ type: 'TRACE', trace: { type: 'STREAM_STATUS', stream_status } });
    });
    const [control, trace] = lines.map((line) => JSON.parse(line));
    for (const at of [control.control.emitted_at, trace.trace.emitted_at]) {
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(Date.now());
    }
    expect(trace.trace.stream_status).toEqual({ stream_descriptor: { name: 'a', namespace: 'n' }, status: 'STARTED' });
  });

  test.each<[LogLevel, number]>([
    ['FATAL', 1],
    ['WARN', 3],
    ['INFO', 4],
    ['TRACE', 6],
  ])('at %s %d of six levels leave', async (level, count) => {
    const levels: LogLevel[] = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'];
    const lines = await linesOf((messages) => levels.forEach((each) => messages.log(each, 'x')), { level });
    expect(lines).toHaveLength(count);
  });
});

describe('secrets', () => {
  const error = {
    message: 'a secret-1',
    internal_message: 'b secret-1',
    stack_trace: 'c secret-1',
    failure_type: 'system_error',
  } as const;

  test.each<[string, Message]>([
    ['LOG', { type: 'LOG', log: { level: 'INFO', message: 'secret-1' } }],
    ['TRACE', { type: 'TRACE', trace: { type: 'ERROR', error } }],
    ['CONNECTION_STATUS', { type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message: 'secret-1' } }],
  ])('do not leave in %s', async (_, message) => {
    const [line] = await linesOf((messages) => messages.send(message), { secrets: ['secret-1'] });
    expect(line).not.toContain('secret-1');
    expect(line).toContain('[redacted]');
  });

  test('leave in CONTROL, and are known from then on', async () => {
    const config = { credentials: { refresh_token: 'rotated-2' } };
    const lines = await linesOf(async (messages) => {
      await messages.send({ type: 'CONTROL', control: { type: 'CONNECTOR_CONFIG', connectorConfig: { config } } });
      messages.log('INFO', 'secret-1 and rotated-2');
    }, { secrets: ['secret-1'] }); // prettier-ignore
    expect(lines[0]).toContain('rotated-2');
    expect(lines[1]).toContain('[redacted] and [redacted]');
  });

  test('of a configuration that is read later are known from then on', async () => {
    const lines = await linesOf((messages) => {
      messages.log('INFO', 'secret-1');
      messages.addSecrets(['secret-1']);
      messages.log('INFO', 'secret-1');
      expect(messages.redact('secret-1')).toBe('[redacted]');
    });
    expect(lines.map((line) => line.includes('secret-1'))).toEqual([true, false]);
  });

  test('in states and records stay: they are the data', async () => {
    const lines = await linesOf(async (messages) => {
      await messages.send(state(1));
      await messages.records(Buffer.from('secret-1\n'));
    }, { secrets: ['secret-1'] }); // prettier-ignore
    expect(lines.every((line) => line.includes('secret-1'))).toBe(true);
  });
});

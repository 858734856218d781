import { afterEach, expect, test, vi } from 'vitest';
import type { Messages } from '../../airbyte/messages.ts';
import type { Message } from '../../airbyte/protocol.ts';
import { ModstampError } from '../../errors.ts';
import { keepAlive } from '../sign-of-life.ts';
import { createStreamLife } from './stream-life.ts';

afterEach(() => vi.useRealTimers());

/** Messages that remember what was said, or refuse it. */
function listen(refuse = false): Messages & { readonly said: Message[]; readonly logged: string[] } {
  const said: Message[] = [];
  const logged: string[] = [];
  return {
    said,
    logged,
    records: async () => {},
    send: async (message) => {
      if (refuse) throw new ModstampError('Nobody reads.', { failureType: 'transient_error' });
      said.push(message);
    },
    log: (_, text) => void logged.push(text),
  };
}

const statuses = (said: readonly Message[]) =>
  said.flatMap((message) =>
    message.type === 'TRACE' && message.trace.type === 'STREAM_STATUS' ? [message.trace.stream_status.status] : [],
  );
const states = (said: readonly Message[]) =>
  said.flatMap((message) => (message.type === 'STATE' ? [message.state] : []));
const line = Buffer.from('{"type":"RECORD"}\n');

test('a stream says each status once and in its order, and nothing after its end', async () => {
  const messages = listen();
  const life = createStreamLife({ name: 'leads' }, messages);
  await life.start();
  await life.start();
  await life.begin();
  await life.begin();
  await life.complete();
  expect(statuses(messages.said)).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
  await expect(life.fail(new ModstampError('Too late.', { failureType: 'system_error' }), true)).rejects.toThrow(
    'complete to incomplete',
  );
});

test('a STATE tells how many records came since the one before', async () => {
  const messages = listen();
  const life = createStreamLife({ name: 'leads' }, messages);
  await life.begin();
  await life.records(line, 3);
  await life.records(line, 2);
  await life.state({ a: 1 });
  await life.state({ a: 2 });
  expect(states(messages.said).map(({ sourceStats }) => sourceStats.recordCount)).toEqual([5, 0]);
  expect(life.recordCount()).toBe(5);
});

test('a beat repeats the last STATE, made different, and only where no record came after it', async () => {
  const messages = listen();
  const life = createStreamLife({ name: 'leads' }, messages);
  await life.begin();
  await life.beat(1);
  await life.state({ cursor: 'x' });
  await life.beat(2);
  await life.records(line, 1);
  await life.beat(3);
  expect(states(messages.said).map(({ stream }) => stream.stream_state)).toEqual([
    { cursor: 'x' },
    { cursor: 'x', beat: 2 },
  ]);
});

test('the time of a stream runs from RUNNING to its end', async () => {
  vi.useFakeTimers();
  const life = createStreamLife({ name: 'leads' }, listen());
  await life.start();
  vi.advanceTimersByTime(5_000);
  expect(life.elapsedMs()).toBe(0);
  await life.begin();
  vi.advanceTimersByTime(2_000);
  await life.complete();
  vi.advanceTimersByTime(9_000);
  expect(life.elapsedMs()).toBe(2_000);
});

test('a quiet sync tells the user every 20 s, and the host every 15 minutes', async () => {
  vi.useFakeTimers();
  const messages = listen();
  const life = createStreamLife({ name: 'leads' }, messages);
  await life.begin();
  await life.state({ cursor: 'x' });
  const stop = keepAlive([life], messages);
  await vi.advanceTimersByTimeAsync(14 * 60_000);
  expect(states(messages.said).length).toBe(1);
  expect(messages.logged.length).toBeGreaterThan(40);
  await vi.advanceTimersByTimeAsync(30 * 60_000);
  expect(states(messages.said).length).toBe(3);
  stop();
  await vi.advanceTimersByTimeAsync(31 * 60_000);
  expect(states(messages.said).length).toBe(3);
});

test('a beat that nobody hears any more rejects nowhere', async () => {
  vi.useFakeTimers();
  const rejected = vi.fn<(reason: unknown) => void>();
  process.on('unhandledRejection', rejected);
  const beat = vi.fn<() => Promise<void>>(() => Promise.reject(new Error('EPIPE')));
  const life = { ...createStreamLife({ name: 'leads' }, listen()), phase: () => 'running' as const, beat };
  const stop = keepAlive([life], listen());
  await vi.advanceTimersByTimeAsync(16 * 60_000);
  stop();
  vi.useRealTimers();
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('unhandledRejection', rejected);
  expect(beat).toHaveBeenCalled();
  expect(rejected).not.toHaveBeenCalled();
});

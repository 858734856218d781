import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ApiRequest } from './connection.ts';
import { retryBudgetsOf, createRetries, type Wait } from './retry.ts';
import type { FaultName } from './faults.ts';
import { makeFault } from './refusal.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const request: ApiRequest = {
  method: 'GET',
  path: '/services/data/v58.0/limits',
  purpose: 'ask',
  signal: new AbortController().signal,
};

/** How long a request is tried that always meets this fault, by the clock of the test. */
async function borneMs(
  fault: FaultName,
  mode: 'probe' | 'read',
): Promise<{ ms: number; tries: number; waits: Wait[] }> {
  const waits: Wait[] = [];
  let tries = 0;
  const startedMs = performance.now();
  const failing = createRetries(retryBudgetsOf(mode), (wait) => waits.push(wait))(async () => {
    tries++;
    throw makeFault(fault, { purpose: 'ask' });
  })(request);
  let ms = 0;
  const ended = expect(failing.finally(() => (ms = performance.now() - startedMs))).rejects.toMatchObject({ fault });
  await vi.advanceTimersByTimeAsync(3_600_000);
  await ended;
  return { ms, tries, waits };
}

test.each<[FaultName, 'probe' | 'read', number]>([
  ['unreachable', 'read', 180_000],
  ['unreachable', 'probe', 120_000],
  ['rate_concurrent', 'read', 900_000],
  ['rate_concurrent', 'probe', 120_000],
  ['body_cut', 'read', 180_000],
])('%s in a %s is borne for %i ms, and reported every 20 s', async (fault, mode, budgetMs) => {
  const { ms, waits } = await borneMs(fault, mode);
  expect(Math.abs(ms - budgetMs)).toBeLessThan(100);
  expect(waits.length).toBeGreaterThanOrEqual(budgetMs / 20_000 - 2);
  const steps = waits.slice(1).map(({ waitedMs }, index) => waitedMs - (waits[index]?.waitedMs ?? 0));
  expect(Math.max(...steps)).toBeLessThan(20_100);
});

test.each<FaultName>(['field_gone', 'allowance_used_up', 'session_expired'])('%s is not waited for', async (fault) => {
  expect((await borneMs(fault, 'read')).tries).toBe(1);
});

test('what may fail always is tried a few times only', async () => {
  expect((await borneMs('transaction_security', 'read')).tries).toBe(5);
});

test('an answer that takes its time is reported as well', async () => {
  const waits: Wait[] = [];
  const send = createRetries(retryBudgetsOf('read'), (wait) => waits.push(wait))(
    () => new Promise((resolve) => setTimeout(() => resolve('answer'), 50_000)),
  );
  const asking = send(request);
  await vi.advanceTimersByTimeAsync(300_000);
  expect(await asking).toBe('answer');
  expect(waits.map(({ text }) => text)).toEqual([
    'Waiting to ask for 20 s: no answer yet',
    'Waiting to ask for 40 s: no answer yet',
  ]);
});

test('of many requests that wait, one is reported', async () => {
  const waits: Wait[] = [];
  const withRetries = createRetries(retryBudgetsOf('read'), (wait) => waits.push(wait));
  const send = withRetries(() => new Promise((resolve) => setTimeout(resolve, 50_000)));
  const asking = Promise.all(Array.from({ length: 30 }, () => send(request)));
  await vi.advanceTimersByTimeAsync(60_000);
  await asking;
  expect(waits).toHaveLength(2);
});

test('an error that is no fault of the org is thrown at once', async () => {
  const bug = new TypeError('x is not a function');
  let tries = 0;
  const send = createRetries(retryBudgetsOf('read'))(async () => {
    tries++;
    throw bug;
  });
  await expect(send(request)).rejects.toBe(bug);
  expect(tries).toBe(1);
});

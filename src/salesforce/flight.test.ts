import { expect, test } from 'vitest';
import { inFlight } from './flight.ts';

const { signal } = new AbortController();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('results come in the order of the items, whichever is ready first', async () => {
  const results: number[] = [];
  for await (const result of inFlight([30, 5, 20, 1, 10], 3, signal, async (ms) => (await sleep(ms), ms)))
    results.push(result);
  expect(results).toEqual([30, 5, 20, 1, 10]);
});

test('never more than the limit are under way, and none starts far ahead of a slow consumer', async () => {
  let underWay = 0;
  let started = 0;
  let most = 0;
  const run = async () => {
    started++;
    most = Math.max(most, ++underWay);
    await sleep(1);
    underWay--;
  };
  let taken = 0;
  for await (const _ of inFlight(Array(20).fill(0), 4, signal, run)) {
    taken++;
    await sleep(3);
    expect(started - taken).toBeLessThanOrEqual(4);
  }
  expect(most).toBeLessThanOrEqual(4);
  expect(started).toBe(20);
});

test('an error is thrown in its turn, and what is under way is aborted', async () => {
  const aborted: number[] = [];
  const results: number[] = [];
  const reading = (async () => {
    for await (const result of inFlight([0, 1, 2, 3], 3, signal, async (item, flightSignal) => {
      flightSignal.addEventListener('abort', () => aborted.push(item));
      if (item === 1) throw new Error('one failed');
      if (item > 1) await sleep(50);
      return item;
    }))
      results.push(result);
  })();
  await expect(reading).rejects.toThrow('one failed');
  expect(results).toEqual([0]);
  expect(aborted).toContain(2);
});

test('leaving the loop aborts what is under way', async () => {
  let aborted = 0;
  for await (const _ of inFlight([1, 2, 3], 3, signal, async (item, flightSignal) => {
    flightSignal.addEventListener('abort', () => aborted++);
    return item;
  }))
    break;
  expect(aborted).toBe(3);
});

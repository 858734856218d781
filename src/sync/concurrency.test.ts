import { expect, test } from 'vitest';
import { limitConcurrency } from './concurrency.ts';

test('no more than its width are inside, and those who wait come in by their order', async () => {
  const limit = limitConcurrency(2);
  const events: string[] = [];
  let inside = 0;
  const work = (name: string) => async () => {
    inside += 1;
    expect(inside).toBeLessThanOrEqual(2);
    events.push(name);
    await new Promise((resolve) => setTimeout(resolve, 2));
    inside -= 1;
  };
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => limit.run(work(name))));
  expect(events).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('who fails inside leaves his place to the next', async () => {
  const limit = limitConcurrency(1);
  await expect(limit.run(() => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
  expect(await limit.run(async () => 7)).toBe(7);
});

test('a start resolves when there is room, its end when the work has ended', async () => {
  const limit = limitConcurrency(1);
  let release = () => {};
  const first = await limit.start(() => new Promise<void>((resolve) => (release = resolve)));
  let started = false;
  const second = limit.start(async () => void (started = true));
  await new Promise((resolve) => setTimeout(resolve, 2));
  expect(started).toBe(false);
  release();
  await first.ended;
  await (
    await second
  ).ended;
  expect(started).toBe(true);
});

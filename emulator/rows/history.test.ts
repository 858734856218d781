import { expect, test } from 'vitest';
import { historyOf } from './history.ts';
import { HISTORY_END_S, HISTORY_START_S } from './stamp.ts';

const COUNT = 20_000;
const history = historyOf(7, COUNT, true);
const places = Array.from({ length: COUNT }, (_, index) => index);

test('creation never goes back, and change never comes before it', () => {
  const wrong = places.filter((index) => {
    const before = index === 0 ? HISTORY_START_S : history.created(index - 1);
    const steps = [before, history.created(index), history.modified(index), history.touched(index), HISTORY_END_S];
    return steps.some((step, at) => step < (steps[at - 1] ?? 0));
  });
  expect(wrong).toEqual([]);
});

test('many rows share a second with others, and the rows span the years', () => {
  const stamps = places.map((index) => history.touched(index));
  const distinct = new Set(stamps).size;
  expect(distinct).toBeLessThan(COUNT * 0.8);
  expect(distinct).toBeGreaterThan(COUNT * 0.2);
  expect(Math.min(...stamps)).toBeLessThan(HISTORY_START_S + 86_400 * 400);
  expect(Math.max(...stamps)).toBeGreaterThan(HISTORY_END_S - 86_400 * 400);
});

test('some 3 in 100 rows are deleted, and none where the object has no IsDeleted', () => {
  const share = places.filter((index) => history.deleted(index)).length / COUNT;
  expect(share).toBeGreaterThan(0.025);
  expect(share).toBeLessThan(0.036);
  const immortal = historyOf(7, COUNT, false);
  expect(places.some((index) => immortal.deleted(index))).toBe(false);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionsOf, splitIds, splitTime, type Window } from './window.ts';

test('a whole read has no conditions', () => {
  expect(conditionsOf({}, 'SystemModstamp')).toEqual([]);
});

test('bounds are inclusive at both ends, and the seam between two halves belongs to the later one', () => {
  const window = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-03T00:00:00.000Z' };
  const [earlier, later] = splitTime(window) ?? [];
  expect(conditionsOf(earlier as Window, 'SystemModstamp').join(' AND ')).toMatch(
    />= 2026-01-01.* AND .*< 2026-01-02T00:00:00/,
  );
  expect(conditionsOf(later as Window, 'SystemModstamp').join(' AND ')).toMatch(
    />= 2026-01-02.* AND .*<= 2026-01-03T00:00:00/,
  );
});

test('a read in cursor order goes on behind its last row: later times, and larger Ids in the same second', () => {
  const after = { time: '2026-01-02T00:00:00.000Z', id: '001000000000001AAA' };
  const [condition] = conditionsOf({ after }, 'SystemModstamp');
  expect(condition).toMatch(
    /^\(SystemModstamp > 2026-01-02T00:00:00\S*Z OR \(SystemModstamp = 2026-01-02T00:00:00\S*Z AND Id > '001000000000001AAA'\)\)$/,
  );
});

test('halves in time cover every second of the window exactly once, until a second is left', () => {
  const second = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(second, second, second, (a, b, probe) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)].map((s) => new Date(s * 1000).toISOString()) as [
        string,
        string,
      ];
      const halves = splitTime({ from, to });
      if (!halves) return Math.abs(a - b) <= 1;
      const at = new Date(probe * 1000).toISOString();
      const holds = (w: Window) =>
        (w.from ?? '') <= at && (w.to === undefined || at <= w.to) && (w.before === undefined || at < w.before);
      expect(halves.filter(holds).length).toBe(holds({ from, to }) ? 1 : 0);
      return true;
    }),
  );
});

test('halves by Id cover every Id exactly once, in the order of base-62 digits', () => {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const id = fc.array(fc.constantFrom(...digits), { minLength: 12, maxLength: 12 }).map((d) => `001${d.join('')}`);
  fc.assert(
    fc.property(id, id, id, (a, b, probe) => {
      const [low, high] = [a, b].sort() as [string, string];
      const halves = splitIds({}, low, high);
      if (!halves) return low.slice(0, 14) === high.slice(0, 14);
      const holds = (w: Window) =>
        (w.afterId === undefined || probe > w.afterId) && (w.untilId === undefined || probe <= w.untilId);
      expect(halves.filter(holds).length).toBe(1);
      expect(halves[0].untilId && halves[0].untilId >= low && halves[0].untilId < high).toBe(true);
      return true;
    }),
  );
});

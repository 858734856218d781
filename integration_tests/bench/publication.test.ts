import { expect, test } from 'vitest';
import { drawChart } from './chart.ts';
import { replacePart } from './publication.ts';
import { format, markdownTable } from './report.ts';
import { judge, type Standing, type WorkResult } from './work.ts';

const standing = (name: Standing['name'], seconds: number, more: Partial<Standing> = {}): Standing => ({
  name,
  title: name,
  rounds: 5,
  seconds,
  firstRecordSeconds: undefined,
  secondsFromReady: undefined,
  peakMiB: 100,
  cpuSeconds: seconds,
  records: 20_000,
  megabytes: 40,
  calls: 7,
  ...more,
});

const result: WorkResult = {
  work: {
    name: 'bulk',
    title: 'Bulk',
    task: 'read',
    peers: ['official', 'tap'],
    goals: [
      { of: 'ratio', least: 15 },
      { of: 'calls', most: 6 },
      { of: 'secondsAboveNode', most: 1 },
    ],
  },
  standings: [standing('modstamp', 2), standing('official', 33), standing('tap', 61)],
  floor: { csvMegabytes: 20, wireMegabytes: 5, megabytesPerSecond: 400, renderSeconds: 1 },
  loadBefore: 0.5,
  leftOut: [],
};

test('a ratio is that of the faster peer without the time that the org took over its result', () => {
  expect(judge(result)).toEqual([
    { goal: { of: 'ratio', least: 15 }, reached: 16, met: true },
    { goal: { of: 'calls', most: 6 }, reached: 7, met: false },
    { goal: { of: 'secondsAboveNode', most: 1 }, reached: undefined, met: false },
  ]);
});

test('a table says which goal was missed, and by how much', () => {
  const [, , row] = markdownTable([result]).split('\n');
  expect(row).toContain('10,000 rows/s');
  expect(row).toContain('<= 6 calls (**missed**: 7.00)');
  expect(row).toContain('peer (16.0)');
  expect(row).toContain('`node -e 0` (not measured)');
});

test('numbers have three digits that count', () => {
  expect([0.1234, 1.2345, 12.345, 123.45, 1234.5].map(format)).toEqual(['0.123', '1.23', '12.3', '123', '1,235']);
});

test('a part of a page is replaced between its marks, and a page without them is refused', () => {
  const page = 'a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb';
  expect(replacePart(page, 'x', 'new')).toBe('a\n<!-- bench:x -->\nnew\n<!-- /bench:x -->\nb');
  expect(() => replacePart(page, 'y', 'new')).toThrow('no part y');
});

test('a curve rises to the right within its panel', () => {
  const points = [10, 100, 1000].map((x) => ({ x, y: x / 10 }));
  const svg = drawChart('t', 'rows', [{ title: 'seconds', scale: 'log', points }]);
  const places = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
  expect(places).toEqual([
    [48, 190],
    [167, 112],
    [286, 34],
  ]);
});

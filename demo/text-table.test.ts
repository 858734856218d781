import { expect, test } from 'vitest';
import { formatTable } from './text-table.ts';

test('numbers stand to the right, texts to the left, nulls empty', () => {
  const rows = [
    ['accounts', 1234567, true],
    ['leads', 3.456, null],
  ];
  expect(formatTable(['table', 'rows', 'ok'], rows)).toBe(
    [
      '  table          rows  ok',
      '  --------  ---------  ----',
      '  accounts  1,234,567  true',
      '  leads          3.46',
    ].join('\n'),
  );
});

test('a table without rows is its header', () => {
  expect(formatTable(['a'], [])).toBe('  a\n  -');
});

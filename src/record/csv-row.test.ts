import { expect, test } from 'vitest';
import { cellText } from './cells.ts';
import { createRowScan, follow, nextRow } from './csv-row.ts';
import { createIntake, takeIn } from './intake.ts';

/** A scan of two columns, and a way to hand it more bytes. */
function scanOf(slots: Int32Array) {
  const intake = createIntake();
  const scan = createRowScan(intake, slots);
  const feed = (text: string) => follow(scan, takeIn(intake, Buffer.from(text), false));
  return { scan, intake, feed };
}

test('a row is found when its last byte is there, its values in the order of the fields', () => {
  const { scan, feed } = scanOf(Int32Array.of(1, 0));
  feed('"a ""b""",c\r');
  expect(nextRow(scan)).toBe('more');
  feed('\n');
  expect(nextRow(scan)).toBe('row');
  expect([0, 1].map((cell) => cellText(scan.cells, cell))).toEqual(['c', 'a "b"']);
  expect(nextRow(scan)).toBe('more');
});

test('a long value is not looked at again with each chunk: the scan waits at the end of what is there', () => {
  const { scan, intake, feed } = scanOf(Int32Array.of(0, 1));
  feed('"x","');
  for (let i = 0; i < 100; i++) {
    feed('some ""quoted"" words\n'.repeat(100).slice(i % 3));
    expect(nextRow(scan)).toBe('more');
    expect(scan.at).toBeGreaterThanOrEqual(intake.to - 1);
  }
  feed('"\n');
  expect(nextRow(scan)).toBe('row');
});

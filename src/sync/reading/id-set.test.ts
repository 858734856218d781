import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createIdSet } from './id-set.ts';

const digit = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
const id = fc.array(digit, { minLength: 15, maxLength: 15 }).map((digits) => digits.join(''));

test('holds exactly the Ids that a Set of strings holds', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 200 }), (ids) => {
      const set = createIdSet();
      const oracle = new Set<string>();
      for (const each of ids) {
        const isNew = !oracle.has(each);
        oracle.add(each);
        expect(set.add(Buffer.from(each), 0)).toBe(isNew);
      }
      expect(set.size).toBe(oracle.size);
    }),
  );
});

test('grows beyond its first capacity and still knows every Id', () => {
  const set = createIdSet();
  const idOf = (n: number) => Buffer.from(`005${String(n).padStart(12, '0')}AAA`);
  for (let n = 0; n < 50_000; n++) expect(set.add(idOf(n), 0)).toBe(true);
  for (let n = 0; n < 50_000; n += 997) expect(set.add(idOf(n), 0)).toBe(false);
  expect(set.size).toBe(50_000);
});

test('takes fifteen and eighteen characters for the same Id', () => {
  const set = createIdSet();
  expect(set.add(Buffer.from('001000000000001AAA'), 0)).toBe(true);
  expect(set.add(Buffer.from('001000000000001'), 0)).toBe(false);
});

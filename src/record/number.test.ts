import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalInteger, canonicalNumber } from './number.ts';

/** Characters of which numbers, and what is nearly one, are made. */
const numberLike = fc.string({ unit: fc.constantFrom(...'0123456789+-.eE'), maxLength: 12 });

describe('canonicalNumber', () => {
  test.each([
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['+5', '5'],
    ['007', '7'],
    ['000', '0'],
    ['1.', '1'],
    ['1.E5', '1E5'],
    ['0012.3400', '12.3400'],
    ['123456789012345678901234567890.12', '123456789012345678901234567890.12'],
  ])('writes %s as %s', (text, json) => expect(canonicalNumber(text)).toBe(json));

  test.each(['NaN', 'Infinity', '-Infinity', '', '.', '-', 'E5', '1,000', '0x10', '1e', ' 1', '12abc', '1.2.3'])(
    'knows that %s is no number',
    (text) => expect(canonicalNumber(text)).toBeUndefined(),
  );

  test('is a JSON number of the same value, or nothing where JavaScript sees none either', () => {
    fc.assert(
      fc.property(numberLike, (text) => {
        const canonical = canonicalNumber(text);
        if (canonical === undefined) expect(text === '' || Number.isNaN(Number(text))).toBe(true);
        else {
          expect(JSON.parse(canonical)).toBe(Number(text));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('canonicalInteger', () => {
  test.each([
    ['5.0', '5'],
    ['0.0', '0'],
    ['-0.0', '0'],
    ['1.2345678E7', '12345678'],
    ['1.0E10', '10000000000'],
    ['-1.5E1', '-15'],
    ['1200E-2', '12'],
    ['007', '7'],
    ['1.23456789012345678E17', '123456789012345678'],
  ])('writes %s as %s', (text, json) => expect(canonicalInteger(text)).toBe(json));

  test.each(['5.5', '1E-1', '12E-2', 'NaN', '1E999999999', ''])(
    'knows that %s is no whole number that can be written out',
    (text) => expect(canonicalInteger(text)).toBeUndefined(),
  );
});

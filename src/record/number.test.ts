import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalInteger, canonicalNumber, isInteger, isNumber } from './number.ts';

const bytes = (text: string) => Buffer.from(text);
const passesAsNumber = (text: string) => isNumber(bytes(text), 0, text.length);
const passesAsInteger = (text: string) => isInteger(bytes(text), 0, text.length);

/** Characters of which numbers, and what is nearly one, are made. */
const numberLike = fc.string({ unit: fc.constantFrom(...'0123456789+-.eE'), maxLength: 12 });

describe('isNumber', () => {
  test.each([
    '0',
    '-0',
    '12',
    '-3.50',
    '23.0',
    '1.6147805824397E13',
    '9.9213206e7',
    '1E-5',
    '1E+05',
    '999999999999999999',
  ])('lets %s pass', (text) => expect(passesAsNumber(text)).toBe(true));

  test('agrees with JSON.parse on what a number is', () => {
    fc.assert(
      fc.property(numberLike, (text) => {
        expect(passesAsNumber(text)).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('looks only between start and end', () => {
    expect(isNumber(bytes('"12"'), 1, 3)).toBe(true);
    expect(isNumber(bytes('12a'), 0, 2)).toBe(true);
    expect(isNumber(bytes('1.5'), 0, 2)).toBe(false);
  });
});

describe('isInteger', () => {
  test.each([
    ['0', true],
    ['-7', true],
    ['007', false],
    ['5.0', false],
    ['1E3', false],
    ['', false],
    ['-', false],
  ])('%s: %s', (text, passes) => expect(passesAsInteger(text)).toBe(passes));
});

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
          expect(passesAsNumber(canonical)).toBe(true);
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

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'number';
  } catch {
    return false;
  }
}

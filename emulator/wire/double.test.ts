import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { javaDouble } from './double.ts';

describe('javaDouble', () => {
  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [5, '5.0'],
    [-12.5, '-12.5'],
    [1234567, '1234567.0'],
    [9999999, '9999999.0'],
    [10_000_000, '1.0E7'],
    [12_345_678, '1.2345678E7'],
    [16_147_805_824_397, '1.6147805824397E13'],
    [1e18, '1.0E18'],
    [0.001, '0.001'],
    [0.0005, '5.0E-4'],
    [0.000123, '1.23E-4'],
    [241872.25, '241872.25'],
  ])('writes %d as %s', (value, text) => {
    expect(javaDouble(value)).toBe(text);
  });

  it('reads back as the same number, and always has a decimal point', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = javaDouble(value);
        expect(Number(text)).toBe(value);
        expect(text).toMatch(/^-?\d+\.\d+(E-?\d+)?$/);
      }),
    );
  });
});

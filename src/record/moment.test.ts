import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalDate, canonicalDatetime, canonicalTime } from './moment.ts';

describe('canonicalDatetime', () => {
  test.each([
    ['2020-10-22T21:03:23.000Z', '2020-10-22T21:03:23.000Z'],
    ['2020-10-22T21:03:23Z', '2020-10-22T21:03:23.000Z'],
    ['2020-10-22T21:03:23.5Z', '2020-10-22T21:03:23.500Z'],
    ['2020-10-22T21:03:23.123456Z', '2020-10-22T21:03:23.123Z'],
    ['2020-10-22T21:03:23.000+0000', '2020-10-22T21:03:23.000Z'],
    ['2020-10-22T21:03:23+00:00', '2020-10-22T21:03:23.000Z'],
    ['2020-10-22T21:03:23.000-0000', '2020-10-22T21:03:23.000Z'],
    ['2020-10-22T21:03:23.000+0530', '2020-10-22T15:33:23.000Z'],
    ['2020-12-31T23:30:00.250-01:00', '2021-01-01T00:30:00.250Z'],
    ['0001-01-01T00:00:00.000+0000', '0001-01-01T00:00:00.000Z'],
  ])('writes %s as %s', (text, canonical) => expect(canonicalDatetime(text)).toBe(canonical));

  test.each([
    '2020-10-22',
    '2020-10-22T21:03:23.000',
    '1730962800000',
    '2020-13-45T00:00:00+0100',
    '0000-01-01T00:00:00+0100',
    '',
  ])('knows that %s is no moment', (text) => expect(canonicalDatetime(text)).toBeUndefined());

  test('keeps the moment, whatever its offset', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), noInvalidDate: true }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (date, minutes) => {
          fc.pre(date.getUTCFullYear() < 9999);
          const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
          const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0');
          const rest = String(Math.abs(minutes) % 60).padStart(2, '0');
          const text = `${local}${minutes < 0 ? '-' : '+'}${hours}${rest}`;
          expect(canonicalDatetime(text)).toBe(date.toISOString());
        },
      ),
    );
  });
});

describe('canonicalTime and canonicalDate', () => {
  test.each([
    ['10:00:00.000Z', '10:00:00.000'],
    ['10:00:00', '10:00:00.000'],
    ['10:00:00.5', '10:00:00.500'],
    ['10:00:00.000+0000', '10:00:00.000'],
    ['10:00:00.000+0100', undefined],
    ['10:00', undefined],
  ])('time %s: %s', (text, canonical) => expect(canonicalTime(text)).toBe(canonical));

  test.each([
    ['2020-01-31', '2020-01-31'],
    ['2020-1-31', undefined],
    ['2020-01-31T00:00:00.000Z', undefined],
  ])('date %s: %s', (text, canonical) => expect(canonicalDate(text)).toBe(canonical));
});

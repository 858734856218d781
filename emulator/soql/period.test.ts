import { describe, expect, it } from 'vitest';
import { datePeriod } from './period.ts';

/** A Tuesday. */
const now = Date.parse('2026-11-24T15:30:00Z');

describe('datePeriod', () => {
  it.each([
    ['TODAY', undefined, '2026-11-24', '2026-11-25'],
    ['YESTERDAY', undefined, '2026-11-23', '2026-11-24'],
    ['TOMORROW', undefined, '2026-11-25', '2026-11-26'],
    ['THIS_WEEK', undefined, '2026-11-22', '2026-11-29'],
    ['LAST_WEEK', undefined, '2026-11-15', '2026-11-22'],
    ['THIS_MONTH', undefined, '2026-11-01', '2026-12-01'],
    ['NEXT_MONTH', undefined, '2026-12-01', '2027-01-01'],
    ['THIS_QUARTER', undefined, '2026-10-01', '2027-01-01'],
    ['LAST_FISCAL_YEAR', undefined, '2025-01-01', '2026-01-01'],
    ['LAST_N_DAYS', 7, '2026-11-17', '2026-11-25'],
    ['NEXT_N_DAYS', 2, '2026-11-25', '2026-11-27'],
    ['N_DAYS_AGO', 3, '2026-11-21', '2026-11-22'],
    ['LAST_N_MONTHS', 2, '2026-09-01', '2026-11-01'],
    ['N_YEARS_AGO', 1, '2025-01-01', '2026-01-01'],
    ['LAST_90_DAYS', undefined, '2026-08-26', '2026-11-25'],
  ])('%s:%s spans %s to %s', (name, count, start, end) => {
    expect(datePeriod(name, count, now)).toEqual({ start, end });
  });

  it.each([
    ['SOMEDAY', undefined],
    ['LAST_N_DAYS', undefined],
    ['TODAY', 3],
  ])('knows no %s:%s', (name, count) => {
    expect(datePeriod(name, count, now)).toBeUndefined();
  });
});

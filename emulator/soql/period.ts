/** Date literals: TODAY, LAST_N_DAYS:30 … as the half-open span of days they stand for. */

export interface Period {
  /** Dates, `2026-11-24`; `end` is the first day after. Null where the span is open. */
  readonly start: string;
  readonly end: string;
}

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/**
 * The span of a date literal on the day that `nowMs` (epoch ms) falls on, in UTC, the time zone of the practice user.
 * Weeks begin on Sunday, as in the US locale. Undefined for a word that is no date literal, or that lacks or has too much
 * of a count. Source: SOQL and SOSL Reference, "Date Formats and Date Literals". Fiscal periods equal calendar ones.
 */
export function datePeriod(name: string, count: number | undefined, nowMs: number): Period | undefined {
  const fixed = FIXED_PERIODS[name];
  if (fixed) {
    return count === undefined ? span(begin(fixed.unit, nowMs), fixed.unit, fixed.from, fixed.to) : undefined;
  }
  const match = /^(LAST_N|NEXT_N|N)_(?:FISCAL_)?(DAYS|WEEKS|MONTHS|QUARTERS|YEARS)(_AGO)?$/.exec(name);
  if (!match || count === undefined || (match[1] === 'N') !== (match[3] !== undefined)) return undefined;
  const unit = unitOf(match[2] ?? '');
  const today = begin(unit, nowMs);
  if (match[1] === 'N') return span(today, unit, -count, -count + 1);
  if (match[1] === 'NEXT_N') return span(today, unit, 1, count + 1);
  // LAST_N_DAYS ends with the current day, the other units with the end of the previous one.
  return span(today, unit, -count, unit === 'DAY' ? 1 : 0);
}

const FIXED_PERIODS: Readonly<Record<string, { unit: Unit; from: number; to: number }>> = {
  YESTERDAY: { unit: 'DAY', from: -1, to: 0 },
  TODAY: { unit: 'DAY', from: 0, to: 1 },
  TOMORROW: { unit: 'DAY', from: 1, to: 2 },
  LAST_90_DAYS: { unit: 'DAY', from: -90, to: 1 },
  NEXT_90_DAYS: { unit: 'DAY', from: 1, to: 91 },
  ...nearPeriods('WEEK'),
  ...nearPeriods('MONTH'),
  ...nearPeriods('QUARTER'),
  ...nearPeriods('YEAR'),
};

function nearPeriods(unit: Unit): Record<string, { unit: Unit; from: number; to: number }> {
  const near: Record<string, { unit: Unit; from: number; to: number }> = {};
  const names = unit === 'QUARTER' || unit === 'YEAR' ? [unit, `FISCAL_${unit}`] : [unit];
  for (const name of names) {
    near[`LAST_${name}`] = { unit, from: -1, to: 0 };
    near[`THIS_${name}`] = { unit, from: 0, to: 1 };
    near[`NEXT_${name}`] = { unit, from: 1, to: 2 };
  }
  return near;
}

function unitOf(plural: string): Unit {
  if (plural === 'WEEKS') return 'WEEK';
  if (plural === 'MONTHS') return 'MONTH';
  if (plural === 'QUARTERS') return 'QUARTER';
  return plural === 'YEARS' ? 'YEAR' : 'DAY';
}

function begin(unit: Unit, nowMs: number): Date {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  if (unit === 'DAY') return new Date(Date.UTC(year, month, day));
  if (unit === 'WEEK') return new Date(Date.UTC(year, month, day - now.getUTCDay()));
  if (unit === 'MONTH') return new Date(Date.UTC(year, month, 1));
  if (unit === 'QUARTER') return new Date(Date.UTC(year, month - (month % 3), 1));
  return new Date(Date.UTC(year, 0, 1));
}

function span(origin: Date, unit: Unit, from: number, to: number): Period {
  return { start: shift(origin, unit, from), end: shift(origin, unit, to) };
}

function shift(origin: Date, unit: Unit, by: number): string {
  const days = unit === 'DAY' ? by : unit === 'WEEK' ? 7 * by : 0;
  const months = unit === 'MONTH' ? by : unit === 'QUARTER' ? 3 * by : unit === 'YEAR' ? 12 * by : 0;
  const [year, month, day] = [origin.getUTCFullYear(), origin.getUTCMonth(), origin.getUTCDate()];
  return new Date(Date.UTC(year, month + months, day + days)).toISOString().slice(0, 10);
}

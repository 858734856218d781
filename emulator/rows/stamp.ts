/** Dates, datetimes and times as the org stores them, quickly; and the years that the org's history spans. */

const DAY_S = 86_400;
const SIXTY = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const MINUTES = Array.from({ length: 1_440 }, (_, n) => `T${SIXTY[Math.floor(n / 60)]}:${SIXTY[n % 60]}:`);
const SECONDS = SIXTY.map((second) => `${second}.000Z`);
/** Days that were asked for: a few thousand, since the org's history spans some years. */
const days = new Map<number, string>();

/** Epoch seconds of the oldest and the newest row that the org is made with; all changes come later. */
export const HISTORY_START_S = Date.UTC(2014, 2, 1) / 1_000;
export const HISTORY_END_S = Date.UTC(2025, 11, 31) / 1_000;

/** `2020-01-31T10:00:00.000Z` of whole epoch seconds. */
export function datetimeOf(epochS: number): string {
  const day = Math.floor(epochS / DAY_S);
  const rest = epochS - day * DAY_S;
  return dateOf(day) + MINUTES[Math.floor(rest / 60)] + SECONDS[rest % 60];
}

/** `2020-01-31` of whole epoch days. */
export function dateOf(epochDay: number): string {
  const known = days.get(epochDay);
  if (known !== undefined) return known;
  const date = new Date(epochDay * DAY_S * 1_000).toISOString().slice(0, 10);
  if (days.size < 100_000) days.set(epochDay, date);
  return date;
}

/** `10:00:00.000` of a number of milliseconds since midnight. */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}

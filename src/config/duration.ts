/** ISO 8601 durations, as the configuration writes them. */

const UNIT_MS: Readonly<Record<string, number>> = {
  // A month and a year have no fixed length; a window needs one.
  dateY: 365 * 86_400_000,
  dateM: 30 * 86_400_000,
  dateW: 7 * 86_400_000,
  dateD: 86_400_000,
  timeH: 3_600_000,
  timeM: 60_000,
  timeS: 1000,
};

/**
 * Milliseconds of an ISO 8601 duration (`PT10M` -> 600000); a month counts as 30 days, a year as 365. Fractions are
 * allowed, signs are not. NaN for any other text.
 */
export function durationMs(text: string): number {
  const [, dates = '', times] = /^P([^T]*)(?:T(.+))?$/.exec(text) ?? [];
  if (!dates && !times) return Number.NaN;
  return Math.round(componentsMs(dates, 'date') + componentsMs(times ?? '', 'time'));
}

function componentsMs(components: string, kind: 'date' | 'time'): number {
  if (!/^(?:\d+(?:[.,]\d+)?[A-Z])*$/.test(components)) return Number.NaN;
  return [...components.matchAll(/([\d.,]+)([A-Z])/g)].reduce(
    (sumMs, [, digits = '', unit]) => sumMs + Number(digits.replace(',', '.')) * (UNIT_MS[kind + unit] ?? Number.NaN),
    0,
  );
}

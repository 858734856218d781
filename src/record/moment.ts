/** Dates, datetimes and times in other than Salesforce's usual form, which passes in transcoder/moment.ts. */

const UTC_LENGTH = '2020-10-22T21:03:23.000Z'.length;

/** A datetime with any offset, with or without fraction, as `2020-10-22T21:03:23.000Z`; undefined where it is none. */
export function canonicalDatetime(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-]\d\d):?(\d\d))$/.exec(text);
  if (match === null) return undefined;
  const [, seconds = '', fraction, hours = '+00', minutes = '00'] = match;
  const millis = millisOf(fraction);
  if (Number(hours) === 0 && minutes === '00') return `${seconds}${millis}Z`;
  const epochMs = Date.parse(`${seconds}${millis}${hours}:${minutes}`);
  const moved = Number.isNaN(epochMs) ? '' : new Date(epochMs).toISOString();
  return moved.length === UTC_LENGTH ? moved : undefined;
}

/** A time of day without zone or in UTC, with or without fraction, as `10:00:00.000`; undefined where it is none. */
export function canonicalTime(text: string): string | undefined {
  const match = /^(\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|[+-]00:?00)?$/.exec(text);
  return match === null ? undefined : `${match[1]}${millisOf(match[2])}`;
}

/** The text itself where it is `YYYY-MM-DD`; undefined where it is not. */
export function canonicalDate(text: string): string | undefined {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
}

function millisOf(fraction = ''): string {
  return `.${fraction.slice(0, 3).padEnd(3, '0')}`;
}

/** Dates, datetimes and times. Salesforce keeps datetimes in UTC; REST ends them in `+0000`, Bulk in `Z`. */

/** `2020-10-22T21:03:23.000`, `2020-10-22`, `10:00:00.000`: the part that passes as it is. */
export const DATETIME_BYTES = 23;
const DATE_BYTES = 10;
export const TIME_BYTES = 12;

/** Four characters as little-endian words: what they are, and how much each may differ from it before the top bit is set. */
interface Piece {
  readonly expected: number;
  readonly slack: number;
}

const YEAR = piece('dddd');
const MONTH = piece('-dd-');
const DAY_T_HOUR = piece('ddTd');
const MINUTE = piece('d:dd');
const SECOND = piece(':dd.');
const MILLIS_Z = piece('dddZ');
const MILLIS_PLUS = piece('ddd+');
const OFFSET_ZERO = 0x30303030;
const MONTH_DAY = piece('d-dd');
const HOUR = piece('dd:d');
const MILLIS = piece('.ddd');
const LETTER_Z = 0x5a;

/** Whether the bytes are `YYYY-MM-DDTHH:MM:SS.mmm` and then `Z` or `+0000`. */
export function isUtcDatetime(view: DataView, start: number, end: number): boolean {
  const withOffset = end - start === DATETIME_BYTES + 5;
  if (end - start !== DATETIME_BYTES + 1 && !withOffset) return false;
  return (
    fits(view, start, YEAR) &&
    fits(view, start + 4, MONTH) &&
    fits(view, start + 8, DAY_T_HOUR) &&
    fits(view, start + 12, MINUTE) &&
    fits(view, start + 16, SECOND) &&
    (withOffset
      ? fits(view, start + 20, MILLIS_PLUS) && view.getInt32(start + 24, true) === OFFSET_ZERO
      : fits(view, start + 20, MILLIS_Z))
  );
}

/** Whether the bytes are `YYYY-MM-DD`. */
export function isDate(view: DataView, start: number, end: number): boolean {
  return (
    end - start === DATE_BYTES &&
    fits(view, start, YEAR) &&
    fits(view, start + 4, MONTH) &&
    fits(view, start + 6, MONTH_DAY)
  );
}

/** Whether the bytes are `HH:MM:SS.mmmZ`. */
export function isUtcTime(view: DataView, start: number, end: number): boolean {
  return (
    end - start === TIME_BYTES + 1 &&
    fits(view, start, HOUR) &&
    fits(view, start + 4, MINUTE) &&
    fits(view, start + 8, MILLIS) &&
    view.getUint8(start + TIME_BYTES) === LETTER_Z
  );
}

/** A datetime with any offset, with or without fraction, as `2020-10-22T21:03:23.000Z`; undefined where it is none. */
export function canonicalDatetime(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-]\d\d):?(\d\d))$/.exec(text);
  if (match === null) return undefined;
  const [, seconds = '', fraction, hours = '+00', minutes = '00'] = match;
  const millis = millisOf(fraction);
  if (Number(hours) === 0 && minutes === '00') return `${seconds}${millis}Z`;
  const epochMs = Date.parse(`${seconds}${millis}${hours}:${minutes}`);
  const moved = Number.isNaN(epochMs) ? '' : new Date(epochMs).toISOString();
  return moved.length === DATETIME_BYTES + 1 ? moved : undefined;
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

/** `d` stands for any digit, other characters for themselves. */
function piece(pattern: string): Piece {
  const wordOf = (byteOf: (char: string) => number) =>
    [...pattern].reduce((word, char, i) => word | (byteOf(char) << (8 * i)), 0);
  return {
    expected: wordOf((char) => (char === 'd' ? '0' : char).charCodeAt(0)),
    slack: wordOf((char) => (char === 'd' ? 0x7f - 9 : 0x7f)),
  };
}

/** Four bytes at once: a difference above the one that is allowed carries into the byte's top bit. */
function fits(view: DataView, at: number, { expected, slack }: Piece): boolean {
  const difference = view.getInt32(at, true) ^ expected;
  return ((difference | (difference + slack)) & 0x80808080) === 0;
}

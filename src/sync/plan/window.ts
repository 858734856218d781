/** Windows: which part of an object one query reads. Several in a row make a reading; a window that times out is split. */
import { dateTimeLiteral, quote } from '../../salesforce/soql.ts';

/** Bounds of one query, all optional and ANDed. Times are ISO 8601 UTC on whole seconds, ids as Salesforce wrote them. */
export interface Window {
  /** Inclusive. */
  readonly from?: string;
  /** Inclusive. */
  readonly to?: string;
  /** Exclusive upper time bound: the seam to a later window. */
  readonly before?: string;
  /** Exclusive. */
  readonly afterId?: string;
  /** Inclusive. */
  readonly untilId?: string;
  /** Key of the last row that was read in cursor order: only later ones are wanted. */
  readonly after?: { readonly time: string; readonly id: string };
  /** Id of the last parent whose children were read, of objects that are read by their parents (exclusive). */
  readonly afterParent?: string;
  /** A further condition in SOQL, e.g. of a backfill. */
  readonly where?: string;
}

/** A moment (epoch ms) as bounds have it: the second that it lies in, ISO 8601 UTC. */
export function wholeSecond(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString();
}

/** The SOQL conditions of a window over a cursor field; none for a whole read. */
export function conditionsOf(window: Window, cursorField: string | undefined): string[] {
  const conditions: string[] = [];
  if (window.where) conditions.push(`(${window.where})`);
  if (cursorField) {
    if (window.from) conditions.push(`${cursorField} >= ${dateTimeLiteral(window.from)}`);
    if (window.to) conditions.push(`${cursorField} <= ${dateTimeLiteral(window.to)}`);
    if (window.before) conditions.push(`${cursorField} < ${dateTimeLiteral(window.before)}`);
    if (window.after) conditions.push(laterThan(cursorField, window.after));
  }
  if (window.afterId) conditions.push(`Id > ${quote(window.afterId)}`);
  if (window.untilId) conditions.push(`Id <= ${quote(window.untilId)}`);
  return conditions;
}

/**
 * Two windows that cover what one did, for a query that ran too long: halves in time where both bounds are there and more
 * than a second apart. Undefined where time can't split it; the caller then splits by Id (`splitIds`).
 */
export function splitTime(window: Window): [Window, Window] | undefined {
  const end = window.to ?? window.before;
  const start = window.after?.time ?? window.from;
  if (!start || !end) return undefined;
  const fromMs = Date.parse(start);
  const endMs = Date.parse(end);
  const middleMs = Math.floor((fromMs + endMs) / 2000) * 1000;
  if (middleMs <= fromMs || middleMs >= endMs) return undefined;
  const middle = new Date(middleMs).toISOString();
  const { to: _to, before: _before, ...lower } = window;
  const { after: _after, ...upper } = window;
  return [
    { ...lower, before: middle },
    { ...upper, from: middle },
  ];
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * Two windows, halved between the smallest and the largest Id that the window holds (15 or 18 characters, one key
 * prefix; Ids of an object are ordered base-62 numbers, SOQL guide "ORDER BY"). Undefined where they are neighbours.
 */
export function splitIds(window: Window, smallest: string, largest: string): [Window, Window] | undefined {
  const low = idNumber(smallest);
  const high = idNumber(largest);
  const middle = (low + high) / 2n;
  if (middle <= low && high - low < 2n) return undefined;
  const middleId = smallest.slice(0, 3) + idDigits(middle);
  return [
    { ...window, untilId: middleId },
    { ...window, afterId: middleId },
  ];
}

function laterThan(cursorField: string, { time, id }: { readonly time: string; readonly id: string }): string {
  const literal = dateTimeLiteral(time);
  return `(${cursorField} > ${literal} OR (${cursorField} = ${literal} AND Id > ${quote(id)}))`;
}

/** The twelve digits behind the key prefix as a number. */
function idNumber(id: string): bigint {
  let number = 0n;
  for (const digit of id.slice(3, 15)) number = number * 62n + BigInt(DIGITS.indexOf(digit));
  return number;
}

function idDigits(number: bigint): string {
  let digits = '';
  for (let rest = number; digits.length < 12; rest /= 62n) digits = DIGITS[Number(rest % 62n)] + digits;
  return digits;
}

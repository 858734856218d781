/**
 * How far back a stream has been read: the start_date under which its rows came. Where a later configuration reaches further
 * back, the rows before it are read once, since no increment would ever ask for them. Pure.
 */
import type { ConfiguredStream } from '../../airbyte/protocol.ts';
import type { Config } from '../../config/config.ts';
import { dateTimeLiteral } from '../../salesforce/soql.ts';
import type { Note } from '../run.ts';
import { note } from './notes.ts';
import { wholeSecond, type Window } from './window.ts';

/** The start_date on a whole second; undefined for the whole history. */
export function extentOf({ startDate }: Config): string | undefined {
  return startDate === undefined ? undefined : wholeSecond(Date.parse(startDate));
}

/** Whether an extent holds rows that a read over `known` left out; undefined is the whole history. */
export function reachesBack(wanted: string | undefined, known: string | undefined): boolean {
  return known !== undefined && (wanted === undefined || wanted < known);
}

/** The further reaching of two extents. */
export function furtherBack(a: string | undefined, b: string | undefined): string | undefined {
  return reachesBack(a, b) ? a : b;
}

/**
 * The rows from `wanted` on and before `known`. Rows whose cursor is null belong to the whole history only, and take an OR
 * in the condition, which some objects refuse (`allowsOr`); there the cursor is never null.
 */
export function earlierWindow(
  cursorField: string,
  wanted: string | undefined,
  known: string,
  allowsOr: boolean,
): Window {
  if (wanted !== undefined) return { from: wanted, before: known };
  return allowsOr
    ? { where: `${cursorField} < ${dateTimeLiteral(known)} OR ${cursorField} = null` }
    : { before: known };
}

/** Says that earlier rows are read, and why. */
export function earlierNote({ name }: ConfiguredStream, wanted: string | undefined, known: string): Note {
  const change = wanted === undefined ? 'start_date is gone' : `start_date is ${wanted} now`;
  return note('INFO', `Stream ${name}: ${change}; rows last changed before ${known} are read once.`);
}

/**
 * Finds the values of one CSV row after the other. Salesforce's dialect (Bulk API 2.0 guide): every value quoted, `"`
 * doubled, line ends raw inside quotes, rows ended by LF or CRLF; unquoted values are read too.
 */
import { check } from './check.ts';
import {
  CELL_OUTSIDE_INTAKE,
  CSV_TEXT,
  END,
  LOOK_BEYOND_FENCE,
  MARK,
  MORE,
  OVERSHOOT,
  PLAIN,
  QUOTE_INSIDE,
  ROW,
  START,
  TEXT_AFTER_QUOTE,
  TOO_FEW_VALUES,
  TOO_MANY_VALUES,
} from './memory-map.ts';
import { columns, columnsEnd } from './stream.ts';
import { BACKSLASH, QUOTE } from './special-byte.ts';
import { specialBytes } from './vector.ts';

const COMMA: u32 = 0x2c;
const LF: u32 = 0x0a;
const CR: u32 = 0x0d;

/** Where the look goes on: the byte, its column, and whether it is inside a quoted value or at its closing quote. */
export let at: usize = 0;
let column: usize = 0;
let open: bool = false;
/** Where afterQuoted ran out of bytes. */
let stoppedAt: usize = 0;

/** Begins at the first row. */
export function startAt(first: usize): void {
  at = first;
  column = columns;
  open = false;
}

/** Follows the bytes, which have moved down by `distance`. */
export function follow(distance: usize): void {
  at -= distance;
  for (let place = columns; place < columnsEnd; place += 4) {
    const cell: usize = load<u32>(place);
    store<usize>(cell, load<usize>(cell, START) - distance, START);
    store<usize>(cell, load<usize>(cell, END) - distance, END);
  }
}

/** The columns of the row in hand that were found. */
export function columnCount(): i32 {
  return <i32>((column - columns) >> 2) + 1;
}

/**
 * Goes on to the end of the row: ROW when its values stand in the cells and `at` after it, MORE when the bytes ran out
 * before `to`. No byte of a quoted value is looked at twice, however long the row and small the chunks. Sixteen quotes must
 * stand at `to`: the look stops at the end of what is there without asking for it in every step.
 */
export function nextRow(to: usize): i32 {
  // In variables of its own, because each global is a load and a store for every value.
  let from = at;
  let place = column;
  const end = columnsEnd;
  for (; place < end; place += 4) {
    if (from >= to && !open) return waitAt(from, place, false);
    const cell: usize = load<u32>(place);
    const quoted = open || load<u8>(from) == QUOTE;
    const after = quoted ? afterQuoted(cell, from, to) : afterUnquoted(cell, from, to);
    if (after == 0) return waitAt(quoted ? stoppedAt : from, place, quoted);
    const separator: u32 = load<u8>(after);
    if (separator == COMMA) {
      from = after + 1;
      continue;
    }
    if (separator == CR && after + 1 >= to) return waitAt(quoted ? after - 1 : from, place, quoted);
    const next = separator == LF ? after + 1 : separator == CR && load<u8>(after + 1) == LF ? after + 2 : 0;
    if (next == 0) return quoted ? TEXT_AFTER_QUOTE : QUOTE_INSIDE;
    column = place;
    if (place + 4 != end) return TOO_FEW_VALUES;
    startAt(next);
    return ROW;
  }
  return TOO_MANY_VALUES;
}

/** The look goes on at `from`: inside a quoted value or at its closing quote, or else at the start of a value. */
function waitAt(from: usize, place: usize, inside: bool): i32 {
  at = from;
  column = place;
  open = inside;
  return MORE;
}

/** After the closing quote, where one byte more is there; 0 where it has not come yet, and the look stopped at `stoppedAt`. */
function afterQuoted(cell: usize, start: usize, to: usize): usize {
  let from = start;
  if (!open) {
    from++;
    store<u32>(cell, from, START);
    store<u32>(cell, PLAIN, MARK);
  }
  open = false;
  for (;;) {
    check(from < to + OVERSHOOT, LOOK_BEYOND_FENCE);
    const special = specialBytes(from);
    if (special == 0) {
      from += 16;
      continue;
    }
    from += ctz(special);
    if (from >= to) break;
    if (load<u8>(from) != QUOTE) from++;
    else if (from + 1 >= to) break;
    else if (load<u8>(from + 1) == QUOTE) from += 2;
    else {
      if (!ASC_NO_ASSERT) check(<usize>load<u32>(cell, START) <= from, CELL_OUTSIDE_INTAKE);
      store<u32>(cell, from, END);
      return from + 1;
    }
    store<u32>(cell, CSV_TEXT, MARK);
  }
  stoppedAt = from;
  return 0;
}

/** Where an unquoted value ends: at a comma, a line end or, wrongly, a quote; 0 where its end has not come yet. */
function afterUnquoted(cell: usize, start: usize, to: usize): usize {
  let mark: u32 = PLAIN;
  let end = start;
  for (; end < to; end++) {
    const byte: u32 = load<u8>(end);
    if (byte == COMMA || byte == LF || byte == QUOTE) break;
    if (byte == CR && (end + 1 >= to || load<u8>(end + 1) == LF)) break;
    if (byte < 0x20 || byte == BACKSLASH) mark = CSV_TEXT;
  }
  if (end >= to) return 0;
  store<u32>(cell, start, START);
  store<u32>(cell, end, END);
  store<u32>(cell, mark, MARK);
  return end;
}

/** One row's cells as one RECORD line. */
import { check } from './check.ts';
import { writeOddValue, writeRemarks, writeReplacement } from './host.ts';
import { copy, reserve } from './memory.ts';
import {
  BEFORE,
  BOOLEAN,
  CELL,
  COMPOUND,
  DATE,
  DATETIME,
  END,
  HEAD,
  INTEGER,
  KIND,
  LINE_BEYOND_ROOM,
  MARK,
  NUMBER,
  OVERSHOOT,
  PLAIN,
  PREFIX,
  REFERENCE_TYPE,
  REPLACED,
  START,
  STEP_BYTES,
  STRING,
  TAIL,
  TIME,
  TYPE_BYTES,
  TYPE_END,
  TYPE_FROM,
  URL,
} from './memory-map.ts';
import { DATE_BYTES, DATETIME_BYTES, isDate, isUtcDatetime, isUtcTime, TIME_BYTES } from './moment.ts';
import { isInteger, isNumber } from './number.ts';
import { QUOTE } from './special-byte.ts';
import { closingFrom, closingTo, copies, fixedBytes, steps, stepsEnd } from './stream.ts';
import { writeText } from './text.ts';

const CLOSING_BRACE: u32 = 0x7d;
const LETTER_Z: u32 = 0x5a;
/** `null`, `true` and the first four letters of `false`, little-endian. */
const NULL_WORD: u32 = 0x6c6c756e;
const TRUE_WORD: u32 = 0x65757274;
const FALS_WORD: u32 = 0x736c6166;
const LETTER_E: u32 = 0x65;

/** The key prefix of an Id, as the lower part of a word. */
const PREFIX_BYTES: usize = 3;
const PREFIX_MASK: u32 = 0xffffff;

/** An odd value may be longer than its text, by the zeros of an exponent written out: 400 digits at most. */
const ODD_BYTES: usize = 512;

/** Room that a line needs which has just begun. */
let room: usize = 0;
/** No line has so much room; with it, no address overflows. */
const ROOM_MAX: u64 = 0x7fffffff;
/** Whether this line has values that were left to JavaScript. */
let odd: bool = false;

/** Writes the line of the row in the cells at `to`; gives its end. `rowBytes` is at least the length of all its values together. */
export function writeLine(rowBytes: usize, to: usize): usize {
  room = <usize>min(<u64>fixedBytes + <u64>copies * rowBytes + OVERSHOOT, ROOM_MAX);
  odd = false;
  reserve(to, room);
  const last = stepsEnd;
  for (let step = steps; step < last; step += STEP_BYTES) {
    to = copyPiece(step, BEFORE, to);
    const kind = load<i32>(step, KIND);
    if (kind == COMPOUND) {
      to = writeCompound(step, to);
      step += <usize>load<u32>(step, CELL) * STEP_BYTES;
      continue;
    }
    // The two commonest cases stand here rather than in a function of their own.
    const cell: usize = load<u32>(step, CELL);
    const start: usize = load<u32>(cell, START);
    const end: usize = load<u32>(cell, END);
    if (start == end) to = writeNull(to);
    else if (kind == STRING && load<u32>(cell, MARK) == PLAIN) to = writeQuoted(start, end, to);
    else to = writeValue(step, to);
  }
  to = copy(closingFrom, closingTo, to);
  check(to <= (<usize>memory.size()) << 16, LINE_BEYOND_ROOM);
  return odd ? writeRemarks(to) : to;
}

function copyPiece(step: usize, piece: usize, to: usize): usize {
  return copy(load<u32>(step + piece), load<u32>(step + piece, 4), to);
}

/** Writes the object of a compound's parts, or null where all of them are null. */
function writeCompound(step: usize, to: usize): usize {
  const begin = to;
  const last = step + <usize>load<u32>(step, CELL) * STEP_BYTES;
  let filled = false;
  for (let part = step + STEP_BYTES; part <= last; part += STEP_BYTES) {
    const valueAt = copyPiece(part, BEFORE, to);
    to = writeValue(part, valueAt);
    if (load<u32>(valueAt) != NULL_WORD) filled = true;
  }
  if (!filled) return writeNull(begin);
  store<u8>(to, CLOSING_BRACE);
  return to + 1;
}

/** Writes one value, leaving `room` after it. */
function writeValue(step: usize, to: usize): usize {
  const cell: usize = load<u32>(step, CELL);
  const start: usize = load<u32>(cell, START);
  const end: usize = load<u32>(cell, END);
  if (start == end) return writeNull(to);
  const kind = load<i32>(step, KIND);
  const mark = load<u32>(cell, MARK);
  if (kind == STRING) return writeString(start, end, mark, to);
  if (kind == URL) return writeUrl(step, start, end, mark, to);
  if (kind == REFERENCE_TYPE) return writeReferenceType(step, start, end, to);
  if (mark == PLAIN && passes(kind, start, end)) return writePlain(kind, start, end, to);
  odd = true;
  if (kind == REPLACED) return writeReplaced(step, to);
  reserve(to, end - start + ODD_BYTES + room);
  return writeOddValue(step, to);
}

function writeReplaced(step: usize, to: usize): usize {
  const end = writeReplacement(step, to);
  reserve(end, room);
  return end;
}

function writeString(start: usize, end: usize, mark: u32, to: usize): usize {
  store<u8>(to, QUOTE);
  const textEnd = writeText(start, end, mark, to + 1);
  // What is nothing but NUL is nothing.
  if (textEnd == to + 1) return writeNull(to);
  reserve(textEnd, room);
  store<u8>(textEnd, QUOTE);
  return textEnd + 1;
}

function writeUrl(step: usize, start: usize, end: usize, mark: u32, to: usize): usize {
  store<u8>(to, QUOTE);
  const textAt = copyPiece(step, HEAD, to + 1);
  const textEnd = writeText(start, end, mark, textAt);
  if (textEnd == textAt) return writeNull(to);
  reserve(textEnd, room);
  const tailEnd = copyPiece(step, TAIL, textEnd);
  store<u8>(tailEnd, QUOTE);
  return tailEnd + 1;
}

/** Writes what stands for the first three bytes of an Id, or null. The texts are among those that `fixedBytes` has counted. */
function writeReferenceType(step: usize, start: usize, end: usize, to: usize): usize {
  const prefix = end - start < PREFIX_BYTES ? 0 : load<u32>(start) & PREFIX_MASK;
  const last: usize = load<u32>(step + HEAD, 4);
  for (let row: usize = load<u32>(step + HEAD); row < last; row += TYPE_BYTES) {
    const known = load<u32>(row, PREFIX);
    if (known == prefix || known == 0) return copy(load<u32>(row, TYPE_FROM), load<u32>(row, TYPE_END), to);
  }
  return writeNull(to);
}

/** Whether the bytes of a value pass as they stand, or all but. */
function passes(kind: i32, start: usize, end: usize): bool {
  switch (kind) {
    case NUMBER:
      return isNumber(start, end);
    case INTEGER:
      return isInteger(start, end);
    case BOOLEAN:
      return isBoolean(start, end);
    case DATE:
      return isDate(start, end);
    case TIME:
      return isUtcTime(start, end);
    default:
      return isUtcDatetime(start, end);
  }
}

function writePlain(kind: i32, start: usize, end: usize, to: usize): usize {
  switch (kind) {
    case DATE:
      return writeQuoted(start, start + DATE_BYTES, to);
    case TIME:
      return writeQuoted(start, start + TIME_BYTES, to);
    case DATETIME:
      to = writeQuoted(start, start + DATETIME_BYTES, to);
      store<u8>(to - 1, LETTER_Z);
      store<u8>(to, QUOTE);
      return to + 1;
    default:
      return copy(start, end, to);
  }
}

function writeQuoted(start: usize, end: usize, to: usize): usize {
  store<u8>(to, QUOTE);
  const after = copy(start, end, to + 1);
  store<u8>(after, QUOTE);
  return after + 1;
}

function isBoolean(start: usize, end: usize): bool {
  if (end - start == 4) return load<u32>(start) == TRUE_WORD;
  return end - start == 5 && load<u32>(start) == FALS_WORD && load<u8>(start + 4) == LETTER_E;
}

function writeNull(to: usize): usize {
  store<u32>(to, NULL_WORD);
  return to + 4;
}

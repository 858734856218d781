/** Finds the values of one record of a REST answer after the other. */
import { unescapeName } from './host.ts';
import {
  CELLS,
  END,
  JSON_STRUCTURE,
  JSON_TEXT,
  KEY_END,
  KEY_FROM,
  MARK,
  MEMBER_BYTES,
  MEMBER_CELL,
  MEMBER_OBJECT,
  MEMBERS,
  MEMBERS_END,
  PLAIN,
  SCRATCH,
  START,
} from './memory-map.ts';
import { columns, hasId } from './stream.ts';
import { BACKSLASH, QUOTE } from './special-byte.ts';
import { sameBytes, specialBytes } from './vector.ts';

const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const OPEN_BRACE: u32 = 0x7b;
const CLOSE_BRACE: u32 = 0x7d;
const OPEN_BRACKET: u32 = 0x5b;
const CLOSE_BRACKET: u32 = 0x5d;
/** `null`, little-endian. */
const NULL_WORD: u32 = 0x6c6c756e;

/** Where a record was found to be none: the end of the bytes where it may go on after them. */
export let stop: usize = 0;
/** Whether the record that was read last has no Id, or not every member that its object expects: JavaScript looks into it. */
export let lacking: bool = false;
/** Members known by name in the object that was read last. */
let found: i32 = 0;
/** Whether the string that was passed last has escapes. */
let escaped: bool = false;
/** Where the name ends of the key that was passed last. */
let nameEnd: usize = 0;

/**
 * Puts the values of the record that begins at `start` into the cells; gives the address after the record, or 0 and where it
 * `stop`s to be a JSON object. Null has start and end alike; those of an absent member are 0. Sixteen quotes must stand at
 * `to`.
 */
export function readRecord(object: usize, start: usize, to: usize): usize {
  memory.fill(CELLS, 0, columns - CELLS);
  const end = readObject(object, start, to);
  const expected = (load<usize>(object, MEMBERS_END) - load<usize>(object, MEMBERS)) / MEMBER_BYTES;
  lacking = <usize>found < expected || !hasId();
  return end;
}

function readObject(object: usize, start: usize, to: usize): usize {
  if (load<u8>(start) != OPEN_BRACE) return stopAt(start, to);
  let known = 0;
  found = 0;
  let at = skipSpace(start + 1, to);
  if (at < to && load<u8>(at) == CLOSE_BRACE) return at + 1;
  const membersEnd = load<usize>(object, MEMBERS_END);
  let expected = load<usize>(object, MEMBERS);
  while (at < to) {
    let member = expected;
    let valueAt: usize = 0;
    // Salesforce keeps the order of the SELECT, so one comparison finds most members; the others cost a search.
    if (expected < membersEnd && isKey(expected, at, to)) valueAt = at + keyLength(expected);
    else {
      valueAt = afterKey(at, to);
      if (valueAt == 0) return 0;
      member = escaped
        ? memberNamed(object, SCRATCH, unescapeName(at + 1, nameEnd))
        : memberNamed(object, at + 1, nameEnd);
    }
    if (member != 0) {
      expected = member + MEMBER_BYTES;
      known++;
    }
    at = readValue(member, skipSpace(valueAt, to), to);
    if (at == 0) return 0;
    at = skipSpace(at, to);
    if (at < to && load<u8>(at) == CLOSE_BRACE) {
      found = known;
      return at + 1;
    }
    if (at < to && load<u8>(at) != COMMA) return stopAt(at, to);
    at = skipSpace(at + 1, to);
  }
  return stopAt(at, to);
}

/** After the colon of the key at `at`, and its `nameEnd`; 0 where there is no key. */
function afterKey(at: usize, to: usize): usize {
  if (load<u8>(at) != QUOTE) return stopAt(at, to);
  const end = afterString(at + 1, to);
  if (end == 0) return 0;
  nameEnd = end - 1;
  const colon = skipSpace(end, to);
  return colon < to && load<u8>(colon) == COLON ? colon + 1 : stopAt(colon, to);
}

function keyLength(member: usize): usize {
  return load<usize>(member, KEY_END) - load<usize>(member, KEY_FROM);
}

function readValue(member: usize, at: usize, to: usize): usize {
  const cell: usize = member == 0 ? 0 : load<usize>(member, MEMBER_CELL);
  const object: usize = member == 0 ? 0 : load<usize>(member, MEMBER_OBJECT);
  const first: u32 = load<u8>(at);
  if (at >= to) return stopAt(at, to);
  if (first == QUOTE) {
    const end = afterString(at + 1, to);
    if (end != 0 && cell != 0) fill(cell, at + 1, end - 1, escaped ? JSON_TEXT : PLAIN);
    return end;
  }
  if (first == OPEN_BRACE && object != 0) return readObject(object, at, to);
  const nested = first == OPEN_BRACE || first == OPEN_BRACKET;
  const end = nested ? afterNested(at, to) : afterLiteral(at, to);
  if (end == 0 || cell == 0) return end;
  const none = end - at == 4 && load<u32>(at) == NULL_WORD;
  if (none) store<u64>(cell, <u64>at | ((<u64>at) << 32), START);
  else fill(cell, at, end, nested ? JSON_STRUCTURE : PLAIN);
  return end;
}

function fill(cell: usize, start: usize, end: usize, mark: u32): void {
  store<usize>(cell, start, START);
  store<usize>(cell, end, END);
  store<u32>(cell, mark, MARK);
}

/** Whether the key of `member` stands at `at`. */
function isKey(member: usize, at: usize, to: usize): bool {
  const from = load<usize>(member, KEY_FROM);
  const length = keyLength(member);
  if (at + length > to) return false;
  for (let i: usize = 0; i < length; i += 16) {
    if (!sameBytes(at + i, from + i, min(length - i, 16))) return false;
  }
  return true;
}

/** The member whose name, in any case, is the text from `start` to `end`; 0 where there is none. */
function memberNamed(object: usize, start: usize, end: usize): usize {
  const last = load<usize>(object, MEMBERS_END);
  for (let member = load<usize>(object, MEMBERS); member < last; member += MEMBER_BYTES) {
    const from = load<usize>(member, KEY_FROM) + 1;
    const length = load<usize>(member, KEY_END) - 2 - from;
    if (length == end - start && isSameName(from, start, length)) return member;
  }
  return 0;
}

function isSameName(one: usize, other: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (lowered(load<u8>(one + i)) != lowered(load<u8>(other + i))) return false;
  return true;
}

function lowered(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}

/** After the closing quote of the string whose inside begins at `start`; 0 where there is none, or a control character. */
function afterString(start: usize, to: usize): usize {
  let at = start;
  escaped = false;
  while (at < to) {
    const special = specialBytes(at);
    if (special == 0) {
      at += 16;
      continue;
    }
    at += ctz(special);
    const byte: u32 = load<u8>(at);
    if (at >= to || (byte != QUOTE && byte != BACKSLASH)) return stopAt(at, to);
    if (byte == QUOTE) return at + 1;
    escaped = true;
    at += 2;
  }
  return stopAt(at, to);
}

/** After the object or array that begins at `start`. */
function afterNested(start: usize, to: usize): usize {
  let depth = 0;
  let at = start;
  while (at < to) {
    const byte: u32 = load<u8>(at);
    if (byte == QUOTE) {
      at = afterString(at + 1, to);
      if (at == 0) return 0;
      continue;
    }
    at++;
    if (byte == OPEN_BRACE || byte == OPEN_BRACKET) depth++;
    else if ((byte == CLOSE_BRACE || byte == CLOSE_BRACKET) && --depth == 0) return at;
  }
  return stopAt(at, to);
}

/** After the number, true, false or null that begins at `start`: before white space, a comma or a bracket. */
function afterLiteral(start: usize, to: usize): usize {
  let at = start;
  for (; at < to; at++) {
    const byte: u32 = load<u8>(at);
    if (isSpace(byte) || byte == COMMA || byte == CLOSE_BRACE || byte == CLOSE_BRACKET) break;
    if (byte == QUOTE || byte == COLON || byte == OPEN_BRACE || byte == OPEN_BRACKET) return stopAt(at, to);
  }
  return at == start || at >= to ? stopAt(at, to) : at;
}

function skipSpace(start: usize, to: usize): usize {
  let at = start;
  while (at < to && isSpace(load<u8>(at))) at++;
  return at;
}

function isSpace(byte: u32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

function stopAt(at: usize, to: usize): usize {
  stop = at < to ? at : to;
  return 0;
}

/** Text as the inside of a JSON string, in one canonical form whatever it came from, so that REST and Bulk give the same bytes. */
import { refuseEscape } from './host.ts';
import { reserve } from './memory.ts';
import { CSV_TEXT, JSON_TEXT } from './memory-map.ts';
import { BACKSLASH, QUOTE } from './special-byte.ts';
import { copySixteen, specialBytes } from './vector.ts';

const SLASH: u32 = 0x2f;
const LOWER_U: u32 = 0x75;
const REPLACEMENT: u32 = 0xfffd;

/** More than one step of `writeText` writes. */
const STEP_ROOM: usize = 64;

/** After the JSON escape that was written last. */
let afterEscape: usize = 0;

/**
 * Writes text that can't pass as it is, without quotes round it; gives the end of what it wrote, and makes the room itself.
 * The canonical form is that of JSON.stringify, with NUL removed and U+FFFD for half a surrogate pair: all but `"`, `\` and
 * control characters is raw UTF-8.
 */
export function writeText(start: usize, end: usize, mark: u32, to: usize): usize {
  let at = start;
  while (at < end) {
    reserve(to, STEP_ROOM);
    copySixteen(at, to);
    const special = specialBytes(at);
    const clean: usize = special == 0 ? 16 : ctz(special);
    if (at + clean >= end) return to + (end - at);
    at += clean;
    to += clean;
    if (special == 0) continue;
    const byte: u32 = load<u8>(at);
    if (byte == BACKSLASH && mark == JSON_TEXT) {
      to = writeEscape(at, to);
      at = afterEscape;
    } else {
      to = writeByte(byte, to);
      at += byte == QUOTE && mark == CSV_TEXT ? 2 : 1;
    }
  }
  return to;
}

/** Writes a byte as JSON text has it; NUL is dropped, since Postgres and others can't store it. */
function writeByte(byte: u32, to: usize): usize {
  if (byte == 0) return to;
  if (byte >= 0x20 && byte != QUOTE && byte != BACKSLASH) {
    store<u8>(to, byte);
    return to + 1;
  }
  const letter = byte >= 0x20 ? byte : shortEscape(byte);
  store<u8>(to, BACKSLASH);
  store<u8>(to + 1, letter);
  if (letter != LOWER_U) return to + 2;
  store<u8>(to + 2, 0x30);
  store<u8>(to + 3, 0x30);
  store<u8>(to + 4, 0x30 + (byte >> 4));
  store<u8>(to + 5, hexDigit(byte & 15));
  return to + 6;
}

/** The letter after the backslash for a control character: b, t, n, f, r, or u. */
function shortEscape(byte: u32): u32 {
  switch (byte) {
    case 8:
      return 0x62;
    case 9:
      return 0x74;
    case 10:
      return 0x6e;
    case 12:
      return 0x66;
    case 13:
      return 0x72;
    default:
      return LOWER_U;
  }
}

function hexDigit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** Translates the JSON escape at `at` (RFC 8259, section 7). */
function writeEscape(at: usize, to: usize): usize {
  const kind: u32 = load<u8>(at + 1);
  if (kind == LOWER_U) return writeUnicode(at, to);
  afterEscape = at + 2;
  switch (kind) {
    case SLASH:
      store<u8>(to, SLASH);
      return to + 1;
    case QUOTE:
    case BACKSLASH:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      store<u8>(to, BACKSLASH);
      store<u8>(to + 1, kind);
      return to + 2;
    default:
      refuseEscape(at);
      return to;
  }
}

function writeUnicode(at: usize, to: usize): usize {
  const unit = hexAt(at + 2);
  afterEscape = at + 6;
  if (isHigh(unit) && load<u8>(at + 6) == BACKSLASH && load<u8>(at + 7) == LOWER_U) {
    const next = hexAt(at + 8);
    if (isLow(next)) {
      afterEscape = at + 12;
      return writeCodePoint(0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00), to);
    }
  }
  return writeCodePoint(isHigh(unit) || isLow(unit) ? REPLACEMENT : unit, to);
}

function isHigh(unit: u32): bool {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: u32): bool {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** The number that four hexadecimal digits are. */
function hexAt(at: usize): u32 {
  let number: u32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const byte: u32 = load<u8>(at + i);
    const letter = (byte | 0x20) - 0x61;
    if (byte - 0x30 < 10) number = (number << 4) | (byte - 0x30);
    else if (letter < 6) number = (number << 4) | (letter + 10);
    else refuseEscape(at);
  }
  return number;
}

function writeCodePoint(code: u32, to: usize): usize {
  if (code < 0x80) return writeByte(code, to);
  if (code < 0x800) {
    store<u8>(to, 0xc0 | (code >> 6));
    return writeTrail(code, to + 1);
  }
  if (code < 0x10000) {
    store<u8>(to, 0xe0 | (code >> 12));
    return writeTrail(code, writeTrail(code >> 6, to + 1));
  }
  store<u8>(to, 0xf0 | (code >> 18));
  return writeTrail(code, writeTrail(code >> 6, writeTrail(code >> 12, to + 1)));
}

function writeTrail(bits: u32, to: usize): usize {
  store<u8>(to, 0x80 | (bits & 0x3f));
  return to + 1;
}

/**
 * Finds its way in JSON text without parsing it: where values begin and end, as byte offsets.
 *
 * It trusts the text to be JSON and checks only what it walks over; text that ends early or has something else where a
 * value, a comma or a bracket must stand throws a SyntaxError with the offset.
 */

/** A look for the end of a value of which the text comes piece by piece: no byte is looked at twice. */
export interface Seek {
  /** Where it goes on; moves with the bytes where they move. */
  at: number;
  /** Brackets that are open. */
  depth: number;
  inString: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Behind the last byte: no byte at all. */
export const NO_BYTE = -1;

/**
 * The byte at `at`, NO_BYTE behind the end. Text that comes piece by piece ends inside a value all the time, and once code
 * has read behind a typed array V8 compiles each of its reads for that: 260 MB/s of records instead of 400.
 */
export function byteAt(bytes: Uint8Array, at: number): number {
  return at < bytes.length ? (bytes[at] as number) : NO_BYTE;
}

/** Offset of the first byte at or after `at` that is no JSON white space; the length of `bytes` where none is left. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let offset = at;
  while (offset < bytes.length && isSpace(bytes[offset])) offset++;
  return offset;
}

/** Offset just after the value that begins at `at` (leading white space allowed). */
export function skipValue(bytes: Uint8Array, at: number): number {
  const start = skipSpace(bytes, at);
  const first = byteAt(bytes, start);
  if (first === QUOTE) return skipString(bytes, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(bytes, start);
  return skipLiteral(bytes, start);
}

/**
 * Walks the members of the object that begins at `at` (leading white space allowed) in the order of the text.
 * `visit` gets the unescaped key and the range [start, end) of the value, without white space round it.
 * Returns the offset just after the object.
 */
export function members(
  bytes: Uint8Array,
  at: number,
  visit: (key: string, start: number, end: number) => void,
): number {
  return walkMembers(bytes, at, (key, start) => {
    const end = skipValue(bytes, start);
    visit(key, start, end);
    return end;
  });
}

/** Walks the elements of the array that begins at `at`; otherwise as `members`. */
export function elements(bytes: Uint8Array, at: number, visit: (start: number, end: number) => void): number {
  return walkElements(bytes, at, (start) => {
    const end = skipValue(bytes, start);
    visit(start, end);
    return end;
  });
}

/**
 * As `members`, but `visit` walks the value itself and returns the offset just after it, so that nested values are gone
 * through once: a catalog's describes are some hundred megabytes.
 */
export function walkMembers(bytes: Uint8Array, at: number, visit: (key: string, start: number) => number): number {
  let offset = skipSpace(bytes, expectByte(bytes, skipSpace(bytes, at), OPEN_BRACE));
  if (bytes[offset] === CLOSE_BRACE) return offset + 1;
  for (;;) {
    const keyStart = skipSpace(bytes, offset);
    if (bytes[keyStart] !== QUOTE) throw unexpected(bytes, keyStart);
    const keyEnd = skipString(bytes, keyStart);
    const start = skipSpace(bytes, expectByte(bytes, skipSpace(bytes, keyEnd), COLON));
    offset = skipSpace(bytes, visit(keyOf(bytes, keyStart, keyEnd), start));
    if (bytes[offset] === CLOSE_BRACE) return offset + 1;
    offset = expectByte(bytes, offset, COMMA);
  }
}

/** As `elements`, but `visit` walks the value itself and returns the offset just after it. */
export function walkElements(bytes: Uint8Array, at: number, visit: (start: number) => number): number {
  let offset = skipSpace(bytes, expectByte(bytes, skipSpace(bytes, at), OPEN_BRACKET));
  if (bytes[offset] === CLOSE_BRACKET) return offset + 1;
  for (;;) {
    offset = skipSpace(bytes, visit(skipSpace(bytes, offset)));
    if (bytes[offset] === CLOSE_BRACKET) return offset + 1;
    offset = expectByte(bytes, offset, COMMA);
  }
}

/** A look that begins at `at`. */
export function startSeek(at: number): Seek {
  return { at, depth: 0, inString: false };
}

/**
 * Goes on to the colon, the comma or the closing bracket behind the value, outside of its own strings and brackets. True
 * when `at` stands there, false when the bytes ran out before; in text that is no JSON it may be any of these.
 */
export function seekEnd(seek: Seek, bytes: Uint8Array): boolean {
  let { at, depth, inString } = seek;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === QUOTE) inString = false;
      else if (byte === BACKSLASH && ++at >= bytes.length) {
        at--;
        break;
      }
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (depth === 0 && (byte === COMMA || byte === COLON || byte === CLOSE_BRACE || byte === CLOSE_BRACKET)) break;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
  }
  const found = at < bytes.length && !inString;
  seek.at = at;
  seek.depth = depth;
  seek.inString = inString;
  return found;
}

/** The error for text that has something else at `at` than must stand there. */
export function unexpected(bytes: Uint8Array, at: number): SyntaxError {
  if (at >= bytes.length) return endedEarly(bytes);
  return new SyntaxError(`JSON text has byte 0x${(bytes[at] ?? 0).toString(16)} where it cannot stand, at ${at}`);
}

/** The value in [start, end) as JSON.parse gives it. */
export function parseValue(bytes: Uint8Array, start: number, end: number): unknown {
  // Most members of a describe are true, false, null or short plain text, for which JSON.parse costs more than the value.
  if (bytes[start] === QUOTE) return textOf(bytes, start, end);
  const text = asBuffer(bytes).toString('utf8', start, end);
  return text === 'false' ? false : text === 'true' ? true : text === 'null' ? null : JSON.parse(text);
}

interface KnownKey {
  readonly bytes: Uint8Array;
  readonly key: string;
}

/** Keys seen lately, found again by length and three of their bytes; a newer one takes the place of an older. */
const knownKeys: (KnownKey | undefined)[] = Array.from({ length: 1024 });
const KNOWN_KEY_BYTES = 64;

/**
 * The key in [start, end) with its quotes. Documents repeat their few keys without end (the describes of a large org have
 * three million), so a key seen before is not decoded again: 1.4 times the speed, and a third of the garbage.
 */
function keyOf(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length > KNOWN_KEY_BYTES || length < 3) return textOf(bytes, start, end);
  const middle = bytes[start + (length >> 1)] ?? 0;
  const slot = (length * 131 + (bytes[start + 1] ?? 0) * 31 + middle * 17 + (bytes[end - 2] ?? 0) * 7) & 1023;
  const known = knownKeys[slot];
  if (known !== undefined && known.bytes.length === length && sameBytes(known.bytes, bytes, start)) return known.key;
  const key = textOf(bytes, start, end);
  // A copy: Buffer's own slice would keep the whole answer alive.
  knownKeys[slot] = { bytes: new Uint8Array(bytes.subarray(start, end)), key };
  return key;
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false;
  return true;
}

/** The text between the quotes of the string in [start, end), unescaped. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  const text = asBuffer(bytes).toString('utf8', start + 1, end - 1);
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function skipString(bytes: Uint8Array, start: number): number {
  for (let offset = start + 1; offset < bytes.length; offset++) {
    const byte = bytes[offset];
    if (byte === QUOTE) return offset + 1;
    if (byte === BACKSLASH) offset++;
  }
  throw endedEarly(bytes);
}

function skipNested(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let offset = start; offset < bytes.length; offset++) {
    const byte = bytes[offset];
    if (byte === QUOTE) offset = skipString(bytes, offset) - 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return offset + 1;
    }
  }
  throw endedEarly(bytes);
}

/** A number, true, false or null: it ends before white space, a comma, a bracket, or with the text. */
function skipLiteral(bytes: Uint8Array, start: number): number {
  let offset = start;
  for (; offset < bytes.length; offset++) {
    const byte = bytes[offset];
    if (isSpace(byte) || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) break;
    if (byte === QUOTE || byte === COLON || byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      throw unexpected(bytes, offset);
    }
  }
  if (offset === start) throw start < bytes.length ? unexpected(bytes, start) : endedEarly(bytes);
  return offset;
}

function expectByte(bytes: Uint8Array, at: number, byte: number): number {
  if (bytes[at] !== byte) throw unexpected(bytes, at);
  return at + 1;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endedEarly(bytes: Uint8Array): SyntaxError {
  return new SyntaxError(`JSON text ends early, after ${bytes.length} bytes`);
}

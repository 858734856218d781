/** Walks the answer to a query, `{"totalSize": …, "done": …, "records": […]}`, from record to record while its bytes come. */

import {
  byteAt,
  NO_BYTE,
  parseValue,
  type Seek,
  seekEnd,
  skipSpace,
  skipValue,
  startSeek,
  unexpected,
} from '../json/scan.ts';
import type { WasmExports } from './wasm-instance.ts';

/** The records to find. `bytes` end where what has come ends; sixteen quotes stand after them. */
export interface RecordScan {
  readonly exports: WasmExports;
  /** The address of the object that a record is. */
  readonly root: number;
  bytes: Uint8Array;
}

/** What must stand next. */
type Place = 'answer' | 'key' | 'value' | 'first record' | 'record' | 'behind value' | 'end';

export interface AnswerWalk {
  place: Place;
  /** Everything before it is done with. */
  at: number;
  /** Where the record begins that was found last. */
  recordAt: number;
  /** Looks for the end of the key, value or record at `at`, of which the rest has not come yet. */
  seek: Seek | undefined;
  key: string;
  hasRecords: boolean;
  /** Members of the answer but `records`, as far as they have come. */
  readonly told: Map<string, unknown>;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A walk through the answer that begins at `at`. */
export function startWalk(at: number): AnswerWalk {
  return { place: 'answer', at, recordAt: at, seek: undefined, key: '', hasRecords: false, told: new Map() };
}

/** Follows the bytes where they moved down by so many. */
export function followBytes(walk: AnswerWalk, moved: number): void {
  walk.at -= moved;
  if (walk.seek !== undefined) walk.seek.at -= moved;
}

/**
 * One step in the bytes of `scan`, to which more may have come since the last: 'record' when the values of one stand in its
 * cells, 'more' when the bytes ran out, 'on' for anything else. Members may come in any order, unknown ones are passed
 * over; `records` must be among them, and nothing may follow the answer. Throws a SyntaxError where the text is something else.
 *
 * A record is whole with the comma or bracket behind it. One that is not whole yet was scanned in vain; from then on only
 * its end is looked for, so that a record of 10 MiB in pieces of 64 KiB is gone through three times and not eighty.
 */
export function stepOn(walk: AnswerWalk, scan: RecordScan): 'record' | 'on' | 'more' {
  const { bytes } = scan;
  walk.at = skipSpace(bytes, walk.at);
  const { at, place } = walk;
  const byte = byteAt(bytes, at);
  if (byte === NO_BYTE) return 'more';
  if (place === 'record') return stepRecord(walk, scan);
  if (place === 'first record')
    return byte === CLOSE_BRACKET ? goTo(walk, at + 1, 'behind value') : stepRecord(walk, scan);
  if (place === 'key') return stepKey(walk, bytes);
  if (place === 'value') return stepValue(walk, bytes);
  if (place === 'answer' && byte === OPEN_BRACE) return goTo(walk, at + 1, 'key');
  if (place === 'behind value' && byte === COMMA) return goTo(walk, at + 1, 'key');
  if (place === 'behind value' && byte === CLOSE_BRACE && walk.hasRecords) return goTo(walk, at + 1, 'end');
  throw unexpected(bytes, at);
}

function stepRecord(walk: AnswerWalk, { exports, root, bytes }: RecordScan): 'record' | 'more' {
  const { at, seek } = walk;
  if (seek !== undefined && !seekEnd(seek, bytes)) return 'more';
  const recordEnd = exports.readRecord(root, at, bytes.length);
  const end = recordEnd === 0 ? exports.stop.value : skipSpace(bytes, recordEnd);
  const separator = byteAt(bytes, end);
  if (separator === NO_BYTE && seek === undefined) {
    walk.seek = startSeek(at);
    return 'more';
  }
  if (recordEnd === 0 || (separator !== COMMA && separator !== CLOSE_BRACKET)) throw unexpected(bytes, end);
  walk.recordAt = at;
  goTo(walk, end + 1, separator === COMMA ? 'record' : 'behind value');
  return 'record';
}

function stepKey(walk: AnswerWalk, bytes: Uint8Array): 'on' | 'more' {
  const end = endOf(walk, bytes);
  if (end === undefined) return 'more';
  if (bytes[walk.at] !== QUOTE || bytes[end] !== COLON) throw unexpected(bytes, walk.at);
  walk.key = String(valueIn(bytes, walk.at, end));
  return goTo(walk, end + 1, 'value');
}

function stepValue(walk: AnswerWalk, bytes: Uint8Array): 'on' | 'more' {
  const { at, key } = walk;
  if (key === 'records') {
    if (bytes[at] !== OPEN_BRACKET) throw unexpected(bytes, at);
    walk.hasRecords = true;
    return goTo(walk, at + 1, 'first record');
  }
  const end = endOf(walk, bytes);
  if (end === undefined) return 'more';
  walk.told.set(key, valueIn(bytes, at, end));
  return goTo(walk, end, 'behind value');
}

/** Where the byte behind the key or value at `at` stands; undefined where it has not come. */
function endOf(walk: AnswerWalk, bytes: Uint8Array): number | undefined {
  walk.seek ??= startSeek(walk.at);
  return seekEnd(walk.seek, bytes) ? walk.seek.at : undefined;
}

/** The value in [at, end), white space behind it allowed. */
function valueIn(bytes: Uint8Array, at: number, end: number): unknown {
  const valueEnd = skipValue(bytes, at);
  if (skipSpace(bytes, valueEnd) !== end) throw unexpected(bytes, valueEnd);
  return parseValue(bytes, at, valueEnd);
}

function goTo(walk: AnswerWalk, at: number, place: Place): 'on' {
  walk.at = at;
  walk.place = place;
  walk.seek = undefined;
  return 'on';
}

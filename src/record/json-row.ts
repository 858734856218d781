/** Finds the values of one record of a REST answer after the other, by scanning: nothing is parsed, no object is made. */

import { type Cells, createCells, JSON_STRUCTURE, JSON_TEXT, PLAIN, viewOf } from './cells.ts';
import { byteAt, parseValue, skipSpace, skipValue, unexpected } from './json-scan.ts';
import { bytesBefore, specialBytes } from './special-byte.ts';

export interface RecordScan {
  readonly cells: Cells;
  readonly root: Parent;
}

/** An object of the answer, the record itself or a parent such as `Owner`, with the members that are looked for. */
interface Parent {
  /** In the order in which Salesforce sends them: `attributes`, then as in the SELECT. */
  readonly members: readonly Member[];
  readonly places: ReadonlyMap<string, number>;
}

interface Member {
  /** `"Name":` as bytes. */
  readonly key: Uint8Array;
  /** Place in the SOQL; NO_CELL for what is skipped. */
  readonly cell: number;
  readonly parent: Parent | undefined;
}

const NO_CELL = -1;
const SKIPPED: Member = { key: new Uint8Array(0), cell: NO_CELL, parent: undefined };

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const LETTER_N = 0x6e;
/** `null`, little-endian. */
const NULL_WORD = 0x6c6c756e;

/** A scan of records for `fields`, names and paths, in the order of the SELECT. It looks into no bytes yet: `scanIn`. */
export function createRecordScan(fields: readonly string[]): RecordScan {
  const paths = fields.map((field, cell) => ({ path: field.split('.'), cell }));
  return { cells: createCells(fields.length, new Uint8Array(0)), root: parentOf(paths) };
}

/** From here on the scan is one of `bytes` (valid UTF-8); what stands in `cells` is void. */
export function scanIn({ cells }: RecordScan, bytes: Uint8Array): void {
  cells.bytes = bytes;
  cells.view = viewOf(bytes);
}

/**
 * Finds the values of the record that begins at `start`; they stand in `cells` then, absent ones as null. Gives the offset
 * behind the record; throws a SyntaxError where the text is no JSON object, or no whole one (`isCutShort`).
 */
export function scanRecord(scan: RecordScan, start: number): number {
  const { starts, ends } = scan.cells;
  starts.fill(0);
  ends.fill(0);
  return scanMembers(scan.cells, scan.root, start);
}

function scanMembers(cells: Cells, { members, places }: Parent, start: number): number {
  const { bytes } = cells;
  let at = behind(bytes, start, OPEN_BRACE);
  if (byteAt(bytes, at) === CLOSE_BRACE) return at + 1;
  for (let expected = 0; ; expected++) {
    let member = members[expected];
    // Salesforce keeps the order of the SELECT, so one comparison finds most members; the others cost a look-up.
    if (member !== undefined && standsAt(bytes, at, member.key)) at = skipSpace(bytes, at + member.key.length);
    else {
      const nameEnd = byteAt(bytes, at) === QUOTE ? skipValue(bytes, at) : at;
      const place = places.get(nameOf(bytes, at, nameEnd));
      member = place === undefined ? SKIPPED : (members[place] as Member);
      expected = place ?? expected - 1;
      at = behind(bytes, skipSpace(bytes, nameEnd), COLON);
    }
    at = skipSpace(bytes, scanValue(cells, member, at));
    if (byteAt(bytes, at) === CLOSE_BRACE) return at + 1;
    at = behind(bytes, at, COMMA);
  }
}

function scanValue(cells: Cells, member: Member, at: number): number {
  const { bytes, view } = cells;
  const first = byteAt(bytes, at);
  if (member.parent !== undefined && first === OPEN_BRACE) return scanMembers(cells, member.parent, at);
  if (member.cell === NO_CELL) return skipValue(bytes, at);
  if (first === QUOTE) return scanString(cells, member.cell, at + 1);
  const end = skipValue(bytes, at);
  if (first === LETTER_N && bytes.length >= at + 4 && view.getInt32(at, true) === NULL_WORD) return end;
  cells.starts[member.cell] = at;
  cells.ends[member.cell] = end;
  cells.marks[member.cell] = first === OPEN_BRACE || first === OPEN_BRACKET ? JSON_STRUCTURE : PLAIN;
  return end;
}

/** `at` is behind the opening quote. */
function scanString(cells: Cells, cell: number, start: number): number {
  const { bytes, view } = cells;
  const lastWord = bytes.length - 4;
  let mark = PLAIN;
  let at = start;
  for (;;) {
    if (at <= lastWord) {
      const special = specialBytes(view.getInt32(at, true));
      if (special === 0) {
        at += 4;
        continue;
      }
      at += bytesBefore(special);
    }
    const byte = byteAt(bytes, at);
    if (byte === QUOTE) break;
    // Also where no byte is left.
    if (byte < 0x20) throw unexpected(bytes, at);
    if (byte === BACKSLASH) mark = JSON_TEXT;
    at += byte === BACKSLASH ? 2 : 1;
  }
  cells.starts[cell] = start;
  cells.ends[cell] = at;
  cells.marks[cell] = mark;
  return at + 1;
}

/** Behind the byte that must stand at `at` and the white space after it. */
function behind(bytes: Uint8Array, at: number, byte: number): number {
  if (byteAt(bytes, at) === byte) return skipSpace(bytes, at + 1);
  throw unexpected(bytes, at);
}

function standsAt(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  if (at + key.length > bytes.length) return false;
  for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false;
  return true;
}

function nameOf(bytes: Uint8Array, start: number, end: number): string {
  if (start === end) throw unexpected(bytes, start);
  return String(parseValue(bytes, start, end)).toLowerCase();
}

function parentOf(fields: readonly { readonly path: readonly string[]; readonly cell: number }[]): Parent {
  const named = new Map<string, { readonly path: readonly string[]; readonly cell: number }[]>([['attributes', []]]);
  for (const field of fields) {
    const name = nameIn(field.path).toLowerCase();
    named.set(name, [...(named.get(name) ?? []), field]);
  }
  const members = [...named].map(([name, own]): Member => {
    const inner = own.filter(({ path }) => path.length > 1).map(({ path, cell }) => ({ path: path.slice(1), cell }));
    return {
      key: Buffer.from(`"${own[0] === undefined ? name : nameIn(own[0].path)}":`),
      cell: own.find(({ path }) => path.length === 1)?.cell ?? NO_CELL,
      parent: inner.length > 0 ? parentOf(inner) : undefined,
    };
  });
  return { members, places: new Map([...named.keys()].map((name, place) => [name, place])) };
}

function nameIn(path: readonly string[]): string {
  return path[0] ?? '';
}

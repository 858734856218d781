/** The members of a record's JSON laid out in the module's memory, so that it finds the values of the fields. */
import {
  KEY_END,
  KEY_FROM,
  MEMBER_BYTES,
  MEMBER_CELL,
  MEMBER_OBJECT,
  MEMBERS,
  MEMBERS_END,
  OBJECT_BYTES,
  OVERSHOOT,
} from '../../transcoder/memory-map.ts';
import { addressOf, aligned, type Layout } from './layout.ts';
import { bytesOf, growTo } from './wasm-instance.ts';

export interface JsonLayout {
  /** The object that a record is. */
  readonly root: number;
  /** What lies after it is free. */
  readonly end: number;
}

interface Place {
  /** Addresses and texts, in the order in which they lie in memory, from `end` of the layout on. */
  readonly pieces: Uint8Array[];
  at: number;
}

interface Field {
  readonly path: readonly string[];
  readonly cell: number;
}

/** Of a cell or an object that a member does not have. */
const NO_ADDRESS = 0;

/** Lays the fields of the layout's template out after it. */
export function layOutMembers({ wasm, template, end }: Layout): JsonLayout {
  const place: Place = { pieces: [], at: end };
  const root = placeObject(
    place,
    template.fields.map((field, cell) => ({ path: field.split('.'), cell })),
  );
  growTo(wasm, place.at + OVERSHOOT);
  bytesOf(wasm).set(Buffer.concat(place.pieces), end);
  return { root, end: aligned(place.at + OVERSHOOT) };
}

/** Places an object with its members in the order in which Salesforce sends them: `attributes`, then as in the SELECT. */
function placeObject(place: Place, fields: readonly Field[]): number {
  const named = new Map<string, Field[]>([['attributes', []]]);
  for (const field of fields) {
    const name = nameIn(field).toLowerCase();
    named.set(name, [...(named.get(name) ?? []), field]);
  }
  const members = [...named].map(([name, own]) => {
    const inner = own.filter(({ path }) => path.length > 1).map(({ path, cell }) => ({ path: path.slice(1), cell }));
    const key = Buffer.from(`"${own[0] === undefined ? name : nameIn(own[0])}":`);
    const keyAt = placeBytes(place, key);
    const object = inner.length > 0 ? placeObject(place, inner) : NO_ADDRESS;
    return wordsOf(MEMBER_BYTES, [
      [KEY_FROM, keyAt],
      [KEY_END, keyAt + key.length],
      [MEMBER_CELL, addressOf(own.find(({ path }) => path.length === 1)?.cell)],
      [MEMBER_OBJECT, object],
    ]);
  });
  const membersAt = placeBytes(place, Buffer.concat(members));
  return placeBytes(
    place,
    wordsOf(OBJECT_BYTES, [
      [MEMBERS, membersAt],
      [MEMBERS_END, membersAt + members.length * MEMBER_BYTES],
    ]),
  );
}

function placeBytes(place: Place, bytes: Uint8Array): number {
  const { at } = place;
  place.pieces.push(bytes);
  place.at += bytes.length;
  return at;
}

/** A structure of so many bytes, with addresses at their offsets. */
function wordsOf(bytes: number, addresses: readonly (readonly [offset: number, address: number])[]): Uint8Array {
  const words = new Int32Array(bytes / 4);
  for (const [offset, address] of addresses) words[offset / 4] = address;
  return new Uint8Array(words.buffer);
}

function nameIn({ path }: Field): string {
  return path[0] ?? '';
}

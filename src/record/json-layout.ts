/** The members of a record's JSON laid out in the kernel's memory, so that it finds the values of the fields. */
import { addressOf, aligned, type Layout, OVERSHOOT } from './layout.ts';
import { bytesOf, growTo } from './kernel.ts';

export interface JsonLayout {
  /** The object that a record is. */
  readonly root: number;
  /** What lies behind it is free. */
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

/** What an object and a member are made of: see kernel/json-record.ts. */
const NO_ADDRESS = 0;

/** Lays the fields of the layout's template out behind it. */
export function layOutMembers({ kernel, template, end }: Layout): JsonLayout {
  const place: Place = { pieces: [], at: end };
  const root = placeObject(
    place,
    template.fields.map((field, cell) => ({ path: field.split('.'), cell })),
  );
  growTo(kernel, place.at + OVERSHOOT);
  bytesOf(kernel).set(Buffer.concat(place.pieces), end);
  return { root, end: aligned(place.at + OVERSHOOT) };
}

/** Places an object with its members in the order in which Salesforce sends them: `attributes`, then as in the SELECT. */
function placeObject(place: Place, fields: readonly Field[]): number {
  const named = new Map<string, Field[]>([['attributes', []]]);
  for (const field of fields) {
    const name = nameIn(field).toLowerCase();
    named.set(name, [...(named.get(name) ?? []), field]);
  }
  const members = [...named].flatMap(([name, own]) => {
    const inner = own.filter(({ path }) => path.length > 1).map(({ path, cell }) => ({ path: path.slice(1), cell }));
    const key = Buffer.from(`"${own[0] === undefined ? name : nameIn(own[0])}":`);
    const keyAt = placeBytes(place, key);
    return [
      keyAt,
      keyAt + key.length,
      addressOf(own.find(({ path }) => path.length === 1)?.cell),
      inner.length > 0 ? placeObject(place, inner) : NO_ADDRESS,
    ];
  });
  const membersAt = placeBytes(place, wordsOf(members));
  return placeBytes(place, wordsOf([membersAt, membersAt + members.length * 4]));
}

function placeBytes(place: Place, bytes: Uint8Array): number {
  const { at } = place;
  place.pieces.push(bytes);
  place.at += bytes.length;
  return at;
}

function wordsOf(addresses: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(addresses).buffer);
}

function nameIn({ path }: Field): string {
  return path[0] ?? '';
}

/**
 * Which objects the practice org has: the whole schema, cut to the number asked, in the order of describe global.
 * What stands in core.json and further.json are facts of Salesforce's own describes: names, types, sizes and flags of the
 * standard objects of v59 (Developer Edition, no Person Accounts, one currency), and the Tags of the object reference.
 */
import type { SObject } from '../model.ts';
import core from './core.json' with { type: 'json' };
import custom from './custom.json' with { type: 'json' };
import extras from './extras.json' with { type: 'json' };
import further from './further.json' with { type: 'json' };
import shared from './shared.json' with { type: 'json' };
import { sobjectFromEntry, type SchemaEntry } from './sobject.ts';

const CUSTOM: Readonly<Record<string, SchemaEntry>> = custom;
const EXTRAS: Readonly<Record<string, Partial<SchemaEntry>>> = extras;
/** Ordered by weight: what the 48 collections are made of comes first, then what matters to a replication. */
const STANDARD: Readonly<Record<string, SchemaEntry>> = { ...core, ...further };

/** The 48 objects of Segment's Salesforce source are the first of core.json. */
export const SEGMENT_OBJECTS: readonly string[] = Object.keys(core).slice(0, 48);
export const CUSTOM_OBJECTS: readonly string[] = Object.keys(CUSTOM);

const ORDINALS: ReadonlyMap<string, number> = new Map(
  [...CUSTOM_OBJECTS, ...Object.keys(STANDARD)].map((name, ordinal) => [name, ordinal]),
);

/** An object's number in the schema, the same in orgs of all sizes. Throws on an object that isn't in it. */
export function ordinalOf(sobject: string): number {
  const ordinal = ORDINALS.get(sobject);
  if (ordinal === undefined) throw new Error(`The schema has no object ${sobject}`);
  return ordinal;
}

/**
 * The objects of an org of `count` objects, by name: all custom ones and as many standard ones as there is room for.
 * Throws a RangeError when `count` leaves out one of the 48 or is more than the schema holds.
 */
export function catalogue(count: number): ReadonlyMap<string, SObject> {
  const least = SEGMENT_OBJECTS.length + CUSTOM_OBJECTS.length;
  const most = Object.keys(STANDARD).length + CUSTOM_OBJECTS.length;
  if (!Number.isInteger(count) || count < least || count > most) {
    throw new RangeError(`A practice org has ${least} to ${most} objects, not ${count}`);
  }
  const standard = Object.keys(STANDARD).slice(0, count - CUSTOM_OBJECTS.length);
  const names = new Set([...standard, ...CUSTOM_OBJECTS]);
  const exists = (name: string) => names.has(name);
  const sobjects = new Map<string, SObject>();
  // Describe global lists its objects by API name.
  for (const name of [...names].sort()) {
    const entry = CUSTOM[name] ?? STANDARD[name];
    if (entry !== undefined) sobjects.set(name, sobjectFromEntry(name, withExtras(name, entry), shared, exists));
  }
  return sobjects;
}

/** A standard object with what this org's admins made of it: custom fields, another label. */
function withExtras(name: string, entry: SchemaEntry): SchemaEntry {
  const extra = EXTRAS[name];
  return extra === undefined ? entry : { ...entry, ...extra, fields: [...entry.fields, ...(extra.fields ?? [])] };
}

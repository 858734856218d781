/** What may be done to rows, and to which. */
import type { SObject, Value } from '../model.ts';
import { isCompound } from '../schema/field.ts';
import type { Store } from './store.ts';

/** Values of a row by field. */
export type Values = Readonly<Record<string, Value>>;

/** "Up to three records", the winner among them (SOAP API guide, merge). */
const MAX_LOSERS = 2;

/** The place of a row. Throws an Error where there is none. */
export function slotOf(store: Store, id: string): number {
  const slot = store.slotOf(id);
  if (slot === undefined) throw new Error(`No row ${id} of ${store.sobject.name}`);
  return slot;
}

/** Out of the recycle bin, or of an object whose rows don't go there. */
export function isLiving(store: Store, id: string): boolean {
  return store.get(id)?.['IsDeleted'] !== true;
}

/** Throws an Error where Salesforce wouldn't merge: another object, too many records, one that is deleted or named twice. */
export function checkMerge(store: Store, id: string, losers: readonly string[]): void {
  if (!has(store.sobject, 'MasterRecordId')) throw new Error(`Rows of ${store.sobject.name} can't be merged`);
  if (losers.length === 0 || losers.length > MAX_LOSERS) throw new Error(`A merge takes 1 to ${MAX_LOSERS} losers`);
  const slots = [id, ...losers].map((one) => slotOf(store, one));
  if (new Set(slots).size < slots.length) throw new Error('A row is merged with another one');
  if (![id, ...losers].every((one) => isLiving(store, one))) throw new Error('A deleted row is merged with none');
}

/** Whether the object has a field of this name. */
export function has(sobject: SObject, name: string): boolean {
  return sobject.fields.some((field) => field.name === name);
}

/** Those of the values that the object has a field for. */
export function existing(sobject: SObject, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => has(sobject, name)));
}

/**
 * The values as Salesforce stores them, which knows no empty text: it is null. Throws unless each value has a field that
 * holds it: a misspelt name shan't pass as a change.
 */
export function storable(sobject: SObject, values: Values): Values {
  for (const name of Object.keys(values)) {
    const field = sobject.fields.find((candidate) => candidate.name === name);
    const holds = field !== undefined && name !== 'Id' && !isCompound(field);
    if (!holds) throw new Error(`${sobject.name}.${name} can't be written`);
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === '' ? null : value]));
}

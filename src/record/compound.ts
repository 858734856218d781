/** Addresses and locations, put together from the fields that hold their parts: Bulk refuses the compound itself. */

import type { CompoundPart } from './column.ts';

/** What describe says of a field, as far as it is needed here. */
export interface DescribedField {
  readonly name: string;
  readonly type: string;
  readonly compoundFieldName: string | null;
}

/** Keys of the object that REST gives for an address, in the order in which they are emitted; a location has the two in the middle. */
const PARTS = [
  { key: 'street', kind: 'string' },
  { key: 'city', kind: 'string' },
  { key: 'state', kind: 'string' },
  { key: 'stateCode', kind: 'string' },
  { key: 'postalCode', kind: 'string' },
  { key: 'country', kind: 'string' },
  { key: 'countryCode', kind: 'string' },
  { key: 'latitude', kind: 'number' },
  { key: 'longitude', kind: 'number' },
  { key: 'geocodeAccuracy', kind: 'string' },
] as const;

/**
 * The parts of a field of type address or location among the fields of its object: `BillingStreet` is `street` of
 * `BillingAddress`, `Site__Latitude__s` is `latitude` of `Site__c`. None for any other type (a `Name` has parts too, but
 * is text of its own), or where the user may see no part.
 */
export function compoundParts(compound: DescribedField, fields: readonly DescribedField[]): readonly CompoundPart[] {
  if (compound.type !== 'address' && compound.type !== 'location') return [];
  const own = fields.filter((field) => field.compoundFieldName === compound.name && field.name !== compound.name);
  return PARTS.flatMap(({ key, kind }) => {
    const part = own.find((field) => isPart(field.name, key));
    return part === undefined ? [] : [{ key, field: part.name, kind }];
  });
}

/** Field names end in their part's key; custom ones in `__<key>__s`. */
function isPart(name: string, key: string): boolean {
  return name.replace(/__s$/, '').toLowerCase().endsWith(key.toLowerCase());
}

/** Which address or location a field is a part of, by the name that Salesforce gives it (SOAP API guide, "Compound Fields"). */
import type { FieldDescribe } from './metadata.ts';

// prettier-ignore
const PARTS = [
  'Street', 'City', 'State', 'StateCode', 'PostalCode', 'Country', 'CountryCode', 'Latitude', 'Longitude', 'GeocodeAccuracy',
];

/**
 * The fields with their compound's name, for a describe that has none: without its parts a compound can't be read by Bulk,
 * and would be left out. `BillingStreet` is of `BillingAddress`, `Site__Latitude__s` of `Site__c`.
 */
export function withCompoundNames(fields: readonly FieldDescribe[]): readonly FieldDescribe[] {
  const compoundOf = new Map<string, string>();
  for (const { name, type } of fields) {
    if (type !== 'address' && type !== 'location') continue;
    for (const part of PARTS) compoundOf.set(partName(name, part), name);
  }
  if (compoundOf.size === 0) return fields;
  return fields.map((field) => ({ ...field, compoundFieldName: compoundOf.get(field.name) ?? null }));
}

function partName(compound: string, part: string): string {
  return compound.endsWith('__c') ? `${compound.slice(0, -1)}${part}__s` : compound.replace(/Address$/, '') + part;
}

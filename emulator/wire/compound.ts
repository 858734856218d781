/** Address and location fields: stored as their parts, shown by REST as one object. */
import type { Field, Row, SObject } from '../model.ts';
import { javaDouble } from './double.ts';

export interface CompoundPart {
  readonly key: string;
  readonly field: string;
  readonly numeric: boolean;
}

const COMPONENT =
  /(StateCode|CountryCode|GeocodeAccuracy|PostalCode|Latitude|Longitude|Street|City|State|Country)(?:__s)?$/;

/**
 * Compiles a compound field to a function from a row to JSON text, keys in alphabetical order, `null` where every part is
 * null. Recorded form: `{"city":…,"country":…,"geocodeAccuracy":null,"latitude":null,…,"street":…}`.
 */
export function compoundJson(sobject: SObject, compound: Field): (row: Row) => string {
  const parts = compoundParts(sobject, compound);
  return (row) => {
    if (parts.every((part) => (row[part.field] ?? null) === null)) return 'null';
    return `{${parts.map((part) => `"${part.key}":${partJson(part, row)}`).join(',')}}`;
  };
}

/** The parts of a compound field, by key. */
export function compoundParts(sobject: SObject, compound: Field): CompoundPart[] {
  return sobject.fields
    .filter((field) => field['compoundFieldName'] === compound.name)
    .flatMap((field) => {
      const component = COMPONENT.exec(field.name)?.[1];
      if (component === undefined) return [];
      const key = component.charAt(0).toLowerCase() + component.slice(1);
      return [{ key, field: field.name, numeric: field.type === 'double' }];
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function partJson(part: CompoundPart, row: Row): string {
  const value = row[part.field] ?? null;
  if (part.numeric && typeof value === 'number') return javaDouble(value);
  return JSON.stringify(value);
}

/** What each Salesforce field type becomes: how its values travel, and the JSON schema of its property. */

import type { ScalarKind } from './column.ts';

/** A property's schema as far as the type alone tells it; nullable, since Salesforce's `nillable` holds for new rows only. */
export interface FieldSchema {
  readonly type: readonly string[];
  readonly format?: string;
  readonly airbyte_type?: string;
  readonly properties?: { readonly [key: string]: FieldSchema };
  readonly additionalProperties?: boolean;
}

export interface FieldType {
  /** For addresses, locations and base64, which travel as columns of their own kind, that of their text. */
  readonly kind: ScalarKind;
  readonly schema: FieldSchema;
}

const text: FieldSchema = { type: ['null', 'string'] };
const number: FieldSchema = { type: ['null', 'number'] };

const STRING: FieldType = { kind: 'string', schema: text };
const INTEGER: FieldType = { kind: 'integer', schema: { type: ['null', 'integer'] } };
const NUMBER: FieldType = { kind: 'number', schema: number };

/** Salesforce shows latitude and longitude of addresses and locations alike (Object Reference, "Compound Fields"). */
const coordinates = { latitude: number, longitude: number };

/** Keys in the order in which compoundParts gives them. */
const address = {
  street: text,
  city: text,
  state: text,
  stateCode: text,
  postalCode: text,
  country: text,
  countryCode: text,
  ...coordinates,
  geocodeAccuracy: text,
};

/** All types that describe is known to give (Object Reference, "Field Types"; SOAP API guide, DescribeSObjectResult). */
const FIELD_TYPES: ReadonlyMap<string, FieldType> = new Map([
  ['int', INTEGER],
  ['long', INTEGER],
  ['double', NUMBER],
  ['currency', NUMBER],
  ['percent', NUMBER],
  ['boolean', { kind: 'boolean', schema: { type: ['null', 'boolean'] } }],
  ['date', { kind: 'date', schema: { ...text, format: 'date' } }],
  ['datetime', { kind: 'datetime', schema: { ...text, format: 'date-time', airbyte_type: 'timestamp_with_timezone' } }],
  ['time', { kind: 'time', schema: { ...text, format: 'time', airbyte_type: 'time_without_timezone' } }],
  ['address', { kind: 'string', schema: objectSchema(address) }],
  ['location', { kind: 'string', schema: objectSchema(coordinates) }],
  ...[
    'anyType',
    'base64',
    'byte',
    'calculated',
    'combobox',
    'complexvalue',
    'datacategorygroupreference',
    'email',
    'encryptedstring',
    'id',
    'json',
    'JunctionIdList',
    'masterrecord',
    'multipicklist',
    'phone',
    'picklist',
    'reference',
    'string',
    'textarea',
    'url',
  ].map((type): [string, FieldType] => [type, STRING]),
]);

/** The table's line for a type of describe; a type that nobody knows yet is text. */
export function fieldType(type: string): FieldType {
  return FIELD_TYPES.get(type) ?? STRING;
}

/** False where `fieldType` had to guess: worth a warning. */
export function isKnownFieldType(type: string): boolean {
  return FIELD_TYPES.has(type);
}

function objectSchema(properties: { readonly [key: string]: FieldSchema }): FieldSchema {
  return { type: ['null', 'object'], properties, additionalProperties: true };
}

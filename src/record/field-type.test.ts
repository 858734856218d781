import { expect, test } from 'vitest';
import { compoundParts } from './compound.ts';
import { fieldType, isKnownFieldType } from './field-type.ts';

test.each([
  ['int', 'integer', { type: ['null', 'integer'] }],
  ['long', 'integer', { type: ['null', 'integer'] }],
  ['double', 'number', { type: ['null', 'number'] }],
  ['currency', 'number', { type: ['null', 'number'] }],
  ['percent', 'number', { type: ['null', 'number'] }],
  ['boolean', 'boolean', { type: ['null', 'boolean'] }],
  ['date', 'date', { type: ['null', 'string'], format: 'date' }],
  ['datetime', 'datetime', { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' }],
  ['time', 'time', { type: ['null', 'string'], format: 'time', airbyte_type: 'time_without_timezone' }],
  ['multipicklist', 'string', { type: ['null', 'string'] }],
  ['anyType', 'string', { type: ['null', 'string'] }],
  ['base64', 'string', { type: ['null', 'string'] }],
])('%s travels as %s', (type, kind, schema) => {
  expect(fieldType(type)).toEqual({ kind, schema });
  expect(isKnownFieldType(type)).toBe(true);
});

test('a type that nobody knows yet is text, and can be told apart', () => {
  expect(fieldType('hologram')).toEqual({ kind: 'string', schema: { type: ['null', 'string'] } });
  expect(isKnownFieldType('hologram')).toBe(false);
});

test.each(['address', 'location'])('%s is an object of the parts that its column has', (type) => {
  const { schema } = fieldType(type);
  expect(schema.type).toEqual(['null', 'object']);
  const keys = Object.keys(schema.properties ?? {});
  const fields = keys.map((key) => ({ name: `X${key}`, type: 'string', compoundFieldName: 'X' }));
  expect(compoundParts({ name: 'X', type, compoundFieldName: null }, fields).map(({ key }) => key)).toEqual(keys);
});

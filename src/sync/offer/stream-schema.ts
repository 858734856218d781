/** From the describe of an object to the stream that the catalog offers. Pure. */
import type { AirbyteStream, PropertySchema, StreamSchema } from '../../airbyte/protocol.ts';
import { ADDED_PROPERTIES, nameProperties } from '../../collections/property-name.ts';
import type { Config, Naming } from '../../config/config.ts';
import { compoundParts } from '../../record/compound.ts';
import { fieldType } from '../../record/field-type.ts';
import type { FieldDescribe, SObjectDescribe } from '../../salesforce/metadata.ts';
import { COLLECTION_DESCRIPTIONS } from './collection-description.ts';
import { kindOf } from './object-kind.ts';
import { isPolymorphic, referenceTypesOf, referenceTypeSchema, type KeyPrefixes } from './reference-type.ts';

/** What of the configuration shapes a stream. */
export type StreamOptions = Pick<Config, 'naming' | 'schemaName' | 'hardDeletes' | 'segmentColumns' | 'blobs'> & {
  /** Where the columns beside polymorphic keys are on: the key prefixes of the org's objects. */
  readonly keyPrefixes?: KeyPrefixes;
};

export interface Property {
  readonly property: string;
  readonly field: FieldDescribe;
}

export const TIMESTAMP: PropertySchema = {
  type: ['null', 'string'],
  format: 'date-time',
  airbyte_type: 'timestamp_with_timezone',
};

/**
 * The properties of an object: Id first, then by name, so that the same fields give the same bytes in whatever order
 * describe lists them. An address or location whose parts are all hidden from the user is left out: nothing could be
 * rebuilt from them.
 */
export function propertiesOf(describe: SObjectDescribe, naming: Naming): readonly Property[] {
  const { names } = nameProperties(naming, describe.fields);
  return describe.fields
    .filter((field) => !isCompound(field) || compoundParts(field, describe.fields).length > 0)
    .map((field) => ({ property: names.get(field.name) ?? field.name, field }))
    .sort(
      (a, b) => Number(b.field.name === 'Id') - Number(a.field.name === 'Id') || (a.property < b.property ? -1 : 1),
    );
}

/** The stream of an object under its collection name; the describe must be the org's own. */
export function streamOf(describe: SObjectDescribe, name: string, options: StreamOptions): AirbyteStream {
  const properties = propertiesOf(describe, options.naming);
  const propertyOf = (field: string) => properties.find((each) => each.field.name === field)?.property;
  const { keyField, cursorField } = kindOf(describe);
  const key = keyField === undefined ? undefined : propertyOf(keyField);
  const cursor = cursorField === undefined ? undefined : propertyOf(cursorField);
  const description = COLLECTION_DESCRIPTIONS[describe.name];
  const isResumable = key !== undefined || cursor !== undefined;
  return {
    name,
    ...(options.schemaName !== undefined && { namespace: options.schemaName }),
    json_schema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      title: describe.label,
      ...(description !== undefined && { description }),
      additionalProperties: true,
      properties: {
        ...propertySchemas(properties, options),
        ...addedProperties(describe, options),
      },
      'x-sobject': describe.name,
      ...prefixesFor(properties, options),
    },
    supported_sync_modes: cursor === undefined ? ['full_refresh'] : ['full_refresh', 'incremental'],
    // Airbyte wants the flag on every resumable stream, whether its cursor is a column or the connector's own bookmark.
    ...(isResumable && { source_defined_cursor: true }),
    ...(cursor !== undefined && { default_cursor_field: [cursor] }),
    ...(key !== undefined && { source_defined_primary_key: [[key]] }),
    is_resumable: isResumable,
  };
}

/** Each property; behind a polymorphic key the column with its type, where these are on. */
function propertySchemas(properties: readonly Property[], options: StreamOptions): Record<string, PropertySchema> {
  const types = options.keyPrefixes === undefined ? [] : referenceTypesOf(properties, options.naming);
  return Object.fromEntries(
    properties.flatMap(({ property, field }) => [
      [property, propertySchema(field, options)],
      ...types
        .filter((type) => type.field === field)
        .map((type) => [type.property, referenceTypeSchema(type, property)] as const),
    ]),
  );
}

/** The prefixes by which the types are told, so that a read need not ask for them. */
function prefixesFor(properties: readonly Property[], { keyPrefixes }: StreamOptions): Partial<StreamSchema> {
  if (keyPrefixes === undefined) return {};
  const targets = properties.flatMap(({ field }) => (isPolymorphic(field) ? field.referenceTo : []));
  const known = [...new Set(targets)].sort().map((name) => [name, keyPrefixes.get(name) ?? null]);
  return known.length > 0 ? { 'x-key-prefixes': Object.fromEntries(known) } : {};
}

function isCompound(field: FieldDescribe): boolean {
  return field.type === 'address' || field.type === 'location';
}

function propertySchema(field: FieldDescribe, options: StreamOptions): PropertySchema {
  const { type, ...rest } = fieldType(field.type).schema;
  const sentences = [field.inlineHelpText?.trim(), ...notesOf(field, options)].filter(Boolean);
  return {
    type,
    title: field.label,
    ...(sentences.length > 0 && { description: sentences.join(' ') }),
    ...rest,
    'x-field': field.name,
    ...(field.calculated && { 'x-calculated': true }),
  };
}

function notesOf(field: FieldDescribe, options: StreamOptions): string[] {
  if (field.calculated) {
    return [
      'Calculated by Salesforce: it changes without marking the row as changed, so it may be stale after an incremental sync.',
    ];
  }
  if (field.type !== 'base64') return [];
  return [
    options.blobs === undefined
      ? 'The URL of the content on the org.'
      : 'The content, base64-encoded; null beyond the byte limits of the configuration.',
  ];
}

function addedProperties(describe: SObjectDescribe, options: StreamOptions): Record<string, PropertySchema> {
  return {
    ...(options.hardDeletes &&
      describe.replicateable && {
        [ADDED_PROPERTIES.deletedAt]: {
          ...TIMESTAMP,
          title: 'Deleted at',
          description: 'When the record was deleted for good; null while Salesforce still has it.',
        },
      }),
    ...segmentColumns(options),
  };
}

/** The columns that Segment adds to every table, where they are asked for. */
export function segmentColumns(options: Pick<Config, 'segmentColumns'>): Record<string, PropertySchema> {
  if (!options.segmentColumns) return {};
  const description = 'When the connector sent the row.';
  return {
    [ADDED_PROPERTIES.receivedAt]: { ...TIMESTAMP, title: 'Received at', description },
    [ADDED_PROPERTIES.uuidTs]: { ...TIMESTAMP, title: 'UUID timestamp', description },
  };
}

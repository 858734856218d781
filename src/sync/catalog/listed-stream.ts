/** The streams of a catalog that somebody has: a configured one, or what discover printed. Pure. */
import type { PropertySchema } from '../../airbyte/protocol.ts';
import { ModstampError } from '../../errors.ts';

interface ListedProperty {
  /** API name of the field, where the catalog tells. */
  readonly field: string | undefined;
  readonly type: string;
}

export interface ListedStream {
  readonly name: string;
  readonly sobject: string | undefined;
  readonly properties: ReadonlyMap<string, ListedProperty>;
}

/**
 * Reads a configured catalog, a catalog, or a CATALOG message. Throws config_error where there is no list of streams, or
 * a stream without a name.
 */
export function readListed(raw: unknown): ListedStream[] {
  const root = isObject(raw) && isObject(raw['catalog']) ? raw['catalog'] : raw;
  const entries: unknown = isObject(root) ? root['streams'] : undefined;
  if (!Array.isArray(entries)) {
    throw new ModstampError('The catalog has no list of streams; give a configured catalog or what discover printed.', {
      failureType: 'config_error',
    });
  }
  return entries.map((entry: unknown, index) => readStream(entry, index));
}

/** The type of a property in words, without nullability: every property of a Salesforce object may be null. */
export function typeName(schema: Pick<PropertySchema, 'type' | 'format'>): string {
  return [...schema.type.filter((type) => type !== 'null'), schema.format ?? ''].filter(Boolean).join(' ');
}

function readStream(entry: unknown, index: number): ListedStream {
  const stream = isObject(entry) && isObject(entry['stream']) ? entry['stream'] : entry;
  if (!isObject(stream) || typeof stream['name'] !== 'string') {
    throw new ModstampError(`Stream ${index + 1} of the catalog has no name.`, { failureType: 'config_error' });
  }
  const schema = isObject(stream['json_schema']) ? stream['json_schema'] : {};
  const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  return {
    name: stream['name'],
    sobject: textOf(schema['x-sobject']),
    properties: new Map(properties.map(([property, each]) => [property, readProperty(each)])),
  };
}

function readProperty(schema: unknown): ListedProperty {
  if (!isObject(schema)) return { field: undefined, type: '' };
  const type: unknown[] = Array.isArray(schema['type']) ? schema['type'] : [schema['type']];
  const format = textOf(schema['format']);
  return {
    field: textOf(schema['x-field']),
    type: typeName({ type: type.filter((each) => typeof each === 'string'), ...(format !== undefined && { format }) }),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

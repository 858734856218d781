/** The configured catalog: which streams the host wants, how, and with which properties. */
import { ModstampError } from '../errors.ts';
import { isJsonObject, nameOfType, textOf } from '../json/value.ts';
import type { ConfiguredStream, DestinationSyncMode, PromisedType, SyncMode } from './protocol.ts';
import type { JsonObject } from '../json/value.ts';
import { lowerFirst, upperFirst } from '../json/sentence.ts';

/**
 * Reads a ConfiguredAirbyteCatalog (airbyte_protocol.yaml) as hosts really write it: null and absent are the same, unknown
 * members are ignored, everything that only a destination needs may be missing.
 *
 * - A stream whose schema has no properties, or that has no schema, is read with all properties of its object: `properties`
 *   is empty then.
 * - `destination_sync_mode` decides what may go on in the middle or end early; where it is missing or unknown the stream
 *   is taken for one that is overwritten, which is the careful reading.
 *
 * `name` is what the error calls it. Throws ModstampError (config_error) for what can't be read in any way: no object, no
 * list of streams, a stream without a name or with an unknown `sync_mode`, the same stream twice.
 */
export function readConfiguredCatalog(raw: unknown, name = 'The configured catalog'): ConfiguredStream[] {
  if (!isJsonObject(raw)) throw refusal(`${name} must be a JSON object with a list of streams, got ${nameOfType(raw)}`);
  const streams = raw['streams'];
  if (!Array.isArray(streams)) {
    if (raw['type'] === 'CATALOG') throw refusal(`${name} ${DISCOVERED}`);
    throw refusal(`${name} must have a list of streams, got ${nameOfType(streams)}`);
  }
  const fieldNames = new Map<string, string>();
  const configured = streams.map((entry: unknown, index) =>
    readStream(entry, `streams[${index}] of ${lowerFirst(name)}`, fieldNames),
  );
  const twice = configured.find((stream, index) => configured.findIndex((other) => sameStream(stream, other)) < index);
  if (twice) throw refusal(`${name} lists the stream ${titleOf(twice)} twice; remove one of the two entries`);
  return configured;
}

const DISCOVERED =
  'is what discover printed, all that could be read, and not a configured catalog, which says what to read and how; make one with "modstamp catalog > catalog.json"';

/** `fieldNames`: those seen so far. The same few stand in every stream, and JSON.parse makes a text of its own of each. */
function readStream(entry: unknown, place: string, fieldNames: Map<string, string>): ConfiguredStream {
  if (!isJsonObject(entry)) throw refusal(`${upperFirst(place)} must be an object, got ${nameOfType(entry)}`);
  const stream = entry['stream'];
  if (!isJsonObject(stream)) {
    if (textOf(entry['name'])) throw refusal(`${upperFirst(place)} ${DISCOVERED}`);
    throw refusal(`${upperFirst(place)} has no stream object`);
  }
  const name = textOf(stream['name']);
  if (name === undefined) throw refusal(`${upperFirst(place)} has no stream name`);
  const namespace = textOf(stream['namespace']);
  const schema = isJsonObject(stream['json_schema']) ? stream['json_schema'] : {};
  const sobject = textOf(schema['x-sobject']);
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(sobject === undefined ? {} : { sobject }),
    properties: propertiesOf(schema, fieldNames),
    ...promisedTypes(schema),
    ...keyPrefixes(schema),
    syncMode: syncModeOf(entry['sync_mode'], name, place),
    destinationSyncMode: destinationSyncModeOf(entry['destination_sync_mode']),
    ...integers(entry),
  };
}

function propertiesOf(schema: JsonObject, fieldNames: Map<string, string>): ReadonlyMap<string, string | undefined> {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const shared = (field: string | undefined) => {
    if (field !== undefined && !fieldNames.has(field)) fieldNames.set(field, field);
    return field && fieldNames.get(field);
  };
  return new Map(
    Object.entries(properties).map(([property, described]) => [
      property,
      isJsonObject(described) ? shared(textOf(described['x-field'])) : undefined,
    ]),
  );
}

function keyPrefixes({ 'x-key-prefixes': told }: JsonObject): Pick<ConfiguredStream, 'keyPrefixes'> {
  if (!isJsonObject(told)) return {};
  return { keyPrefixes: new Map(Object.entries(told).map(([name, prefix]) => [name, textOf(prefix) ?? null])) };
}

/** What the schema promises of properties that are not plain text; left out where there are none. */
function promisedTypes(schema: JsonObject): Pick<ConfiguredStream, 'types'> {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const types = new Map<string, PromisedType>();
  for (const [property, described] of Object.entries(properties)) {
    const type = isJsonObject(described) ? promisedType(described) : undefined;
    if (type !== undefined) types.set(property, type);
  }
  return types.size > 0 ? { types } : {};
}

const FORMATS = { date: 'date', 'date-time': 'datetime', time: 'time' } as const;

/** Of several types the one beside `null`; undefined for objects, for several of them, and for none. */
function promisedType({ type, format }: JsonObject): PromisedType | undefined {
  const [only, ...others] = (Array.isArray(type) ? type : [type]).filter((each) => each !== 'null');
  if (others.length > 0) return undefined;
  if (only === 'string') return FORMATS[String(format) as keyof typeof FORMATS] ?? 'string';
  return only === 'number' || only === 'integer' || only === 'boolean' ? only : undefined;
}

function syncModeOf(mode: unknown, stream: string, place: string): SyncMode {
  if (mode === 'full_refresh' || mode === 'incremental') return mode;
  const got = textOf(mode) === undefined ? 'nothing' : JSON.stringify(mode);
  throw refusal(`The sync_mode of the stream ${stream} (${place}) must be full_refresh or incremental, got ${got}`);
}

function destinationSyncModeOf(mode: unknown): DestinationSyncMode {
  const modes: readonly DestinationSyncMode[] = ['append', 'overwrite', 'append_dedup', 'update', 'soft_delete'];
  return modes.find((known) => known === mode) ?? 'overwrite';
}

/** The numbers that tell one job from another; hosts without refreshes give null. */
function integers(entry: JsonObject): Pick<ConfiguredStream, 'generationId' | 'minimumGenerationId' | 'syncId'> {
  const integer = (value: unknown) => (Number.isSafeInteger(value) ? Number(value) : undefined);
  const numbers = {
    generationId: integer(entry['generation_id']),
    minimumGenerationId: integer(entry['minimum_generation_id']),
    syncId: integer(entry['sync_id']),
  };
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
}

function sameStream(one: ConfiguredStream, other: ConfiguredStream): boolean {
  return one.name === other.name && one.namespace === other.namespace;
}

function titleOf(stream: ConfiguredStream): string {
  return stream.namespace === undefined ? stream.name : `${stream.namespace}.${stream.name}`;
}

function refusal(sentence: string): ModstampError {
  return new ModstampError(`${sentence}.`, { failureType: 'config_error' });
}

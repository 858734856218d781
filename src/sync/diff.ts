/** The diff command: what changed between a catalog and what the org says now, also at another API version. */
import type { AirbyteStream, JsonValue, PropertySchema } from '../airbyte/protocol.ts';
import { ModstampError } from '../errors.ts';
import { describeGlobal } from '../salesforce/describe.ts';
import { connectRun } from './connect-run.ts';
import { describeStreams, offeredStreams, type Offer } from './discover.ts';
import type { Run } from './run.ts';
import { findProperty, findStream } from './stream-choice.ts';

export interface DiffOptions {
  /** A configured catalog, or what discover printed. */
  readonly catalog: unknown;
  /** In the place of the configured one. */
  readonly apiVersion?: string;
  readonly json: boolean;
}

export interface Change {
  readonly change: 'added' | 'removed' | 'renamed' | 'retyped';
  readonly collection: string;
  /** Absent where the whole collection came or went. */
  readonly property?: string;
  readonly before?: string;
  readonly after?: string;
}

/** A stream of the catalog that is compared. */
export interface ListedStream {
  readonly name: string;
  readonly sobject: string | undefined;
  readonly properties: ReadonlyMap<string, { readonly field: string | undefined; readonly type: string }>;
}

/**
 * Compares a catalog with the org. Only the catalog's own collections are described. Returns a table, or with `json` an
 * object { apiVersion, changes }. Throws config_error where the catalog is none.
 */
export async function diff(run: Run, options: DiffOptions): Promise<string> {
  const listed = readListed(options.catalog);
  const { apiVersion, json } = options;
  const connection = await connectRun(run, { mode: 'probe', ...(apiVersion !== undefined && { apiVersion }) });
  try {
    const offer = offeredStreams(await describeGlobal(connection, run.signal), run.config);
    const matched = new Map(listed.map((stream) => [stream, objectOf(stream, offer)]));
    const wanted = new Set(matched.values());
    const streams = await describeStreams(run, connection, new Map([...offer].filter(([name]) => wanted.has(name))));
    const changes = compare(matched, offer, streams);
    return json
      ? JSON.stringify({ apiVersion: connection.apiVersion, changes }, null, 2)
      : table(changes, connection.apiVersion);
  } finally {
    await connection.close();
  }
}

/** The changes, sorted by collection, then property. `matched` gives each listed stream its object, where the org has it. */
export function compare(
  matched: ReadonlyMap<ListedStream, string | undefined>,
  offer: Offer,
  streams: readonly AirbyteStream[],
): Change[] {
  const bySobject = new Map(streams.map((stream) => [stream.json_schema['x-sobject'], stream]));
  const changes: Change[] = [];
  for (const [listed, sobject] of matched) {
    const stream = bySobject.get(sobject);
    if (sobject === undefined || stream === undefined) changes.push({ change: 'removed', collection: listed.name });
    else changes.push(...compareStream(listed, stream));
  }
  const known = new Set(matched.values());
  for (const [sobject, collection] of offer) if (!known.has(sobject)) changes.push({ change: 'added', collection });
  return changes.sort(
    (a, b) => compareText(a.collection, b.collection) || compareText(a.property ?? '', b.property ?? ''),
  );
}

function compareStream(listed: ListedStream, stream: AirbyteStream): Change[] {
  const now = stream.json_schema.properties;
  const fields = new Map(Object.entries(now).map(([property, schema]) => [property, schema['x-field']]));
  const found = new Set<string>();
  const changes: Change[] = [];
  if (listed.name !== stream.name) {
    changes.push({ change: 'renamed', collection: stream.name, before: listed.name, after: stream.name });
  }
  for (const [property, { field, type }] of listed.properties) {
    const match = (field === undefined ? undefined : findProperty(field, fields)) ?? findProperty(property, fields);
    const schema = match === undefined ? undefined : now[match];
    if (match === undefined || schema === undefined) {
      changes.push({ change: 'removed', collection: stream.name, property, before: type });
      continue;
    }
    found.add(match);
    const after = typeName(schema);
    if (match !== property)
      changes.push({ change: 'renamed', collection: stream.name, property: match, before: property, after: match });
    if (after !== type)
      changes.push({ change: 'retyped', collection: stream.name, property: match, before: type, after });
  }
  for (const [property, schema] of Object.entries(now)) {
    if (!found.has(property))
      changes.push({ change: 'added', collection: stream.name, property, after: typeName(schema) });
  }
  return changes;
}

/** The changes as text for a terminal. */
export function table(changes: readonly Change[], apiVersion: string): string {
  if (changes.length === 0) return `Nothing changed at API ${apiVersion}.`;
  const rows = [
    ['change', 'collection', 'property', 'before', 'after'],
    ...changes.map((change) => [
      change.change,
      change.collection,
      change.property ?? '',
      change.before ?? '',
      change.after ?? '',
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, '', summary(changes, apiVersion)].join('\n');
}

function summary(changes: readonly Change[], apiVersion: string): string {
  const count = (kind: Change['change'], ofProperty: boolean) =>
    changes.filter(({ change, property }) => change === kind && (property !== undefined) === ofProperty).length;
  const tell = (ofProperty: boolean) =>
    (['added', 'removed', 'renamed', 'retyped'] as const)
      .flatMap((kind) => (count(kind, ofProperty) > 0 ? [`${count(kind, ofProperty)} ${kind}`] : []))
      .join(', ') || 'no change';
  return `API ${apiVersion}. Collections: ${tell(false)}. Properties: ${tell(true)}. Added means that the org has it and the catalog does not list it.`;
}

function objectOf(stream: ListedStream, offer: Offer): string | undefined {
  return stream.sobject !== undefined && offer.has(stream.sobject) ? stream.sobject : findStream(stream.name, offer);
}

/** Nullability is left out: every property of a Salesforce object may be null. */
function typeName(schema: PropertySchema): string {
  return [...schema.type.filter((type) => type !== 'null'), schema.format ?? ''].filter(Boolean).join(' ');
}

/** Reads a configured catalog, a catalog, or a CATALOG message. */
export function readListed(raw: unknown): ListedStream[] {
  const root = isObject(raw) && isObject(raw['catalog']) ? raw['catalog'] : raw;
  const entries = isObject(root) ? root['streams'] : undefined;
  if (!Array.isArray(entries)) {
    throw new ModstampError('The catalog has no list of streams; give a configured catalog or what discover printed.', {
      failureType: 'config_error',
    });
  }
  return entries.map((entry: JsonValue, index) => {
    const stream = isObject(entry) && isObject(entry['stream']) ? entry['stream'] : entry;
    if (!isObject(stream) || typeof stream['name'] !== 'string') {
      throw new ModstampError(`Stream ${index + 1} of the catalog has no name.`, { failureType: 'config_error' });
    }
    const schema = isObject(stream['json_schema']) ? stream['json_schema'] : {};
    const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
    const sobject = schema['x-sobject'];
    return {
      name: stream['name'],
      sobject: typeof sobject === 'string' ? sobject : undefined,
      properties: new Map(properties.map(([property, each]) => [property, readProperty(each)])),
    };
  });
}

function readProperty(schema: unknown): { field: string | undefined; type: string } {
  if (!isObject(schema)) return { field: undefined, type: '' };
  const field = schema['x-field'];
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']];
  const format = schema['format'];
  const type = typeName({
    type: types.filter((each) => typeof each === 'string'),
    ...(typeof format === 'string' && { format }),
  });
  return { field: typeof field === 'string' ? field : undefined, type };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

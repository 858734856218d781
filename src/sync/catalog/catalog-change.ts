/** What changed between a catalog and what an org offers. Pure. */
import type { AirbyteStream } from '../../airbyte/protocol.ts';
import type { Offer } from '../discover.ts';
import { typeName, type ListedStream } from './listed-stream.ts';
import { findProperty } from './stream-choice.ts';

export interface Change {
  /** added: the org has it and the catalog does not list it. */
  readonly change: 'added' | 'removed' | 'renamed' | 'retyped';
  readonly collection: string;
  /** Absent where it is the whole collection. */
  readonly property?: string;
  readonly before?: string;
  readonly after?: string;
}

/**
 * The changes, sorted by collection, then property. `matched` gives each listed stream its object, where the org has it;
 * `streams` are the described ones: of an object that could not be described nothing is said.
 */
export function compareCatalog(
  matched: ReadonlyMap<ListedStream, string | undefined>,
  offer: Offer,
  streams: readonly AirbyteStream[],
): Change[] {
  const bySobject = new Map(streams.map((stream) => [stream.json_schema['x-sobject'], stream]));
  const changes: Change[] = [];
  for (const [listed, sobject] of matched) {
    const stream = bySobject.get(sobject);
    if (sobject === undefined) changes.push({ change: 'removed', collection: listed.name });
    else if (stream !== undefined) changes.push(...compareStream(listed, stream));
  }
  const known = new Set(matched.values());
  for (const [sobject, collection] of offer) {
    if (!known.has(sobject)) changes.push({ change: 'added', collection });
  }
  return changes.sort((a, b) => order(a.collection, b.collection) || order(a.property ?? '', b.property ?? ''));
}

function compareStream(listed: ListedStream, stream: AirbyteStream): Change[] {
  const now = stream.json_schema.properties;
  const fields = new Map(Object.entries(now).map(([property, schema]) => [property, schema['x-field']]));
  const found = new Set<string>();
  const collection = stream.name;
  const changes: Change[] = [];
  if (listed.name !== collection)
    changes.push({ change: 'renamed', collection, before: listed.name, after: collection });
  for (const [before, { field, type }] of listed.properties) {
    const property = (field === undefined ? undefined : findProperty(field, fields)) ?? findProperty(before, fields);
    const schema = property === undefined ? undefined : now[property];
    if (property === undefined || schema === undefined) {
      changes.push({ change: 'removed', collection, property: before, before: type });
      continue;
    }
    found.add(property);
    if (property !== before) changes.push({ change: 'renamed', collection, property, before, after: property });
    if (typeName(schema) !== type) {
      changes.push({ change: 'retyped', collection, property, before: type, after: typeName(schema) });
    }
  }
  for (const [property, schema] of Object.entries(now)) {
    if (!found.has(property)) changes.push({ change: 'added', collection, property, after: typeName(schema) });
  }
  return changes;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What changed between a catalog and what an org offers. Pure. */
import type { AirbyteStream } from '../../airbyte/protocol.ts';
import type { Offer } from '../offer/discover.ts';
import { typeName, type ListedStream } from './listed-stream.ts';
import { findProperty } from './stream-choice.ts';

const KINDS = ['added', 'removed', 'renamed', 'retyped'] as const;

export interface Change {
  /** added: the org has it and the catalog does not list it. */
  readonly change: (typeof KINDS)[number];
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

/**
 * The changes as a table for a terminal, with a line that sums them up. Collections that the catalog does not list come
 * last: of a catalog that selects a few they are many, and the least of the news.
 */
export function changeTable(changes: readonly Change[], apiVersion: string): string {
  if (changes.length === 0) return `Nothing changed at API ${apiVersion}.`;
  const head = ['change', 'collection', 'property', 'before', 'after'];
  const isNewCollection = ({ change, property }: Change) => change === 'added' && property === undefined;
  const inOrder = [...changes.filter((change) => !isNewCollection(change)), ...changes.filter(isNewCollection)];
  const rows = [
    head,
    ...inOrder.map(({ change, collection, property, before, after }) =>
      [change, collection, property, before, after].map((cell) => cell ?? ''),
    ),
  ];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, '', summary(changes, apiVersion)].join('\n');
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

function summary(changes: readonly Change[], apiVersion: string): string {
  const tell = (some: readonly Change[]) =>
    KINDS.map((kind) => ({ kind, count: some.filter(({ change }) => change === kind).length }))
      .filter(({ count }) => count > 0)
      .map(({ kind, count }) => `${count} ${kind}`)
      .join(', ') || 'no change';
  const collections = tell(changes.filter(({ property }) => property === undefined));
  const properties = tell(changes.filter(({ property }) => property !== undefined));
  return `API ${apiVersion}. Collections: ${collections}. Properties: ${properties}. Added means that the org has it and the catalog does not list it.`;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

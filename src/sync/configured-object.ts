/** From configured streams to the objects behind them, and their describes. */
import { whyAbsent } from './absent-stream.ts';
import type { ConfiguredStream } from '../airbyte/protocol.ts';
import { nameCollections, sobjectOfCollection } from '../collections/collection-name.ts';
import type { Config } from '../config/config.ts';
import type { ModstampError } from '../errors.ts';
import type { Connection } from '../salesforce/connection.ts';
import { describeGlobal, describeObjects } from '../salesforce/describe.ts';
import type { DescribeDetails } from '../salesforce/describe-details.ts';
import type { SObjectDescribe, SObjectSummary } from '../salesforce/metadata.ts';
import { streamsWithoutQuery } from './synthetic/list.ts';

export interface FoundObjects {
  /** API name of the object of each stream that has one. */
  readonly sobjects: ReadonlyMap<ConfiguredStream, string>;
  /** All objects of the org where they had to be asked for, else none. */
  readonly objects: readonly SObjectSummary[];
  /** Of a stream without an object, or with one that the org does not show: a sentence that says why, where the name tells. */
  whyAbsent(stream: ConfiguredStream): string | undefined;
}

/**
 * The object of each stream: as the catalog tells (`x-sobject`), else by the names of the streams without queries that are on,
 * else by the static names, else by asking the org for its objects, once.
 */
export async function findObjects(
  connection: Connection,
  streams: readonly ConfiguredStream[],
  config: Config,
  signal: AbortSignal,
): Promise<FoundObjects> {
  const { naming } = config;
  const found = new Map<ConfiguredStream, string>();
  const withoutQuery = new Map(streamsWithoutQuery(config, []).map(({ synthetic, name }) => [name, synthetic.sobject]));
  for (const stream of streams) {
    const sobject = stream.sobject ?? withoutQuery.get(stream.name) ?? sobjectOfCollection(naming, stream.name);
    if (sobject !== undefined) found.set(stream, sobject);
  }
  const unknown = streams.filter((stream) => !found.has(stream));
  const objects = unknown.length === 0 ? [] : await describeGlobal(connection, signal);
  const sobjectOf = new Map(
    [...nameCollections(naming, objects)].map(([sobject, collection]) => [collection, sobject]),
  );
  for (const stream of unknown) {
    const sobject = sobjectOf.get(stream.name);
    if (sobject !== undefined) found.set(stream, sobject);
  }
  return {
    sobjects: found,
    objects,
    whyAbsent: ({ name, sobject }) => (sobject === undefined ? whyAbsent(name, naming, objects) : undefined),
  };
}

/** Describes by API name; where the org refuses one, its error stands in its place. `details` are filled where they are given. */
export async function describeAll(
  connection: Connection,
  sobjects: Iterable<string>,
  signal: AbortSignal,
  details?: Map<string, DescribeDetails>,
): Promise<ReadonlyMap<string, SObjectDescribe | ModstampError>> {
  const describes = new Map<string, SObjectDescribe | ModstampError>();
  for await (const answer of describeObjects(connection, [...new Set(sobjects)], signal, details !== undefined)) {
    if ('details' in answer) details?.set(answer.name, answer.details);
    describes.set(answer.name, 'error' in answer ? answer.error : answer.describe);
  }
  return describes;
}

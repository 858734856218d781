/** The discover command: every object of the org that can be read, as a stream. */
import type { AirbyteCatalog, AirbyteStream } from '../airbyte/protocol.ts';
import { nameCollections, SEGMENT_COLLECTIONS } from '../collections/collection-name.ts';
import { nameProperties } from '../collections/property-name.ts';
import type { Config } from '../config/config.ts';
import { ModstampError } from '../errors.ts';
import { isKnownFieldType } from '../record/field-type.ts';
import type { Connection } from '../salesforce/connection.ts';
import { describeGlobal, describeObjects } from '../salesforce/describe.ts';
import type { SObjectDescribe, SObjectSummary } from '../salesforce/metadata.ts';
import { connectRun } from './connect-run.ts';
import { fitCatalog } from './offer/catalog-size.ts';
import { meetsCriteria } from './offer/criteria.ts';
import { isExcluded } from './offer/object-kind.ts';
import { streamOf, type StreamOptions } from './offer/stream-schema.ts';
import type { Run } from './run.ts';
import { streamsWithoutQuery, syntheticOf } from './synthetic/list.ts';
import { offerWithoutQuery } from './synthetic/synthetic-stream.ts';

/** What an org offers before anything is described: API name -> stream name, in the order of the stream names. */
export type Offer = ReadonlyMap<string, string>;

/**
 * The catalog of the org: streams sorted by name, the same bytes for the same org. An object that can't be described, or
 * a field of a type that nobody knows, costs a WARN and not the catalog. Throws ModstampError where the login or
 * describe global fails, and where nothing is offered.
 */
export async function discover(run: Run): Promise<AirbyteCatalog> {
  const connection = await connectRun(run, { mode: 'probe' });
  try {
    const sobjects = await describeGlobal(connection, run.signal);
    const offer = offeredStreams(sobjects, run.config);
    if (![...offer.keys()].some(isDescribed)) throw new ModstampError(NOTHING_OFFERED, { failureType: 'config_error' });
    const described = await describeStreams(run, connection, offer, sobjects);
    // Every object with the same trouble is a trouble of the org or of the login; an empty catalog would drop all streams.
    // Synthetic streams alone need no describe.
    if (described.every(isSynthetic) && offer.size > described.length)
      throw new ModstampError(NOTHING_DESCRIBED, { failureType: 'transient_error' });
    const { streams, notes } = fitCatalog(described);
    for (const { level, text } of notes) run.messages.log(level, text);
    return { streams };
  } finally {
    await connection.close();
  }
}

const NOTHING_OFFERED =
  'The org offers no object: its user may read none, or streams_preset and streams_criteria let none in; run check, which tells the two apart.';

function isSynthetic({ json_schema }: AirbyteStream): boolean {
  return syntheticOf(json_schema['x-sobject']) !== undefined;
}

const NOTHING_DESCRIBED =
  'Salesforce described none of the objects that it lists; the log says why for each. Try again, or ask the admin of the org what changed for this user.';

/** Whether an offered stream has an object that the org describes. */
export function isDescribed(sobject: string): boolean {
  const synthetic = syntheticOf(sobject);
  return synthetic === undefined || synthetic.kind === 'queried';
}

/**
 * The objects that can be read and that preset and criteria let in, and the streams without queries that are on, with their
 * stream names.
 */
export function offeredStreams(sobjects: readonly SObjectSummary[], config: Config): Offer {
  const names = nameCollections(config.naming, sobjects);
  const objects = sobjects
    .filter(({ name, queryable }) => syntheticOf(name) !== undefined || (queryable && !isExcluded(name)))
    .filter(({ name }) => config.streamsPreset !== 'segment' || SEGMENT_COLLECTIONS.has(name))
    .filter(({ name }) => meetsCriteria(name, config.streamsCriteria))
    .map(({ name }): [string, string] => [name, names.get(name) ?? name]);
  const others = streamsWithoutQuery(config, sobjects).map(({ synthetic, name }): [string, string] => [
    synthetic.sobject,
    name,
  ]);
  return new Map([...objects, ...others].sort(([, a], [, b]) => (a < b ? -1 : 1)));
}

/**
 * Describes the objects of an offer; each stream is built as its describe arrives, so that no describe is kept. `sobjects` are
 * all objects of the org.
 */
export async function describeStreams(
  run: Run,
  connection: Connection,
  offer: Offer,
  sobjects: readonly SObjectSummary[],
): Promise<AirbyteStream[]> {
  const { config, messages, signal } = run;
  const prefixes = new Map(sobjects.map(({ name, keyPrefix }) => [name, keyPrefix]));
  const options: StreamOptions = { ...config, ...(config.referenceTypes && { keyPrefixes: prefixes }) };
  const streams = new Map<string, AirbyteStream>();
  for (const [sobject, name] of offer) {
    const synthetic = syntheticOf(sobject);
    if (synthetic && synthetic.kind !== 'queried') streams.set(name, offerWithoutQuery(synthetic, name, options));
  }
  const offerStream = (describe: SObjectDescribe) => {
    const name = offer.get(describe.name) ?? describe.name;
    for (const warning of warningsOf(describe, name, config)) messages.log('WARN', warning);
    const synthetic = syntheticOf(describe.name);
    const isQueried = synthetic?.kind === 'queried';
    streams.set(name, isQueried ? synthetic.offer(describe, name, config) : streamOf(describe, name, options));
  };
  for await (const answer of describeObjects(connection, [...offer.keys()].filter(isDescribed), signal)) {
    const synthetic = syntheticOf(answer.name);
    const documented = synthetic?.kind === 'queried' ? synthetic.describe() : undefined;
    const describe = 'describe' in answer ? answer.describe : documented;
    if (describe !== undefined) offerStream(describe);
    else if ('error' in answer)
      messages.log('WARN', `${answer.name} can't be described and is left out of the catalog: ${answer.error.message}`);
  }
  return [...offer.values()].flatMap((name) => streams.get(name) ?? []);
}

function warningsOf(describe: SObjectDescribe, stream: string, config: Config): string[] {
  const unknown = describe.fields
    .filter(({ type }) => !isKnownFieldType(type))
    .map(
      ({ name, type }) =>
        `${describe.name}.${name} has the type ${type}, which this version does not know: it is read as text.`,
    );
  const collisions = nameProperties(config.naming, describe.fields).collisions.map(
    ({ field, property, instead }) =>
      `${describe.name}.${field} becomes ${stream}.${instead}, since ${property} is taken.`,
  );
  return [...unknown, ...collisions];
}

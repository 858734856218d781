/** The catalog command: a configured catalog, so that nobody edits JSON by hand. */
import { readConfiguredCatalog } from '../../airbyte/configured-catalog.ts';
import type { AirbyteStream, ConfiguredStream, SyncMode } from '../../airbyte/protocol.ts';
import type { JsonObject } from '../../json/value.ts';
import { SEGMENT_COLLECTIONS } from '../../collections/collection-name.ts';
import { ADDED_PROPERTIES } from '../../collections/property-name.ts';
import { ModstampError } from '../../errors.ts';
import { describeGlobal } from '../../salesforce/describe.ts';
import { configureStream, type ConfiguredEntry } from './configured-entry.ts';
import { connectRun } from '../connect-run.ts';
import { describeStreams, isDescribed, offeredStreams, type Offer } from '../discover.ts';
import type { Run } from '../run.ts';
import {
  asksForAll,
  findProperty,
  findStream,
  findStreams,
  readChoice,
  wordsOf,
  type StreamChoice,
  type Vocabulary,
} from './stream-choice.ts';

export interface CatalogOptions {
  /**
   * In the language of stream-choice.ts. Absent: those of the 48 collections that the org has and the streams that the
   * configuration has switched on, or the old catalog's.
   */
  readonly select?: string;
  readonly exclude?: string;
  /** For all streams; a stream without a cursor stays on full_refresh. */
  readonly syncMode?: SyncMode;
  /** A configured catalog whose choice is kept. */
  readonly from?: unknown;
}

/** What an org offers, described as far as the choice needs it. */
export interface Material {
  readonly offer: Offer;
  readonly streams: readonly AirbyteStream[];
  /** Absent where no old catalog was given. */
  readonly old?: readonly ConfiguredStream[];
}

/**
 * Makes a configured catalog, streams sorted by name: incremental where a cursor is selected, merged by the key where
 * that is selected. Of an old catalog it keeps streams, properties and modes, adds nothing but what is selected besides,
 * and says on the log what is gone. Throws config_error for names that the org doesn't have and for an empty choice.
 */
export async function writeCatalog(run: Run, options: CatalogOptions): Promise<JsonObject> {
  const old = options.from === undefined ? {} : { old: readConfiguredCatalog(options.from, 'The old catalog') };
  const connection = await connectRun(run, { mode: 'probe' });
  try {
    const sobjects = await describeGlobal(connection, run.signal);
    const offer = offeredStreams(sobjects, run.config);
    const streams = await describeStreams(run, connection, neededObjects(offer, old.old, options), sobjects);
    const entries = configureAll(run, { offer, streams, ...old }, options);
    // An AirbyteStream is plain JSON by construction; interfaces just have no index signature to show it.
    return { streams: entries } as unknown as JsonObject;
  } finally {
    await connection.close();
  }
}

/** The choice, once everything is described. What it costs, and what it lost, goes to the log. */
export function configureAll(run: Run, material: Material, options: CatalogOptions): ConfiguredEntry[] {
  const { offer, streams, old } = material;
  const properties = new Map(streams.map((stream) => [sobjectOf(stream), fieldsOf(stream)]));
  const vocabulary: Vocabulary = { streams: offer, properties };
  const kept = keepOld(run, old ?? [], vocabulary);
  const selected = chooseSelected(run, options, vocabulary, old !== undefined);
  const excluded = options.exclude === undefined ? new Map() : readChoice(options.exclude, vocabulary, '--exclude');
  const entries = streams.flatMap((stream) => {
    const sobject = sobjectOf(stream);
    const chosen = selected.get(sobject) ?? kept.choice.get(sobject);
    const without = excluded.get(sobject);
    if (chosen === undefined || without === 'whole') return [];
    const always = selected.has(sobject) ? essentialProperties(stream) : new Set<string>();
    const keeps = (property: string) => (isChosen(property, chosen) || always.has(property)) && !without?.has(property);
    const { syncMode } = options;
    const { entry, notes } = configureStream(stream, { keeps, syncMode, old: kept.streams.get(sobject) });
    for (const { level, text } of notes) run.messages.log(level, text);
    return [entry];
  });
  if (entries.length === 0) {
    throw new ModstampError('The catalog would be empty: name collections with --select, or use --select all.', {
      failureType: 'config_error',
    });
  }
  return entries;
}

/** What must be described to make the choice: the chosen, and every word that may be a collection. */
function neededObjects(offer: Offer, old: readonly ConfiguredStream[] | undefined, options: CatalogOptions): Offer {
  if (options.select !== undefined && asksForAll(options.select)) return offer;
  const words = [options.select, options.exclude].flatMap((text) => (text === undefined ? [] : wordsOf(text)));
  const needed = new Set<string | undefined>(words.flatMap((word) => findStreams(word, offer)));
  for (const stream of old ?? []) needed.add(findOld(stream, offer));
  if (options.select === undefined && !old) for (const name of standardChoice(offer)) needed.add(name);
  return new Map([...offer].filter(([name]) => needed.has(name)));
}

function chooseSelected(run: Run, options: CatalogOptions, vocabulary: Vocabulary, hasOld: boolean): StreamChoice {
  if (options.select !== undefined) return readChoice(options.select, vocabulary, '--select');
  if (hasOld) return new Map();
  const absent = [...SEGMENT_COLLECTIONS].flatMap(([name, stream]) => (vocabulary.streams.has(name) ? [] : [stream]));
  if (absent.length > 0) {
    const count = SEGMENT_COLLECTIONS.size;
    run.messages.log(
      'INFO',
      `${count - absent.length} of the ${count} standard collections; not offered by this org: ${absent.join(', ')}.`,
    );
  }
  return new Map(standardChoice(vocabulary.streams).map((name) => [name, 'whole']));
}

/** The 48 collections, and the streams without an object that the configuration has switched on. */
function standardChoice(offer: Offer): string[] {
  return [...SEGMENT_COLLECTIONS.keys(), ...[...offer.keys()].filter((name) => !isDescribed(name))];
}

function keepOld(run: Run, old: readonly ConfiguredStream[], vocabulary: Vocabulary) {
  const choice = new Map<string, 'whole' | ReadonlySet<string>>();
  const streams = new Map<string, ConfiguredStream>();
  for (const stream of old) {
    const sobject = findOld(stream, vocabulary.streams);
    const known = sobject === undefined ? undefined : vocabulary.properties.get(sobject);
    if (sobject === undefined || known === undefined) {
      run.messages.log('WARN', `${stream.name} is dropped: ${GONE}.`);
      continue;
    }
    const kept = new Set<string>();
    for (const [property, field] of stream.properties) {
      const now = (field === undefined ? undefined : findProperty(field, known)) ?? findProperty(property, known);
      if (now !== undefined) kept.add(now);
      else run.messages.log('WARN', `${stream.name}.${property} is dropped: ${GONE}.`);
    }
    streams.set(sobject, stream);
    choice.set(sobject, stream.properties.size === 0 ? 'whole' : kept);
  }
  return { choice, streams };
}

const GONE = 'the org does not have it any more, or this user can not see it';

function findOld({ name, sobject }: ConfiguredStream, offer: Offer): string | undefined {
  return sobject !== undefined && offer.has(sobject) ? sobject : findStream(name, offer);
}

function sobjectOf(stream: AirbyteStream): string {
  return stream.json_schema['x-sobject'] ?? stream.name;
}

function fieldsOf({ json_schema: { properties } }: AirbyteStream): ReadonlyMap<string, string | undefined> {
  return new Map(Object.entries(properties).map(([property, schema]) => [property, schema['x-field']]));
}

/** Properties that the configuration switched on are not up to a list of the org's fields; --exclude can drop them. */
const ADDED: ReadonlySet<string> = new Set(Object.values(ADDED_PROPERTIES));

/**
 * What comes along with any columns that --select names: the key, by which rows are merged; the cursor, without which the
 * whole object is read at every sync; and is_deleted, without which rows of the recycle bin look like rows that are there.
 */
function essentialProperties(stream: AirbyteStream): ReadonlySet<string> {
  const { source_defined_primary_key: key = [], default_cursor_field: cursor = [] } = stream;
  const isDeleted = [...fieldsOf(stream)].flatMap(([property, field]) => (field === 'IsDeleted' ? [property] : []));
  return new Set([...key.flat(), ...cursor, ...isDeleted]);
}

function isChosen(property: string, chosen: 'whole' | ReadonlySet<string>): boolean {
  return chosen === 'whole' || chosen.has(property) || ADDED.has(property);
}

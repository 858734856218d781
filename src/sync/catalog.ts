/** The catalog command: a configured catalog, so that nobody edits JSON by hand. */
import { readConfiguredCatalog } from '../airbyte/configured-catalog.ts';
import type {
  AirbyteStream,
  ConfiguredStream,
  DestinationSyncMode,
  JsonObject,
  SyncMode,
} from '../airbyte/protocol.ts';
import { SEGMENT_COLLECTIONS } from '../collections/collection-name.ts';
import { ADDED_PROPERTIES } from '../collections/property-name.ts';
import { ModstampError } from '../errors.ts';
import { describeGlobal } from '../salesforce/describe.ts';
import { connectRun } from './connect-run.ts';
import { describeStreams, offeredStreams, type Offer } from './discover.ts';
import type { Run } from './run.ts';
import {
  asksForAll,
  findProperty,
  findStream,
  readChoice,
  wordsOf,
  type StreamChoice,
  type Vocabulary,
} from './stream-choice.ts';

export interface CatalogOptions {
  /** In the language of stream-choice.ts. Absent: those of the 48 collections that the org has, or the old catalog's. */
  readonly select?: string;
  readonly exclude?: string;
  /** For all streams; a stream without a cursor stays on full_refresh. */
  readonly syncMode?: SyncMode;
  /** A configured catalog whose choice is kept. */
  readonly from?: unknown;
}

interface ConfiguredEntry {
  readonly stream: AirbyteStream;
  readonly sync_mode: SyncMode;
  readonly destination_sync_mode: DestinationSyncMode;
  readonly cursor_field?: readonly string[];
  readonly primary_key?: readonly (readonly string[])[];
  readonly generation_id?: number;
  readonly minimum_generation_id?: number;
  readonly sync_id?: number;
}

/**
 * Makes a configured catalog, streams sorted by name: incremental where a cursor is selected, deduplicated by the key
 * where that is selected. Of an old catalog it keeps streams, properties and modes, adds nothing, and says on the log
 * what is gone. Throws config_error for names that the org doesn't have and for an empty choice.
 */
export async function writeCatalog(run: Run, options: CatalogOptions): Promise<JsonObject> {
  const old = options.from === undefined ? [] : readConfiguredCatalog(options.from);
  const connection = await connectRun(run, { mode: 'probe' });
  try {
    const offer = offeredStreams(await describeGlobal(connection, run.signal), run.config);
    const needed = neededObjects(offer, old, options);
    const streams = await describeStreams(run, connection, needed);
    const entries = configure(run, { offer, streams, old }, options);
    // AirbyteStream is plain JSON by construction; interfaces just have no index signature to show it.
    return { streams: entries } as unknown as JsonObject;
  } finally {
    await connection.close();
  }
}

interface Material {
  readonly offer: Offer;
  readonly streams: readonly AirbyteStream[];
  readonly old: readonly ConfiguredStream[];
}

/** Exported for its tests: the choice, once everything is described. */
export function configure(run: Run, { offer, streams, old }: Material, options: CatalogOptions): ConfiguredEntry[] {
  const vocabulary: Vocabulary = {
    streams: offer,
    properties: new Map(streams.map((stream) => [stream.json_schema['x-sobject'] ?? stream.name, fieldsOf(stream)])),
  };
  const kept = keepOld(run, old, vocabulary);
  const selected = chosenStreams(options, vocabulary, old.length > 0);
  const excluded = options.exclude === undefined ? new Map() : readChoice(options.exclude, vocabulary, '--exclude');
  const entries = streams.flatMap((stream) => {
    const sobject = stream.json_schema['x-sobject'] ?? stream.name;
    const chosen = selected.get(sobject) ?? kept.choice.get(sobject);
    const without = excluded.get(sobject);
    if (chosen === undefined || without === 'whole') return [];
    const narrowed = narrow(stream, (property) => isChosen(property, chosen) && !without?.has(property));
    return [entryOf(run, stream, narrowed, options.syncMode, kept.streams.get(sobject))];
  });
  if (entries.length === 0) {
    throw new ModstampError('The catalog would be empty: name collections with --select, or use --select all.', {
      failureType: 'config_error',
    });
  }
  return entries;
}

/** What must be described to make the choice: the chosen, and every word that may be a collection. */
function neededObjects(offer: Offer, old: readonly ConfiguredStream[], options: CatalogOptions): Offer {
  if (options.select !== undefined && asksForAll(options.select)) return offer;
  const words = [options.select, options.exclude].flatMap((text) => (text === undefined ? [] : wordsOf(text)));
  const needed = new Set(words.map((word) => findStream(word, offer)));
  for (const stream of old) needed.add(objectOf(stream, offer));
  if (options.select === undefined && old.length === 0) for (const name of SEGMENT_COLLECTIONS.keys()) needed.add(name);
  return new Map([...offer].filter(([name]) => needed.has(name)));
}

function chosenStreams(options: CatalogOptions, vocabulary: Vocabulary, hasOld: boolean): StreamChoice {
  if (options.select !== undefined) return readChoice(options.select, vocabulary, '--select');
  if (hasOld) return new Map();
  return new Map([...SEGMENT_COLLECTIONS.keys()].map((name) => [name, 'whole']));
}

function keepOld(run: Run, old: readonly ConfiguredStream[], vocabulary: Vocabulary) {
  const choice = new Map<string, 'whole' | ReadonlySet<string>>();
  const streams = new Map<string, ConfiguredStream>();
  for (const stream of old) {
    const sobject = objectOf(stream, vocabulary.streams);
    const known = sobject === undefined ? undefined : vocabulary.properties.get(sobject);
    if (sobject === undefined || known === undefined) {
      run.messages.log(
        'WARN',
        `${stream.name} is dropped: the org has no such collection any more, or this user can't see it.`,
      );
      continue;
    }
    const properties = new Set<string>();
    for (const [property, field] of stream.properties) {
      const now = (field === undefined ? undefined : findProperty(field, known)) ?? findProperty(property, known);
      if (now !== undefined) properties.add(now);
      else
        run.messages.log(
          'WARN',
          `${stream.name}.${property} is dropped: the org has no such property any more, or this user can't see it.`,
        );
    }
    streams.set(sobject, stream);
    choice.set(sobject, stream.properties.size === 0 ? 'whole' : properties);
  }
  return { choice, streams };
}

function objectOf(stream: ConfiguredStream, offer: Offer): string | undefined {
  return stream.sobject !== undefined && offer.has(stream.sobject) ? stream.sobject : findStream(stream.name, offer);
}

function fieldsOf(stream: AirbyteStream): ReadonlyMap<string, string | undefined> {
  return new Map(
    Object.entries(stream.json_schema.properties).map(([property, schema]) => [property, schema['x-field']]),
  );
}

/** Properties that the configuration switched on are not up to a list of the org's fields; --exclude can drop them. */
const ADDED: ReadonlySet<string> = new Set(Object.values(ADDED_PROPERTIES));

function isChosen(property: string, chosen: 'whole' | ReadonlySet<string>): boolean {
  return chosen === 'whole' || chosen.has(property) || ADDED.has(property);
}

/** The stream with some of its properties; a cursor or key that is gone is no longer promised. */
function narrow(stream: AirbyteStream, keeps: (property: string) => boolean): AirbyteStream {
  const properties = Object.fromEntries(
    Object.entries(stream.json_schema.properties).filter(([property]) => keeps(property)),
  );
  const has = (path: readonly string[] | undefined) => path?.[0] !== undefined && path[0] in properties;
  const {
    default_cursor_field: cursor,
    source_defined_primary_key: key,
    supported_sync_modes: modes,
    ...rest
  } = stream;
  return {
    ...rest,
    json_schema: { ...stream.json_schema, properties },
    supported_sync_modes: has(cursor) ? modes : ['full_refresh'],
    ...(cursor && has(cursor) && { default_cursor_field: cursor }),
    ...(key && has(key[0]) && { source_defined_primary_key: key }),
  };
}

function entryOf(
  run: Run,
  whole: AirbyteStream,
  stream: AirbyteStream,
  wanted: SyncMode | undefined,
  old: ConfiguredStream | undefined,
): ConfiguredEntry {
  const cursor = stream.default_cursor_field;
  const key = stream.source_defined_primary_key;
  const mode = wanted ?? old?.syncMode ?? 'incremental';
  const incremental = mode === 'incremental' && cursor !== undefined;
  if (mode === 'incremental' && !incremental && whole.default_cursor_field) {
    run.messages.log(
      'WARN',
      `${stream.name} will be read whole at every sync, since ${whole.default_cursor_field[0]} is not selected; select it to read only what changed.`,
    );
  }
  if (whole.source_defined_primary_key && !key) {
    run.messages.log(
      'WARN',
      `${stream.name} has no key, since ${whole.source_defined_primary_key[0]?.[0]} is not selected: the destination can't deduplicate it.`,
    );
  }
  return {
    stream,
    sync_mode: incremental ? 'incremental' : 'full_refresh',
    destination_sync_mode: destinationMode(incremental, key !== undefined, old?.destinationSyncMode),
    ...(incremental && { cursor_field: cursor }),
    ...(key && { primary_key: key }),
    ...(old?.generationId !== undefined && { generation_id: old.generationId }),
    ...(old?.minimumGenerationId !== undefined && { minimum_generation_id: old.minimumGenerationId }),
    ...(old?.syncId !== undefined && { sync_id: old.syncId }),
  };
}

/** Rows without a key can't be merged: a whole read replaces the table, an increment is appended. */
function destinationMode(
  incremental: boolean,
  hasKey: boolean,
  old: DestinationSyncMode | undefined,
): DestinationSyncMode {
  if (old !== undefined && (hasKey || old !== 'append_dedup') && !(incremental && old === 'overwrite')) return old;
  if (hasKey) return 'append_dedup';
  return incremental ? 'append' : 'overwrite';
}

/** One entry of a configured catalog. Pure. */
import type { AirbyteStream, ConfiguredStream, DestinationSyncMode, SyncMode } from '../../airbyte/protocol.ts';
import type { Note } from '../run.ts';

export interface ConfiguredEntry {
  readonly stream: AirbyteStream;
  readonly sync_mode: SyncMode;
  readonly destination_sync_mode: DestinationSyncMode;
  readonly cursor_field?: readonly string[];
  readonly primary_key?: readonly (readonly string[])[];
  readonly generation_id?: number;
  readonly minimum_generation_id?: number;
  readonly sync_id?: number;
}

export interface EntryOptions {
  /** Which of the stream's properties are taken. */
  readonly keeps: (property: string) => boolean;
  /** In the place of what the old entry has, else of incremental. */
  readonly syncMode: SyncMode | undefined;
  /** The stream's entry in the catalog from which the choice is taken over. */
  readonly old: ConfiguredStream | undefined;
}

/**
 * Configures a stream: incremental where its cursor is taken, merged by its key where that is taken. The notes say what
 * the choice costs: a whole read without the cursor, no merging without the key.
 */
export function configureStream(
  offered: AirbyteStream,
  options: EntryOptions,
): { entry: ConfiguredEntry; notes: Note[] } {
  const { syncMode, old } = options;
  const stream = narrow(offered, options.keeps);
  const { default_cursor_field: cursor, source_defined_primary_key: key } = stream;
  const mode = syncMode ?? old?.syncMode ?? 'incremental';
  const incremental = mode === 'incremental' && cursor !== undefined;
  const entry: ConfiguredEntry = {
    stream,
    sync_mode: incremental ? 'incremental' : 'full_refresh',
    destination_sync_mode: destinationMode(incremental, key !== undefined, old?.destinationSyncMode),
    ...(incremental && { cursor_field: cursor }),
    ...(key && { primary_key: key }),
    ...(old?.generationId !== undefined && { generation_id: old.generationId }),
    ...(old?.minimumGenerationId !== undefined && { minimum_generation_id: old.minimumGenerationId }),
    ...(old?.syncId !== undefined && { sync_id: old.syncId }),
  };
  return { entry, notes: costsOf(offered, stream, mode) };
}

/** The stream with some of its properties; a cursor or key that is gone is no longer promised. */
function narrow(stream: AirbyteStream, keeps: (property: string) => boolean): AirbyteStream {
  const properties = Object.fromEntries(
    Object.entries(stream.json_schema.properties).filter(([property]) => keeps(property)),
  );
  const has = (path: readonly string[] | undefined) => path?.[0] !== undefined && Object.hasOwn(properties, path[0]);
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

/** Rows without a key can't be merged: a whole read replaces the table, an increment is appended. */
function destinationMode(
  incremental: boolean,
  hasKey: boolean,
  old: DestinationSyncMode | undefined,
): DestinationSyncMode {
  const stillFits = (hasKey || old !== 'append_dedup') && !(incremental && old === 'overwrite');
  if (old !== undefined && stillFits) return old;
  if (hasKey) return 'append_dedup';
  return incremental ? 'append' : 'overwrite';
}

function costsOf(offered: AirbyteStream, stream: AirbyteStream, mode: SyncMode): Note[] {
  const notes: Note[] = [];
  const cursor = offered.default_cursor_field?.[0];
  if (mode === 'incremental' && cursor !== undefined && !stream.default_cursor_field) {
    notes.push({
      level: 'WARN',
      text: `${stream.name} will be read whole at every sync, since ${cursor} is not selected; select it to read only what changed.`,
    });
  }
  const key = offered.source_defined_primary_key?.[0]?.[0];
  if (key !== undefined && !stream.source_defined_primary_key) {
    notes.push({
      level: 'WARN',
      text: `${stream.name} has no key, since ${key} is not selected: the destination can't merge its rows.`,
    });
  }
  return notes;
}

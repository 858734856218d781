/** Catalogs and states as hosts make them, from what a run of the program has said. */
import type { AirbyteCatalog, AirbyteStream, DestinationSyncMode, SyncMode } from '../src/airbyte/protocol.ts';
import type { JsonObject } from '../src/json/value.ts';
import type { ProgramRun } from './program.ts';

export interface HostCatalog {
  readonly streams: readonly HostStream[];
}

export interface HostStream {
  readonly stream: AirbyteStream;
  readonly sync_mode: SyncMode;
  readonly destination_sync_mode: DestinationSyncMode;
  readonly cursor_field?: readonly string[];
  readonly primary_key?: readonly (readonly string[])[];
}

/** The catalog of a `discover`; throws with the run's stderr and log where there is none. */
export function catalogOf(run: ProgramRun): AirbyteCatalog {
  for (const message of run.messages) if (message.type === 'CATALOG') return message.catalog;
  throw new Error(
    `${run.args.join(' ')} (exit ${run.exitCode}) gave no CATALOG: ${run.lines.join('\n')} ${run.stderr}`,
  );
}

/**
 * A configured catalog of the streams named (all without names), in their order. Incremental where a stream can, unless
 * `syncMode` says otherwise; append_dedup where it has a key.
 */
export function configureAll(discovered: ProgramRun, names?: readonly string[], syncMode?: SyncMode): HostCatalog {
  const { streams } = catalogOf(discovered);
  const chosen = names?.map((name) => {
    const stream = streams.find((stream) => stream.name === name);
    if (stream === undefined)
      throw new Error(`${name} is not in the catalog: ${streams.map(({ name }) => name).join(', ')}`);
    return stream;
  });
  return { streams: (chosen ?? streams).map((stream) => configure(stream, syncMode)) };
}

/** One stream as a host configures it. */
export function configure(stream: AirbyteStream, syncMode?: SyncMode): HostStream {
  const key = stream.source_defined_primary_key;
  return {
    stream,
    sync_mode: syncMode ?? (stream.supported_sync_modes.includes('incremental') ? 'incremental' : 'full_refresh'),
    destination_sync_mode: key === undefined ? 'append' : 'append_dedup',
    ...(stream.default_cursor_field === undefined ? {} : { cursor_field: stream.default_cursor_field }),
    ...(key === undefined ? {} : { primary_key: key }),
  };
}

/** The last state of each stream, as the file that a host hands to the next `read`. */
export function lastStates(run: ProgramRun): readonly JsonObject[] {
  const last = new Map<string, JsonObject>();
  for (const message of run.messages) {
    if (message.type !== 'STATE') continue;
    const { name, namespace } = message.state.stream.stream_descriptor;
    last.set(JSON.stringify([namespace, name]), message.state as unknown as JsonObject);
  }
  return [...last.values()];
}

/** The RECORD lines of a run without their times, sorted: what two runs are compared by, digits as they stand. */
export function recordData(run: ProgramRun): readonly string[] {
  const records = run.lines.filter((_, index) => run.messages[index]?.type === 'RECORD');
  return records.map((line) => line.replace(/,"emitted_at":\d+/, '')).sort();
}

/** One sync through the built program, and what tests ask of it. */
import { expect } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { catalogOf, lastStates } from '../catalog.ts';
import type { Fault, OrgUnderTest } from '../practice-org.ts';
import { runDiscover, runRead, type ProgramOptions, type ProgramRun } from '../program.ts';
import { complaintsOfMessages, complaintsOfOrder } from '../protocol.ts';

export interface StreamChoice {
  /** Only these properties; all unless told. */
  readonly properties?: readonly string[];
  readonly syncMode?: 'full_refresh' | 'incremental';
  readonly destinationSyncMode?: string;
  readonly more?: JsonObject;
}

/** The discovered streams by name. */
export async function discoverStreams(config: JsonObject): Promise<ReadonlyMap<string, AirbyteStream>> {
  const { streams } = catalogOf(await runDiscover(config));
  return new Map(streams.map((stream) => [stream.name, stream]));
}

/** A configured catalog of the named streams. */
export function configure(
  streams: ReadonlyMap<string, AirbyteStream>,
  choices: Readonly<Record<string, StreamChoice>>,
): JsonObject {
  const configured = Object.entries(choices).map(([name, choice]) => {
    const stream = streams.get(name);
    if (!stream) throw new Error(`the org has no stream ${name}`);
    const { properties } = stream.json_schema;
    const kept = choice.properties ?? Object.keys(properties);
    const json_schema = {
      ...stream.json_schema,
      properties: Object.fromEntries(kept.map((name) => [name, properties[name] ?? { type: ['null', 'string'] }])),
    };
    const incremental = stream.supported_sync_modes.includes('incremental');
    return {
      stream: { ...stream, json_schema },
      sync_mode: choice.syncMode ?? (incremental ? 'incremental' : 'full_refresh'),
      destination_sync_mode: choice.destinationSyncMode ?? (incremental ? 'append_dedup' : 'overwrite'),
      ...choice.more,
    };
  });
  return { streams: configured } as unknown as JsonObject;
}

export interface Sync {
  readonly run: ProgramRun;
  /** `data` of the records of a stream, in order. */
  records(stream: string): JsonObject[];
  /** The last state of each stream, as `--state` takes it. */
  readonly states: readonly JsonObject[];
  stateOf(stream: string): JsonObject | undefined;
  statusesOf(stream: string): string[];
  readonly errors: readonly {
    readonly message: string;
    readonly failure_type: string;
    readonly stream?: string;
    readonly internal?: string;
  }[];
  readonly logs: readonly string[];
}

/** Reads, and holds the run against the protocol: every message valid, statuses, states and counts in order. */
export async function sync(
  config: JsonObject,
  catalog: JsonObject,
  state?: readonly JsonObject[],
  options: ProgramOptions & { readonly mayFail?: boolean } = {},
): Promise<Sync> {
  const run = await runRead({ config, catalog, ...(state && { state }) }, { timeoutMs: 120_000, ...options });
  const result = readSync(run);
  if (!options.mayFail)
    expect({ exitCode: run.exitCode, errors: result.errors }, run.stderr).toEqual({ exitCode: 0, errors: [] });
  if (run.signal === null && !options.closeAfterLines) {
    expect(complaintsOfMessages(run)).toEqual([]);
    expect(complaintsOfOrder(run, catalog as never)).toEqual([]);
  }
  return result;
}

/** What a run said, sorted. */
export function readSync(run: ProgramRun): Sync {
  const states = lastStates(run);
  const errors: { message: string; failure_type: string; stream?: string; internal?: string }[] = [];
  for (const message of run.messages) {
    if (message.type === 'TRACE' && message.trace.type === 'ERROR') {
      const { message: text, failure_type, stream_descriptor, internal_message } = message.trace.error;
      errors.push({
        message: text,
        failure_type,
        ...(stream_descriptor && { stream: stream_descriptor.name }),
        ...(internal_message && { internal: internal_message }),
      });
    }
  }
  return {
    run,
    records: (stream) =>
      run.messages.flatMap((message) =>
        message.type === 'RECORD' && message.record.stream === stream ? [message.record.data] : [],
      ),
    states,
    stateOf: (stream) => {
      const saved = states.map((state) => state['stream'] as JsonObject);
      const own = saved.find((each) => (each['stream_descriptor'] as JsonObject)['name'] === stream);
      return own?.['stream_state'] as JsonObject | undefined;
    },
    statusesOf: (stream) =>
      run.messages.flatMap((message) =>
        message.type === 'TRACE' &&
        message.trace.type === 'STREAM_STATUS' &&
        message.trace.stream_status.stream_descriptor.name === stream
          ? [message.trace.stream_status.status]
          : [],
      ),
    errors,
    logs: run.messages.flatMap((message) =>
      message.type === 'LOG' ? [`${message.log.level} ${message.log.message}`] : [],
    ),
  };
}

/** Makes the names stream go by Bulk: the org takes too long over its queries, which an org without composites asks alone. */
export async function makeNamesSlow(org: OrgUnderTest): Promise<void> {
  await org.fault({ path: '/composite', times: 0, status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'gone' }] });
  await org.fault({
    path: 'queryAll.*(Who|What|Owner)\\.',
    times: 0,
    status: 400,
    body: [{ errorCode: 'QUERY_TIMEOUT', message: 'Your query request was running for too long.' }],
  });
}

/** Makes the next reads of these objects go by Bulk: the org's estimate says that they are large. */
export async function makeLarge(org: OrgUnderTest, sobjects: readonly string[]): Promise<void> {
  await org.fault({
    path: '/limits/recordCount',
    times: 0,
    status: 200,
    body: { sObjects: sobjects.map((name) => ({ name, count: 1_000_000 })) },
  });
}

/** What Bulk answers where it does not serve the object. */
export function refusalByBulk(sobject: string): Fault {
  const message = `Entity '${sobject}' is not supported by the Bulk API.`;
  return { method: 'POST', path: '/jobs/query', status: 400, body: [{ errorCode: 'INVALIDENTITY', message }] };
}

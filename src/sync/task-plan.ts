/** From configured streams and saved states to tasks: objects found, described, planned; what is gone told apart. */
import { setImmediate } from 'node:timers/promises';
import type { ConfiguredStream, InputState } from '../airbyte/protocol.ts';
import type { JsonObject } from '../json/value.ts';
import { ModstampError } from '../errors.ts';
import type { Connection } from '../salesforce/connection.ts';
import { isFault } from '../salesforce/faults.ts';
import type { DescribeDetails } from '../salesforce/describe-details.ts';
import type { SObjectDescribe } from '../salesforce/metadata.ts';
import type { BlobBudget } from './reading/blob-content.ts';
import { describeAll, findObjects } from './configured-object.ts';
import { isDescribed } from './discover.ts';
import { createGatheredTask, type GatheredTask } from './gathered-task.ts';
import { findKeyPrefixes } from './key-prefix.ts';
import { planReading, readingsOf, type PlanContext, type Reading } from './plan/plan.ts';
import type { Run } from './run.ts';
import type { StreamLife } from './reading/stream-life.ts';
import { syntheticOf } from './synthetic/list.ts';
import type { Material, SyntheticStream } from './synthetic/synthetic-stream.ts';
import { createTask, type StreamTask, type TaskOptions } from './stream-task.ts';
import { wholeSecond } from './plan/window.ts';
import type { WrittenTask } from './written-task.ts';

/**
 * Between so many plans V8 gets a turn to go on collecting: a thousand plans in one go are 25 MB of garbage and more that it
 * can't keep up with.
 */
const STREAMS_AT_A_TIME = 20;

export interface Vanished {
  readonly stream: ConfiguredStream;
  /** A sentence, where more is known than that the org does not show the object. */
  readonly why?: string | undefined;
}

export interface PlannedStreams {
  readonly tasks: readonly StreamTask[];
  readonly written: readonly WrittenTask[];
  readonly gathered: readonly GatheredTask[];
  /** What the written streams are made of. */
  readonly material: Material;
  /** Streams whose object the org does not have (any more), or does not show to this user. */
  readonly vanished: readonly Vanished[];
  /** Streams that can't be planned, and why. */
  readonly failed: readonly { readonly stream: ConfiguredStream; readonly error: ModstampError }[];
}

export interface PlanOptions {
  readonly run: Run;
  readonly connection: Connection;
  readonly states: readonly InputState[];
  readonly signal: AbortSignal;
  lifeOf(stream: ConfiguredStream): StreamLife;
}

/** Plans all streams: describes cost one API call for 25 of them. Throws what describes as a whole throw. */
export async function planStreams(streams: readonly ConfiguredStream[], options: PlanOptions): Promise<PlannedStreams> {
  const { run, connection, signal, lifeOf } = options;
  const started = planContextOf(run, connection);
  const { sobjects, objects, whyAbsent } = await findObjects(connection, streams, run.config, signal);
  const { synthetics, without } = syntheticsIn(sobjects);
  const asked = [...sobjects.values()].filter(isDescribed);
  const isDetailed = [...synthetics.values()].some((each) => each.kind === 'written' && each.needsDetails);
  const details = new Map<string, DescribeDetails>();
  const describes = await describeAll(connection, asked, signal, isDetailed ? details : undefined);
  const found = [...sobjects].map(([stream, sobject]) => [stream, describes.get(sobject)] as const);
  const keyPrefixes = await findKeyPrefixes(found, { connection, config: run.config, signal, objects });
  const context: PlanContext = { ...started, ...(keyPrefixes && { keyPrefixes }) };
  const gathered = gatheredTasks(synthetics, context, options);
  const real = streams.filter((stream) => !synthetics.has(stream) && !without.includes(stream));
  const planned = await planObjects(real, { context, options, gathered, sobjects, describes, whyAbsent });
  const { readings, failed } = planned;
  for (const stream of without) failed.push({ stream, error: nothingLeft(stream) });
  // Synthetic streams are made of what the others read.
  const others = [...readings.values()].flat().filter(({ isCatchUp }) => !isCatchUp);
  for (const [stream, synthetic] of synthetics) {
    if (synthetic.kind !== 'queried') continue;
    const described = describes.get(synthetic.sobject);
    const describe = described === undefined || described instanceof ModstampError ? synthetic.describe() : described;
    const parts = synthetic.plan(stream, describe, others, savedStateOf(options.states, stream), context);
    if (parts.length > 0) readings.set(stream, parts);
    else failed.push({ stream, error: nothingLeft(stream) });
  }
  const written = [...synthetics].flatMap(([stream, synthetic]) =>
    synthetic.kind === 'written' ? [{ stream, written: synthetic, life: lifeOf(stream) }] : [],
  );
  const tasks = createTasks(streams, readings, { synthetics, gathered, context, options });
  const material: Material = { readings: others, details, config: run.config };
  return { tasks, written, gathered, material, vanished: planned.vanished, failed };
}

interface ObjectsOptions {
  readonly context: PlanContext;
  readonly options: PlanOptions;
  readonly gathered: readonly GatheredTask[];
  readonly sobjects: ReadonlyMap<ConfiguredStream, string>;
  readonly describes: ReadonlyMap<string, SObjectDescribe | ModstampError>;
  whyAbsent(stream: ConfiguredStream): string | undefined;
}

/** Plans the streams of objects. */
async function planObjects(
  streams: readonly ConfiguredStream[],
  { context, options, gathered, sobjects, describes, whyAbsent }: ObjectsOptions,
) {
  const readings = new Map<ConfiguredStream, readonly Reading[]>();
  const vanished: Vanished[] = [];
  const failed: { stream: ConfiguredStream; error: ModstampError }[] = [];
  for (const [index, stream] of streams.entries()) {
    if (index % STREAMS_AT_A_TIME === 0) await setImmediate();
    const sobject = sobjects.get(stream);
    const describe = sobject === undefined ? undefined : describes.get(sobject);
    if (describe === undefined || isFault(describe, 'object_gone')) {
      vanished.push({ stream, why: whyAbsent(stream) });
    } else if (describe instanceof ModstampError) failed.push({ stream, error: describe });
    else {
      const reading = planReading(stream, describe, savedStateOf(options.states, stream), context);
      if (reading.selection.columns.length > 0) readings.set(stream, readingsOf(extended(reading, gathered)));
      else failed.push({ stream, error: nothingLeft(stream) });
    }
  }
  return { readings, vanished, failed };
}

/** The synthetic streams among those configured; `without`: those of which nothing that is selected exists. */
function syntheticsIn(sobjects: ReadonlyMap<ConfiguredStream, string>) {
  const synthetics = new Map<ConfiguredStream, SyntheticStream>();
  const without: ConfiguredStream[] = [];
  for (const [stream, sobject] of sobjects) {
    const synthetic = syntheticOf(sobject);
    if (synthetic === undefined) continue;
    const { properties } = stream;
    const isKnown = (property: string) => synthetic.kind === 'queried' || Object.hasOwn(synthetic.columns, property);
    if (properties.size > 0 && ![...properties.keys()].some(isKnown)) without.push(stream);
    else synthetics.set(stream, synthetic);
  }
  return { synthetics, without };
}

function gatheredTasks(
  synthetics: ReadonlyMap<ConfiguredStream, SyntheticStream>,
  { organizationId, startedAt }: PlanContext,
  { run, states, lifeOf }: PlanOptions,
): GatheredTask[] {
  return [...synthetics].flatMap(([stream, synthetic]) => {
    if (synthetic.kind !== 'gathered') return [];
    const warn = (text: string) => run.messages.log('WARN', `Stream ${stream.name}: ${text}`);
    const saved = savedStateOf(states, stream);
    const isAnew = stream.syncMode === 'full_refresh';
    const gathering = synthetic.gather({ saved, organizationId, startedAt, isAnew, warn });
    return [createGatheredTask(stream, lifeOf(stream), gathering)];
  });
}

/** The reading, asking for what others gather from its rows besides. */
function extended(reading: Reading, gathered: readonly GatheredTask[]): Reading {
  return gathered.reduce((one, task) => task.extend(one), reading);
}

interface TasksContext {
  readonly synthetics: ReadonlyMap<ConfiguredStream, SyntheticStream>;
  readonly gathered: readonly GatheredTask[];
  readonly context: PlanContext;
  readonly options: PlanOptions;
}

function createTasks(
  streams: readonly ConfiguredStream[],
  readings: ReadonlyMap<ConfiguredStream, readonly Reading[]>,
  { synthetics, gathered, context, options }: TasksContext,
): StreamTask[] {
  const { run, connection, signal } = options;
  const blobBudget: BlobBudget | undefined = run.config.blobs && { ...run.config.blobs, spentBytes: 0 };
  const shared = { run, connection, signal, ...(blobBudget && { blobBudget }) };
  return streams.flatMap((stream) => {
    const parts = readings.get(stream);
    if (!parts) return [];
    const synthetic = synthetics.get(stream);
    const own =
      synthetic?.kind === 'queried'
        ? { isSynthetic: true, replan: synthetic.replan }
        : { gatherers: gathered, replan: replanner(stream, gathered, context, options) };
    return createTask(parts, { ...shared, ...own, life: options.lifeOf(stream) });
  });
}

function planContextOf({ config }: Run, connection: Connection): PlanContext {
  const startedAt = wholeSecond(connection.now());
  return { config, apiVersion: connection.apiVersion, organizationId: connection.organizationId, startedAt };
}

/** Hosts fail a whole sync over records without any member. */
function nothingLeft({ name, properties }: ConfiguredStream): ModstampError {
  return new ModstampError(
    `Stream ${name}: the org has none of the selected properties any more (${[...properties.keys()].slice(0, 5).join(', ')}), or hides them from this user; select others, or take the stream out of the catalog.`,
    { failureType: 'config_error' },
  );
}

/** Describes the object again and plans without the fields that the org refused; undefined where nothing is left. */
function replanner(
  stream: ConfiguredStream,
  gathered: readonly GatheredTask[],
  context: PlanContext,
  options: PlanOptions,
): TaskOptions['replan'] {
  return async ({ describe: { name }, isCatchUp }, lost) => {
    const describe = (await describeAll(options.connection, [name], options.signal)).get(name);
    if (!describe || describe instanceof ModstampError) return undefined;
    const reading = planReading(stream, without(describe, lost), savedStateOf(options.states, stream), context);
    if (reading.selection.columns.length === 0) return undefined;
    return readingsOf(extended(reading, gathered)).find((each) => each.isCatchUp === isCatchUp);
  };
}

function without(describe: SObjectDescribe, lost: ReadonlySet<string>): SObjectDescribe {
  return { ...describe, fields: describe.fields.filter((field) => !lost.has(field.name)) };
}

/**
 * A stream's state: of its own name and namespace, else of its name without one, so that a schema_name set later does not
 * cost the checkpoint. Another namespace is another source's.
 */
function savedStateOf(states: readonly InputState[], { name, namespace }: ConfiguredStream): JsonObject | undefined {
  const own = states.find(({ stream }) => stream.name === name && stream.namespace === namespace);
  return (own ?? states.find(({ stream }) => stream.name === name && stream.namespace === undefined))?.state;
}

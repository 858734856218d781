/** A stream's life on the wire: statuses in their order, records and the states that cover them, and how it ends. */
import type { Messages } from '../../airbyte/messages.ts';
import type { ConfiguredStream, Message, StreamDescriptor, StreamStatus } from '../../airbyte/protocol.ts';
import type { JsonObject } from '../../json/value.ts';
import { traceOf } from '../../airbyte/trace.ts';
import { ModstampError } from '../../errors.ts';
import { startTally, type StreamTally } from './stream-tally.ts';

export type Phase = 'planned' | 'started' | 'running' | 'complete' | 'incomplete';

/** Which phase may follow which: a stream that has ended says nothing more. */
const FOLLOWERS = {
  planned: ['started', 'incomplete'],
  started: ['running', 'incomplete'],
  running: ['complete', 'incomplete'],
  complete: [],
  incomplete: [],
} as const satisfies Record<Phase, readonly Phase[]>;

const STATUS_OF = {
  started: 'STARTED',
  running: 'RUNNING',
  complete: 'COMPLETE',
  incomplete: 'INCOMPLETE',
} as const satisfies Record<Exclude<Phase, 'planned'>, StreamStatus>;

export interface StreamLife {
  readonly name: string;
  readonly descriptor: StreamDescriptor;
  phase(): Phase;
  /** Why it ended INCOMPLETE. */
  failure(): ModstampError | undefined;
  /** Records written so far. */
  recordCount(): number;
  /** Bytes of RECORD lines written so far. */
  byteCount(): number;
  /** Property -> rows written in which its value was not what its type says and became null. */
  readonly nulled: Map<string, number>;
  /** Field -> rows written whose answer had no member of its name, though it was selected. */
  readonly absent: Map<string, number>;
  /** What it has cost and met so far. */
  readonly tally: StreamTally;
  /** Epoch ms of RUNNING and of the end, as far as they were. */
  times(): { readonly beganMs: number | undefined; readonly endedMs: number | undefined };
  /** From RUNNING to the end, or until now; 0 where it never ran. */
  elapsedMs(): number;
  /** Epoch ms of the last RECORD or STATE. */
  lastBeatMs(): number;
  /** STARTED: its turn will come; further calls do nothing. */
  start(): Promise<void>;
  /** RUNNING, and STARTED before it where that was not said; further calls do nothing. */
  begin(): Promise<void>;
  /** Says how many rows more are to be expected: the host shows progress by the latest figure, which is that of all parts. */
  estimate(rowCount: number): Promise<void>;
  /** Writes whole RECORD lines of this stream. */
  records(lines: Uint8Array, recordCount: number): Promise<void>;
  /**
   * Writes a STATE that covers every record written before it; 'first': ahead of other streams' records that wait for the
   * reader, and also while the process is being stopped. The records of this stream must be out.
   */
  state(state: JsonObject, order?: 'first'): Promise<void>;
  /** Writes the last STATE again, made different by `beat`, where no record came after it: a sign of life for the host. */
  beat(beat: number): Promise<void>;
  /** The last STATE must have been written. */
  complete(): Promise<void>;
  /** Says why in a TRACE, unless `quietly` (a vanished stream: a WARN told it), then INCOMPLETE. */
  fail(error: ModstampError, quietly?: boolean): Promise<void>;
}

/** The life of one configured stream; `messages` is where it speaks. */
export function createStreamLife(descriptor: StreamDescriptor, messages: Messages): StreamLife {
  let phase: Phase = 'planned';
  let [total, bytes, estimated] = [0, 0, 0];
  let sinceState = 0;
  let saved: JsonObject | undefined;
  let beatMs = Date.now();
  const watch = createStopwatch();
  let failure: ModstampError | undefined;

  async function enter(next: Exclude<Phase, 'planned'>): Promise<void> {
    if (!(FOLLOWERS[phase] as readonly Phase[]).includes(next)) {
      throw new Error(`stream ${descriptor.name} can't go from ${phase} to ${next}`);
    }
    phase = next;
    watch.follow(next);
    const stream_status = { stream_descriptor: descriptor, status: STATUS_OF[next] };
    await messages.send({ type: 'TRACE', trace: { type: 'STREAM_STATUS', stream_status } });
  }

  async function writeState(state: JsonObject, recordCount: number, order?: 'first'): Promise<void> {
    beatMs = Date.now();
    const message = stateOf(descriptor, state, recordCount);
    await messages.send(message, order);
  }

  return {
    name: descriptor.name,
    descriptor,
    phase: () => phase,
    failure: () => failure,
    recordCount: () => total,
    byteCount: () => bytes,
    ...noValues(),
    ...watch.shown,
    lastBeatMs: () => beatMs,
    async start() {
      if (phase === 'planned') await enter('started');
    },
    async begin() {
      if (phase === 'planned') await enter('started');
      if (phase === 'started') await enter('running');
    },
    async estimate(rowCount) {
      estimated += rowCount;
      await messages.send({ type: 'TRACE', trace: estimateOf(descriptor, estimated) });
    },
    async records(lines, recordCount) {
      total += recordCount;
      bytes += lines.length;
      sinceState += recordCount;
      beatMs = Date.now();
      await messages.records(lines);
    },
    async state(state, order) {
      const recordCount = sinceState;
      sinceState = 0;
      saved = state;
      await writeState(state, recordCount, order);
    },
    async beat(beat) {
      if (saved && sinceState === 0) await writeState({ ...saved, beat }, 0);
    },
    complete: () => enter('complete'),
    async fail(error, quietly = false) {
      failure = error;
      if (!quietly) await messages.send({ type: 'TRACE', trace: { type: 'ERROR', error: traceOf(error, descriptor) } });
      await enter('incomplete');
    },
  };
}

/** Nothing is counted yet. */
function noValues(): Pick<StreamLife, 'nulled' | 'absent' | 'tally'> {
  return { nulled: new Map(), absent: new Map(), tally: startTally() };
}

function stateOf(descriptor: StreamDescriptor, state: JsonObject, recordCount: number): Message {
  const stream = { stream_descriptor: descriptor, stream_state: state };
  return { type: 'STATE', state: { type: 'STREAM', stream, sourceStats: { recordCount } } };
}

function estimateOf(descriptor: StreamDescriptor, rowCount: number) {
  return { type: 'ESTIMATE', estimate: { ...descriptor, type: 'STREAM', row_estimate: rowCount } } as const;
}

/** Whether the stream was called COMPLETE or INCOMPLETE; nothing more can be said of it. */
export function hasEnded(life: StreamLife): boolean {
  return FOLLOWERS[life.phase()].length === 0;
}

/**
 * Ends a stream whose object is gone: a WARN says what to do, and the others go on. Where its table is overwritten, the
 * process ends with 1, which a TRACE then explains. `why` is the sentence where more is known.
 */
export async function endVanished(
  life: StreamLife,
  messages: Messages,
  { destinationSyncMode }: Pick<ConfiguredStream, 'destinationSyncMode'>,
  why = `Stream ${life.name} is not in the org any more, or this user may not see its object; it is skipped. Take it out of the catalog, or give the user access.`,
): Promise<void> {
  messages.log('WARN', why);
  const error = new ModstampError(why, { failureType: 'config_error', fault: 'object_gone' });
  await life.fail(error, destinationSyncMode !== 'overwrite');
}

/** Measures from RUNNING to the end. */
function createStopwatch() {
  let startedMs: number | undefined;
  let endedMs: number | undefined;
  const epochMs = (ms: number | undefined) => (ms === undefined ? undefined : performance.timeOrigin + ms);
  return {
    follow(phase: Phase) {
      if (phase === 'running') startedMs = performance.now();
      if (phase === 'complete' || phase === 'incomplete') endedMs = performance.now();
    },
    shown: {
      times: () => ({ beganMs: epochMs(startedMs), endedMs: epochMs(endedMs) }),
      elapsedMs: () => (startedMs === undefined ? 0 : (endedMs ?? performance.now()) - startedMs),
    },
  };
}

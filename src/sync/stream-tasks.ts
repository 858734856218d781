/** Reads many streams at a time: first pages in batches of one API call, large and odd ones alone, one way out for all. */
import { asModstampError, type ModstampError } from '../errors.ts';
import type { Connection } from '../salesforce/connection.ts';
import { faultOf, type FaultName } from '../salesforce/faults.ts';
import { recordCounts } from '../salesforce/limits.ts';
import { namedField } from '../salesforce/named-field.ts';
import { queryPages } from '../salesforce/query.ts';
import { limitConcurrency, type ConcurrencyLimit } from './concurrency.ts';
import { openPage } from './reading/rest-page.ts';
import type { Run } from './run.ts';
import { soqlOf, type StreamContext } from './reading/stream-context.ts';
import {
  bulkCanRead,
  bulkIsCheaper,
  fitsBatch,
  leavesSizeUnknown,
  readWindows,
  type Start,
} from './reading/stream-read.ts';
import { endVanished, hasEnded, type StreamLife } from './reading/stream-life.ts';
import { valueRemarks } from './reading/value-remarks.ts';
import { finishTask, type StreamTask } from './stream-task.ts';
import type { Window } from './plan/window.ts';

/** One reading of a task, waiting to be read. */
interface Piece {
  readonly task: Progress;
  readonly part: StreamContext;
  readonly size?: number;
}

interface Progress {
  readonly task: StreamTask;
  partsLeft: number;
  /** The parts of one stream are written one after the other: its records leave in the order of their times. */
  turn: Promise<void>;
}

/** How a piece begins: with what is known of it, what a batch brought for it, or the reason why it can't. */
type Beginning = Start | { readonly soql: string } | { readonly error: ModstampError };

export interface TasksOptions {
  readonly run: Run;
  readonly connection: Connection;
  /** Aborted by the run's own signal, and by `stop`. */
  readonly signal: AbortSignal;
  /** Ends every other read: called with the error that stops the whole sync. */
  readonly stop: (error: ModstampError) => void;
}

/** Reads every task to its end. Whatever a stream meets is told on that stream. */
export async function readTasks(tasks: readonly StreamTask[], options: TasksOptions): Promise<void> {
  for (const { life } of tasks) await life.start();
  const sizes = await sizesOf(tasks, options);
  const pieces = tasks.flatMap((task): Piece[] => {
    const progress = progressOf(task);
    return task.parts.map((part) => {
      const size = sizes.get(part);
      return { task: progress, part, ...(size !== undefined && { size }) };
    });
  });
  const batched = pieces.filter(
    ({ part, size }) => fitsBatch(part.reading) && !(size !== undefined && bulkIsCheaper(size)),
  );
  const alone = pieces.filter((piece) => !batched.includes(piece));
  // A gate for each kind: jobs that wait on the org's side must not hold up the many small streams.
  const limit = limitConcurrency(options.run.config.numWorkers);
  await Promise.all([
    ...alone.map((piece) => limit.run(() => readPiece(piece, sizeOf(piece), options))),
    readBatched(batched, limitConcurrency(options.run.config.numWorkers), options),
  ]);
}

/** Row counts of whole reads, from one call; what it leaves out is small or unknown, and its first page tells. */
async function sizesOf(
  tasks: readonly StreamTask[],
  options: TasksOptions,
): Promise<ReadonlyMap<StreamContext, number>> {
  const whole = tasks
    .flatMap(({ parts }) => parts)
    .filter(
      ({ reading }) =>
        reading.whole && !reading.resume && reading.windows[0]?.where === undefined && bulkCanRead(reading),
    );
  if (whole.length === 0) return new Map();
  const names = [...new Set(whole.map(({ reading }) => reading.describe.name))];
  const counts = await recordCounts(options.connection, names, options.signal);
  return new Map(
    whole.flatMap((part) => {
      const count = counts?.get(part.reading.describe.name);
      return count === undefined ? [] : [[part, count] as const];
    }),
  );
}

function sizeOf({ size }: Piece): Start {
  return size === undefined ? {} : { size };
}

/** Asks first pages five to a call and hands each to its stream; the gate keeps pages from piling up. */
async function readBatched(pieces: readonly Piece[], limit: ConcurrencyLimit, options: TasksOptions): Promise<void> {
  const reads: Promise<void>[] = [];
  const unanswered = new Set(pieces);
  const soqls = pieces.map(({ part }) => soqlOf(part.reading, part.reading.windows[0] as Window, true));
  try {
    for await (const answer of queryPages(options.connection, soqls, options.signal)) {
      const piece = pieces[answer.index] as Piece;
      unanswered.delete(piece);
      reads.push((await limit.start(() => readPiece(piece, answer, options))).ended);
    }
  } catch (thrown) {
    const error = asModstampError(thrown);
    if (error.stopsSync) options.stop(error);
    // In its turn: another part of the same stream may be writing.
    for (const piece of unanswered) reads.push(readPiece(piece, { error }, options));
  }
  await Promise.all(reads);
}

function progressOf(task: StreamTask): Progress {
  return { task, partsLeft: task.parts.length, turn: Promise.resolve() };
}

/** Reads one part when its turn has come; the last part of a task finishes it. Never throws. */
function readPiece(piece: Piece, start: Beginning, options: TasksOptions): Promise<void> {
  piece.task.turn = piece.task.turn.then(() => readNow(piece, start, options));
  return piece.task.turn;
}

async function readNow(piece: Piece, start: Beginning, options: TasksOptions): Promise<void> {
  const { task, part } = piece;
  const { life } = task.task;
  if (life.phase() === 'incomplete') return;
  const writtenBefore = life.recordCount();
  try {
    if (life.phase() === 'started') tellNotes(part, options);
    await life.begin();
    const begun = await startOf(part, start);
    if (begun.size) await life.estimate(begun.size);
    await readWindows(part, begun);
    task.partsLeft -= 1;
    if (task.partsLeft > 0) return;
    tellValues(life, options);
    await finishTask(part, options.run.config.hardDeletes);
  } catch (thrown) {
    const error = asModstampError(thrown);
    if (error.stopsSync) options.stop(error);
    const other = life.recordCount() === writtenBefore ? await otherWay(task.task, part, error) : undefined;
    if (!other) return failTask(task, error, options);
    options.run.messages.log('WARN', `Stream ${life.name}: ${other.why}`);
    await readNow({ task, part: other.part }, {}, options);
  }
}

/**
 * The next way to read a part that the org refused before its first row, and why it is taken; undefined where there is none.
 * A field that the refusal names is left out, unless it is one of those that the conditions and the order ask for: it may be
 * refused there and shown all the same, so the query is made simpler first.
 */
async function otherWay(
  task: StreamTask,
  part: StreamContext,
  error: ModstampError,
): Promise<{ readonly part: StreamContext; readonly why: string } | undefined> {
  const { selection, cursorField } = part.reading;
  const simpler = isQueryRefused(error) ? task.simplify(part) : undefined;
  const lost = lostField(error, selection.fields);
  const isCondition = lost !== undefined && (lost === 'Id' || lost === cursorField);
  if (lost !== undefined && !(isCondition && simpler)) {
    const again = await task.replan(part, lost).catch(() => undefined);
    if (again) return { part: again, why: `the org no longer shows ${lost} to this user; it is left out.` };
  }
  return (
    simpler && {
      part: simpler.part,
      why: `the org refused the query, so ${simpler.instead}. ${error.internal ?? ''}`.trim(),
    }
  );
}

/**
 * What is known before the first row. A query that could not be one of a batch is asked here, in its turn: how many are on
 * their way is the gate's to say. One that the org takes too long over leaves its size unknown. Throws any other refusal.
 */
async function startOf(part: StreamContext, start: Beginning): Promise<Start> {
  if ('size' in start || 'page' in start) return startWith(start);
  try {
    if ('error' in start) throw start.error;
    return 'soql' in start ? startWith({ page: await openPage(part, start) }) : {};
  } catch (thrown) {
    return leavesSizeUnknown(thrown) ?? {};
  }
}

function startWith({ page, size = page?.totalSize }: Start): Start {
  return { ...(page && { page }), ...(size !== undefined && { size }) };
}

/** Before the stream ends: hosts show what was said of a stream until then beside it. */
function tellValues(life: StreamLife, { run }: TasksOptions): void {
  for (const remark of valueRemarks(life)) run.messages.log('WARN', remark);
}

function tellNotes({ reading }: StreamContext, { run }: TasksOptions): void {
  for (const { level, text } of reading.notes) run.messages.log(level, text);
}

/** Whether the org refused what was asked, so that asking less may do: not the object, the user's rights, or its own trouble. */
function isQueryRefused(error: ModstampError): boolean {
  const fault = faultOf(error);
  return fault !== undefined && QUERY_REFUSALS.has(fault);
}

const QUERY_REFUSALS: ReadonlySet<FaultName> = new Set([
  'query_restricted',
  'query_malformed',
  'query_too_long',
  'field_gone',
  'refused',
]);

/** The selected field that the org says it does not have; of a path its last name, which is the field of the other object. */
function lostField(error: ModstampError, fields: readonly string[]): string | undefined {
  return faultOf(error) === 'field_gone' ? namedField(error, fields)?.split('.').at(-1) : undefined;
}

async function failTask({ task }: Progress, error: ModstampError, options: TasksOptions): Promise<void> {
  const { signal, run } = options;
  if (hasEnded(task.life)) return;
  tellValues(task.life, options);
  const [first] = task.parts;
  if (first && faultOf(error) === 'object_gone') return endVanished(task.life, run.messages, first.reading.stream);
  // What a stopped sync aborts, fails by what stopped it.
  const reason = signal.aborted ? asModstampError(signal.reason) : error;
  await task.life.fail(error.stopsSync ? error : reason);
}

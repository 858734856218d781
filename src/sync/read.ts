/** The read command: plan every stream, read them several at a time, end with the bill. */
import type { ConfiguredStream, InputState } from '../airbyte/protocol.ts';
import { asModstampError } from '../errors.ts';
import type { Connection } from '../salesforce/connection.ts';
import type { GatheredTask } from './gathered-task.ts';
import { guardAllowance } from './allowance.ts';
import { connectRun } from './connect-run.ts';
import { billOf, streamBill } from './report.ts';
import type { Run } from './run.ts';
import { keepAlive } from './sign-of-life.ts';
import { createStreamLife, endVanished, hasEnded, type StreamLife } from './reading/stream-life.ts';
import { readTasks } from './stream-tasks.ts';
import { planStreams } from './task-plan.ts';
import { reportSync } from './sync-report.ts';
import { reportedBy } from './synthetic/list.ts';
import { writeReport, writeTask, type ReportedTask } from './written-task.ts';

/**
 * Reads the configured streams from their saved states on; RECORDs, STATEs, statuses and traces leave by `run.messages`.
 * Returns the exit code: 0, or 1 where a stream failed, or vanished while its table is overwritten. Throws ModstampError
 * only where there is no stream to tell it on.
 */
export async function read(
  run: Run,
  streams: readonly ConfiguredStream[],
  states: readonly InputState[],
): Promise<number> {
  const startedMs = Date.now();
  const lives = new Map(streams.map((stream) => [stream, createStreamLife(descriptorOf(stream), run.messages)]));
  const stopper = new AbortController();
  const signal = AbortSignal.any([run.signal, stopper.signal]);
  const stopLife = keepAlive([...lives.values()], run.messages);
  const { reports, others } = partition(lives, run);
  const report = () => reportSync(others, startedMs);
  let connection: Connection | undefined;
  try {
    connection = guardAllowance(
      await connectRun(run, { mode: 'read' }),
      run.config.quotaReservePercent,
      signal,
      (sentence) => run.messages.log('WARN', sentence),
    );
    const lifeOf = (stream: ConfiguredStream) => lives.get(stream) as StreamLife;
    const planned = await planStreams(streams, { run, connection, states, signal, lifeOf });
    for (const { stream, error } of planned.failed) await lifeOf(stream).fail(error);
    for (const { stream, why } of planned.vanished) await endVanished(lifeOf(stream), run.messages, stream, why);
    for (const task of planned.written) await writeTask(task, planned.material, connection.organizationId);
    // A thousand describes need not stay in memory while rows are read.
    planned.material.details.clear();
    for (const { life } of planned.gathered) await life.begin();
    await readTasks(planned.tasks, { run, connection, signal, stop: (error) => stopper.abort(error) });
    for (const task of planned.gathered) await finishGathered(task, signal);
    for (const task of reports) if (!hasEnded(task.life)) await writeReport(task, report());
    const withoutQuery = [...planned.written, ...planned.gathered, ...reports];
    const bill = billOf(
      [...planned.tasks.map((task) => task.bill()), ...withoutQuery.map(({ life }) => streamBill(life))],
      connection.usage(),
      Date.now() - startedMs,
    );
    for (const line of bill) run.messages.log('INFO', line);
    return exitCodeOf(lives);
  } catch (thrown) {
    const error = asModstampError(thrown);
    if (lives.size === 0) throw error;
    for (const [, life] of others) if (!hasEnded(life)) await life.fail(error);
    for (const task of reports) if (!hasEnded(task.life)) await writeReport(task, report());
    return 1;
  } finally {
    stopLife();
    await connection?.close();
  }
}

/** The streams that tell how the others end, and these. */
function partition(lives: ReadonlyMap<ConfiguredStream, StreamLife>, { config }: Run) {
  const reports = [...lives].flatMap(([stream, life]): ReportedTask[] => {
    const reported = reportedBy(stream, config);
    return reported ? [{ stream, reported, life }] : [];
  });
  return { reports, others: [...lives].filter(([stream]) => reportedBy(stream, config) === undefined) };
}

/** What was gathered is written also where the sync was stopped; then the stream is not complete. */
async function finishGathered(task: GatheredTask, signal: AbortSignal): Promise<void> {
  try {
    await task.flush();
    signal.throwIfAborted();
    await task.finish();
  } catch (thrown) {
    await task.life.fail(asModstampError(thrown));
  }
}

function descriptorOf({ name, namespace }: ConfiguredStream): { name: string; namespace?: string } {
  return { name, ...(namespace !== undefined && { namespace }) };
}

/** A host that sees 0 would empty the table of a vanished stream that it overwrites. */
function exitCodeOf(lives: ReadonlyMap<ConfiguredStream, StreamLife>): number {
  const failed = [...lives].some(([stream, life]) => {
    const vanished = life.failure()?.fault === 'object_gone';
    return life.phase() !== 'complete' && !(vanished && stream.destinationSyncMode !== 'overwrite');
  });
  return failed ? 1 : 0;
}

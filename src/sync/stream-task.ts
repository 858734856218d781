/** One stream's work in a run: its readings, each with what its readers need, and what happens when they are done. */
import type { Connection } from '../salesforce/connection.ts';
import { blobDownloader, emptyFiles, type BlobBudget, type UrlColumn } from './reading/blob-content.ts';
import type { RowHook } from '../record/row-hook.ts';
import { bothHooks, leaveOut, rememberIds } from './reading/catch-up.ts';
import { onlyFirstSeen } from './reading/first-seen.ts';
import { createIdSet, type IdSet } from './reading/id-set.ts';
import { writeHardDeletes } from './reading/hard-deletes.ts';
import type { GatheredTask } from './gathered-task.ts';
import { countCalls } from './reading/counted-calls.ts';
import type { Reading } from './plan/plan.ts';
import { simplerReading } from './plan/simpler.ts';
import { streamBill, type StreamBill } from './report.ts';
import type { Run } from './run.ts';
import type { StreamContext } from './reading/stream-context.ts';
import type { StreamLife } from './reading/stream-life.ts';
import { writeState } from './plan/stream-state.ts';

export interface StreamTask {
  readonly life: StreamLife;
  /** One, or one for each lookup of the names stream. */
  readonly parts: readonly StreamContext[];
  /** The part planned again without the field that the org refused; undefined where that is no way out. */
  replan(part: StreamContext, lostField: string): Promise<StreamContext | undefined>;
  /** The part planned in the next simpler way; undefined where there is none. */
  simplify(part: StreamContext): { readonly part: StreamContext; readonly instead: string } | undefined;
  bill(): StreamBill;
}

export interface TaskOptions {
  readonly run: Run;
  readonly connection: Connection;
  readonly life: StreamLife;
  readonly signal: AbortSignal;
  readonly blobBudget?: BlobBudget;
  /** What look at the rows of this stream for others. */
  readonly gatherers?: readonly GatheredTask[];
  /** Made of other streams' objects: its queries are as simple as can be. */
  readonly isSynthetic?: boolean;
  /** Plans a reading again without the fields that the org refused so far. */
  readonly replan: (
    reading: Reading,
    lostFields: ReadonlySet<string>,
  ) => Reading | undefined | Promise<Reading | undefined>;
}

/** With what the parts of one stream share. */
type SharedOptions = TaskOptions & { readonly seen: IdSet };

/** Makes the task of one stream from its readings. */
export function createTask(readings: readonly Reading[], taskOptions: TaskOptions): StreamTask {
  const life = withFlush(taskOptions.life, taskOptions.gatherers ?? []);
  const options: SharedOptions = { ...taskOptions, life, seen: createIdSet() };
  const lost = new Set<string>();
  const main = readings.at(-1);
  if (main) life.tally.plan = { whole: main.whole, why: main.why };
  const connection = countCalls(options.connection, life.tally);
  return {
    life,
    parts: readings.map((reading) => contextOf(reading, connection, options)),
    async replan(part, lostField) {
      const asksFor = (field: string) => field === lostField || field.endsWith(`.${lostField}`);
      if (!part.reading.selection.fields.some(asksFor)) return undefined;
      lost.add(lostField);
      const reading = await options.replan(part.reading, lost);
      return reading && contextOf(reading, connection, options);
    },
    simplify(part) {
      const simpler = options.isSynthetic === true ? undefined : simplerReading(part.reading);
      return simpler && { part: contextOf(simpler.reading, connection, options), instead: simpler.instead };
    },
    bill: () => streamBill(life),
  };
}

/** Behind the last row of the last part, as it was read: hard deletes, the final STATE, COMPLETE. */
export async function finishTask(part: StreamContext, hardDeletes: boolean): Promise<void> {
  const { life, reading } = part;
  const deletes = hardDeletes ? await writeHardDeletes(part) : undefined;
  const { wholeReadAt } = reading.finalState;
  // What was deleted before the first read was never in the warehouse.
  if (deletes && !deletes.gapSince && wholeReadAt) life.tally.deletesCompleteSince = wholeReadAt;
  if (reading.selection.calculated.length > 0 && wholeReadAt) life.tally.formulasFreshAsOf = wholeReadAt;
  await life.state(
    writeState({ ...reading.finalState, ...(deletes && { deletes }) }, reading.selection.cursorProperty),
  );
  await life.complete();
}

/** What others have gathered from the rows is written before a STATE covers the rows. */
function withFlush(life: StreamLife, gatherers: readonly GatheredTask[]): StreamLife {
  if (gatherers.length === 0) return life;
  return {
    ...life,
    async state(state, order) {
      for (const gatherer of gatherers) await gatherer.flush();
      await life.state(state, order);
    },
  };
}

function contextOf(reading: Reading, connection: Connection, options: SharedOptions): StreamContext {
  const { life, run, signal } = options;
  const rowHook = rowHookOf(reading, connection, options);
  const { seen } = options;
  return {
    reading,
    connection,
    life,
    signal,
    hold: (work) => run.hold?.(work),
    log: (level, text) => run.messages.log(level, text),
    // Rows are only looked at one by one where there is something to leave out.
    get rowHook() {
      return reading.catchUp && seen.size > 0 ? bothHooks(leaveOut(seen), rowHook) : rowHook;
    },
  };
}

function rowHookOf(
  reading: Reading,
  connection: Connection,
  { seen, blobBudget, signal, gatherers = [] }: SharedOptions,
): RowHook | undefined {
  if (reading.distinctBy !== undefined) return onlyFirstSeen(seen, reading.distinctBy);
  const urls = reading.selection.columns.filter((column): column is UrlColumn => column.kind === 'url');
  const files = fileHookOf(urls, blobBudget && blobDownloader(connection, urls, blobBudget, signal));
  const own = reading.isCatchUp ? bothHooks(rememberIds(seen), files) : files;
  const lookers = gatherers.flatMap((gatherer) => gatherer.hookOf(reading) ?? []);
  return lookers.reduce((hook: RowHook | undefined, looker) => bothHooks(looker, hook), own);
}

function fileHookOf(urls: readonly UrlColumn[], downloader: RowHook | undefined): RowHook | undefined {
  if (urls.length > 0 && downloader) return downloader;
  return urls.some(({ sizeField }) => sizeField !== undefined) ? emptyFiles(urls) : undefined;
}

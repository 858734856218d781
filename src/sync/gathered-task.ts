/** Writes a stream that is made of what the rows of others say, while these are read. */
import type { ConfiguredStream } from '../airbyte/protocol.ts';
import type { RowHook } from '../record/row-hook.ts';
import type { Reading } from './plan/plan.ts';
import type { StreamLife } from './reading/stream-life.ts';
import type { Gathering } from './synthetic/synthetic-stream.ts';
import { writeRows } from './written-task.ts';

export interface GatheredTask {
  readonly life: StreamLife;
  /** The reading, asking for what the gathering looks at besides. */
  extend(reading: Reading): Reading;
  /** What looks at the rows of a reading; undefined where they tell nothing. */
  hookOf(reading: Reading): RowHook | undefined;
  /**
   * Writes what was gathered since the last time, and a STATE that covers it. Called before each STATE of the streams that
   * are looked at: once the host keeps that, their rows do not come again, and what they told would be lost.
   */
  flush(): Promise<void>;
  /** The last STATE and COMPLETE. */
  finish(): Promise<void>;
}

export function createGatheredTask(stream: ConfiguredStream, life: StreamLife, gathering: Gathering): GatheredTask {
  life.tally.plan = { whole: stream.syncMode === 'full_refresh', why: 'it is gathered from what other streams read' };
  let turn = Promise.resolve();
  const write = async () => {
    const rows = gathering.take();
    if (rows.length === 0) return;
    await writeRows(stream, rows, life);
    await life.state(gathering.state());
  };
  const isCarried = (reading: Reading) => {
    const wanted = gathering.fieldsOf(reading.describe);
    return wanted.length > 0 && wanted.every((field) => reading.selection.fields.includes(field));
  };
  const flush = () => (turn = turn.then(write));
  return {
    life,
    extend(reading) {
      const { selection, describe } = reading;
      const fields = [...new Set([...selection.fields, ...gathering.fieldsOf(describe)])];
      return fields.length === selection.fields.length ? reading : { ...reading, selection: { ...selection, fields } };
    },
    hookOf: (reading) => (isCarried(reading) ? gathering.hookOf(reading.describe) : undefined),
    flush,
    async finish() {
      await flush();
      await life.state(gathering.state());
      await life.complete();
    },
  };
}

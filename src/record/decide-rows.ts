/** The rows of a push one by one, each decided by a hook before its line is written. */
import { CELL, KIND, REPLACED, REPLACED_CELL, STEP_BYTES } from '../../transcoder/memory-map.ts';
import { cellBytes } from './cells.ts';
import { cellsOf, type Layout } from './layout.ts';
import type { PageHost } from './page-host.ts';
import type { Page } from './page-transcoder.ts';
import { lastRow } from './track.ts';
import type { RecordLines, Replacement, RowDecision, RowHook } from './row-hook.ts';
import { bytesOf } from './wasm-instance.ts';

/** The rows that have come with a push, as the transcoders of CSV and JSON find them. */
export interface RowSource {
  /** Puts the values of the next row into the cells; gives the bytes of the row, undefined where more have to come. */
  next(): number | undefined;
  /** Whether the row in the cells is to be passed over: an earlier try has written it. */
  isSkipped(): boolean;
  /** Counts the row in the cells as seen, whatever was decided. */
  count(written: boolean): void;
}

/**
 * Gives the lines of the rows that the hook keeps. Rows that wait for nothing leave together, one with a replacement alone:
 * the contents of several might be more than the memory holds. What is written leaves before the hook is waited for and
 * before an error is thrown, so that a hook that remembers rows never remembers one that has not left.
 */
export async function* decideRows(
  source: RowSource,
  hook: RowHook,
  page: Page,
  linesAt: number,
): AsyncGenerator<RecordLines> {
  const { layout, host } = page;
  const { wasm } = layout;
  const fields = fieldsOf(hook, layout);
  let linesEnd = linesAt;
  let recordCount = 0;
  /** Whether rows were seen that no piece has told of. */
  let untold = false;
  const take = (): RecordLines => {
    if (page.rows > 0) page.last = lastRow(layout);
    untold = false;
    const taken = { lines: bytesOf(wasm).subarray(linesAt, linesEnd), recordCount };
    linesEnd = linesAt;
    recordCount = 0;
    return taken;
  };
  const write = (decision: RowDecision, rowBytes: number): void => {
    if (decision !== 'drop') {
      const replacements = decision === 'keep' ? [] : decision;
      linesEnd = writeReplaced(layout, host, replacements, () => wasm.exports.writeLine(rowBytes, linesEnd));
      recordCount++;
    }
    source.count(decision !== 'drop');
    untold = true;
  };
  let failure: { readonly thrown: unknown } | undefined;
  try {
    for (let rowBytes = source.next(); rowBytes !== undefined; rowBytes = source.next()) {
      if (source.isSkipped()) {
        source.count(false);
        untold = true;
        continue;
      }
      if (!page.asked) yield take();
      page.asked = true;
      const bytes = bytesOf(wasm);
      const cells = cellsOf(layout);
      let decision = hook.decide(fields.map((cell) => cellBytes(bytes, cells, cell)));
      if (decision instanceof Promise) {
        // It may fail while nobody waits for it yet; that is thrown below.
        decision.catch(() => undefined);
        if (recordCount > 0) yield take();
        decision = await decision;
      }
      write(decision, rowBytes);
      if (typeof decision !== 'string') yield take();
    }
  } catch (thrown) {
    failure = { thrown };
  }
  if (untold) yield take();
  if (failure !== undefined) throw failure.thrown;
}

function fieldsOf(hook: RowHook, { template }: Layout): number[] {
  return hook.fields.map((field) => {
    const cell = template.fields.findIndex((name) => name.toLowerCase() === field.toLowerCase());
    if (cell < 0) throw new RangeError(`a row hook looks at ${field}, which is not selected`);
    return cell;
  });
}

/** Writes a line by `write` while the steps of the replaced values are marked as such. */
function writeReplaced(
  layout: Layout,
  host: PageHost,
  replacements: readonly Replacement[],
  write: () => number,
): number {
  if (replacements.length === 0) return write();
  const steps = new Map<number, Replacement>();
  for (const replacement of replacements) {
    const place = layout.steps.findIndex(({ property, isPart }) => property === replacement.property && !isPart);
    if (place < 0) continue;
    if (layout.steps[place]?.kind === 'compound') throw new RangeError(`${replacement.property} is a compound`);
    steps.set(layout.stepsAt + place * STEP_BYTES, replacement);
  }
  const kept = [...steps.keys()].map((step) => [step, headOf(layout, step)] as const);
  for (const [step] of kept) setHead(layout, step, [REPLACED, REPLACED_CELL]);
  host.replacements = steps;
  try {
    return write();
  } finally {
    for (const [step, head] of kept) setHead(layout, step, head);
    host.replacements = new Map();
  }
}

/** Kind and cell of a step. */
type Head = readonly [kind: number, cell: number];

function headOf({ wasm }: Layout, step: number): Head {
  const memory = new DataView(bytesOf(wasm).buffer);
  return [memory.getInt32(step + KIND, true), memory.getInt32(step + CELL, true)];
}

function setHead({ wasm }: Layout, step: number, [kind, cell]: Head): void {
  const memory = new DataView(bytesOf(wasm).buffer);
  memory.setInt32(step + KIND, kind, true);
  memory.setInt32(step + CELL, cell, true);
}

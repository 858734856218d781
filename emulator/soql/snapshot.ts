/** The answer to a query, kept while a client pages through it. */
import type { Row } from '../model.ts';
import { groupRows } from './grouping.ts';
import type { RowOrder } from './order.ts';
import type { Plan } from './plan.ts';
import { rowReader } from './row.ts';
import { matchingRows, matchingSlots } from './scan.ts';

/** Up to so many values an answer keeps the rows themselves; beyond, only their places. */
const KEPT_VALUES = 300_000;

/** Rows that a sort with LIMIT collects before it drops those that can't matter. */
const SORTED_ROWS = 20_000;

/** The rows of an answer in its order. */
export interface Snapshot {
  readonly size: number;
  /** Rows from `start` up to `end`; those that were purged since are left out. */
  rows(start: number, end: number): Row[];
}

/**
 * Reads everything that a plan asks for, in its order, within LIMIT and OFFSET. An answer of up to 300,000 values is a
 * moment in time. A larger one keeps its rows' places, a few bytes a row: which rows it has is settled, their values are
 * those of the moment when a page is fetched. Lets other requests run now and then.
 */
export async function takeSnapshot(plan: Plan): Promise<Snapshot> {
  if (plan.grouping) {
    const groups = groupRows(plan.grouping, matchingRows(plan, plan.shownFields));
    return keptSnapshot(groups.slice(plan.offset, plan.offset + plan.limit));
  }
  const slots = plan.compare ? await sortedSlots(plan, plan.compare) : await foundSlots(plan);
  if (plan.countOnly) return { size: slots.length, rows: () => [] };
  const read = rowReader(plan.view.org, plan.sobject, plan.shownFields);
  const rowsOf = (places: readonly number[]): Row[] => places.map(read).filter((row) => row !== undefined);
  if (slots.length * plan.shownFields.length <= KEPT_VALUES) return keptSnapshot(rowsOf(slots));
  return { size: slots.length, rows: (start, end) => rowsOf(slots.slice(start, end)) };
}

/** An answer of rows that are there already. */
export function keptSnapshot(rows: readonly Row[]): Snapshot {
  return { size: rows.length, rows: (start, end) => rows.slice(start, end) };
}

async function foundSlots(plan: Plan): Promise<number[]> {
  const wanted = plan.offset + plan.limit;
  const slots: number[] = [];
  for (const slot of matchingSlots(plan)) {
    if (slot === undefined) await turn();
    else slots.push(slot);
    if (slots.length >= wanted) break;
  }
  return slots.slice(plan.offset, wanted);
}

/** Sorts by what ORDER BY reads and nothing else; where LIMIT says how many rows matter, the others go while they come. */
async function sortedSlots(plan: Plan, compare: RowOrder): Promise<number[]> {
  const wanted = plan.offset + plan.limit;
  const read = rowReader(plan.view.org, plan.sobject, plan.orderFields);
  const found: { readonly slot: number; readonly row: Row }[] = [];
  const sort = () => found.sort((one, other) => compare(one.row, other.row));
  for (const slot of matchingSlots(plan)) {
    const row = slot === undefined ? undefined : read(slot);
    if (slot === undefined || row === undefined) {
      await turn();
      continue;
    }
    found.push({ slot, row });
    if (found.length > Math.max(SORTED_ROWS, 2 * wanted)) sort().splice(wanted);
  }
  return sort()
    .slice(plan.offset, wanted)
    .map(({ slot }) => slot);
}

/** Lets other requests be served. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

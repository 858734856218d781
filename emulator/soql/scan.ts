/** The rows that match a plan, one after the other, in no useful order. */
import { indexOf, stampFieldOf } from '../directory.ts';
import type { Row } from '../model.ts';
import type { Plan } from './plan.ts';
import { rowReader } from './row.ts';
import { scrambled } from './scramble.ts';

/** Rows looked at between two chances for other requests to be served: a few milliseconds. */
const ROWS_PER_TURN = 5000;

/**
 * Yields the places of the matching rows; `undefined` now and then, where a caller that may wait should let others run.
 * Soft-deleted and archived rows only where the plan's viewpoint includes them (REST API guide, QueryAll); rows that
 * aren't committed yet never.
 */
export function* matchingSlots(plan: Plan): Generator<number | undefined> {
  const visibility = visibilityOf(plan);
  const read = rowReader(plan.view.org, plan.sobject, [...visibility.fields, ...plan.filterFields]);
  let looked = 0;
  for (const slot of candidates(plan)) {
    looked += 1;
    if (looked % ROWS_PER_TURN === 0) yield undefined;
    const row = read(slot);
    if (row && !visibility.hides(row) && plan.predicate(row)) yield slot;
  }
}

/** The matching rows themselves, with the fields asked; `undefined` as in matchingSlots. */
export function* matchingRows(plan: Plan, fields: readonly string[]): Generator<Row | undefined> {
  const read = rowReader(plan.view.org, plan.sobject, fields);
  for (const slot of matchingSlots(plan)) yield slot === undefined ? undefined : read(slot);
}

/** Tells rows that nobody sees from here: deleted, archived, or changed too late to be committed. */
function visibilityOf({ view, sobject }: Pick<Plan, 'view' | 'sobject'>): {
  readonly fields: readonly string[];
  hides(row: Row): boolean;
} {
  const { field } = indexOf(sobject);
  const { committedUntil, includeDeleted } = view;
  const fields: string[] = [];
  const deletable = !includeDeleted && field('IsDeleted') !== undefined;
  if (deletable) fields.push('IsDeleted');
  const archivable = !includeDeleted && (sobject.name === 'Task' || sobject.name === 'Event');
  if (archivable) fields.push('IsArchived');
  const stamp = stampFieldOf(sobject);
  if (stamp !== undefined && committedUntil !== undefined) fields.push(stamp);
  return {
    fields,
    hides(row) {
      if ((deletable && row['IsDeleted'] === true) || (archivable && row['IsArchived'] === true)) return true;
      const changed = stamp !== undefined && committedUntil !== undefined ? row[stamp] : undefined;
      return typeof changed === 'string' && committedUntil !== undefined && changed > committedUntil;
    },
  };
}

function* candidates(plan: Plan): Generator<number> {
  const table = plan.view.org.table(plan.sobject.name);
  if (!plan.ids) {
    yield* scrambled(table.slots);
    return;
  }
  for (const id of new Set(plan.ids.map((one) => one.slice(0, 15)))) {
    const slot = table.slotOf(id);
    if (slot !== undefined) yield slot;
  }
}

/**
 * Catching up before an interrupted read is resumed: what changed since it began is read first, and its rows are left out of
 * the rest. So a run ends with the org as it was at its own start, no row comes twice in it, and no older version of a row
 * (the results of a Bulk job are as old as the job) comes after a newer one.
 */
import type { RowHook } from '../../record/row-hook.ts';
import type { IdSet } from './id-set.ts';

/** Keeps every row and remembers its Id. */
export function rememberIds(seen: IdSet): RowHook {
  return {
    fields: ['Id'],
    decide([id]) {
      if (id !== undefined) seen.add(id, 0);
      return 'keep';
    },
  };
}

/** Drops the rows whose Id is remembered. */
export function leaveOut(seen: IdSet): RowHook {
  return { fields: ['Id'], decide: ([id]) => (id !== undefined && seen.has(id, 0) ? 'drop' : 'keep') };
}

/** Asks `second` about the rows that `first` keeps; `first` decides at once and replaces nothing. */
export function bothHooks(first: RowHook, second: RowHook | undefined): RowHook {
  if (second === undefined) return first;
  const count = first.fields.length;
  return {
    fields: [...first.fields, ...second.fields],
    decide: (values) => (first.decide(values.slice(0, count)) === 'drop' ? 'drop' : second.decide(values.slice(count))),
  };
}

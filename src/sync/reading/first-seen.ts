/** Names are read through many lookups: a record that several of them point to leaves once. */
import type { RowHook } from '../../record/row-hook.ts';
import type { IdSet } from './id-set.ts';

/** Keeps a row where the Id in `field` was not seen before; `seen` is shared by all readings of the stream. */
export function onlyFirstSeen(seen: IdSet, field: string): RowHook {
  return { fields: [field], decide: ([id]) => (id !== undefined && seen.add(id, 0) ? 'keep' : 'drop') };
}

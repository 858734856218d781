/** Which rows point to a row. */
import type { Table, Value } from '../model.ts';

/** Yields the places of the rows whose lookup holds one of the Ids; `ids` are their first 15 characters. */
export function* pointingSlots(table: Table, lookup: string, ids: ReadonlySet<string>): Generator<number> {
  const read = table.reader([lookup]);
  for (let slot = 0; slot < table.slots; slot += 1) {
    if (isOneOf(ids, read(slot)?.[lookup])) yield slot;
  }
}

function isOneOf(ids: ReadonlySet<string>, value: Value | undefined): boolean {
  return typeof value === 'string' && ids.has(value.slice(0, 15));
}

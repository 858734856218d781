/** Rows of the org, read by their place or their Id for as long as a query goes on. */
import type { PracticeOrg, Row, SObject } from '../model.ts';

/**
 * Reads rows by their place, with the fields asked (all, unless told), also after the org has changed: a table's own
 * reader is good for one revision only. An object that is gone has no rows.
 */
export function rowReader(
  org: PracticeOrg,
  sobject: SObject,
  fields?: readonly string[],
): (slot: number) => Row | undefined {
  const names = fields && [...new Set(fields)];
  const renew = () => (org.sobjects.has(sobject.name) ? org.table(sobject.name).reader(names) : () => undefined);
  let revision = org.revision;
  let read: (slot: number) => Row | undefined = renew();
  return (slot) => {
    if (revision !== org.revision) {
      revision = org.revision;
      read = renew();
    }
    return read(slot);
  };
}

/** Finds rows by Id, whole; the reader is kept, since making one costs more than a row. */
export function rowFinder(org: PracticeOrg, sobject: SObject): (id: string) => Row | undefined {
  const read = rowReader(org, sobject);
  return (id) => {
    const slot = org.sobjects.has(sobject.name) ? org.table(sobject.name).slotOf(id) : undefined;
    return slot === undefined ? undefined : read(slot);
  };
}

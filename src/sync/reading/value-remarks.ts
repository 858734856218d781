/** What is said at the end of a stream about values that did not come as Salesforce describes them. Pure. */
import type { StreamLife } from './stream-life.ts';

/** Members that one sentence names. */
const NAMED_MAX = 10;

/**
 * Sentences for WARNs: one for each property of which values became null because they are not of its type, and one for all
 * fields that rows lacked though they were selected.
 */
export function valueRemarks({ name, nulled, absent }: Pick<StreamLife, 'name' | 'nulled' | 'absent'>): string[] {
  const remarks = [...nulled].map(
    ([property, rows]) =>
      `Stream ${name}: ${property} became null in ${rowsOf(rows)}, because the value that came is not of its type; meta.changes of the records names it.`,
  );
  if (absent.size === 0) return remarks;
  const counts = [...absent].map(([field, rows]) => `${field} (${rowsOf(rows)})`);
  const more = counts.length > NAMED_MAX ? ` and ${counts.length - NAMED_MAX} more` : '';
  return [
    ...remarks,
    `Stream ${name}: the answers lack fields that were selected, which became null: ${counts.slice(0, NAMED_MAX).join(', ')}${more}. Salesforce sends each selected field, so something on the way takes them out.`,
  ];
}

/** The values that became null over all properties, and the absent ones. */
export function lossesOf({ nulled, absent }: Pick<StreamLife, 'nulled' | 'absent'>): {
  nulled: number;
  absent: number;
} {
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((all, rows) => all + rows, 0);
  return { nulled: sum(nulled), absent: sum(absent) };
}

function rowsOf(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

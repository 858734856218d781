/** What changed between a catalog and the org, for a person: what hurts first, what is merely new as a count. */
import type { Change } from '../sync/catalog/catalog-change.ts';
import { textTable } from './table.ts';

/** In the order of the table: what is lost, what a destination may choke on, what has another name, what nobody asked for. */
const KINDS = ['removed', 'retyped', 'renamed', 'added'] as const;
const HEAD = ['change', 'collection', 'property', 'before', 'after'] as const;

/** True for a change of what the catalog lists; an addition takes nothing from anybody. */
export function isLoss({ change }: Change): boolean {
  return change !== 'added';
}

/**
 * The changes as a table, with lines that sum them up. Additions are counted; `all` lists them too, new collections last:
 * of a catalog that selects a few they are many.
 */
export function changeTable(changes: readonly Change[], apiVersion: string, all: boolean): string {
  if (changes.length === 0) return `Nothing changed at API ${apiVersion}.\n`;
  const shown = (all ? changes : changes.filter(isLoss)).toSorted((one, other) => rank(one) - rank(other));
  const rows = shown.map(({ change, collection, property, before, after }) =>
    [change, collection, property, before, after].map((cell) => cell ?? ''),
  );
  const table = rows.length === 0 ? [] : [textTable([HEAD, ...rows]), ''];
  const hidden = changes.length - shown.length;
  const more =
    hidden === 0 ? [] : ['Added means that the org has it and the catalog does not list it; --all shows which.'];
  return [...table, summary(changes, apiVersion), ...more, ''].join('\n');
}

function rank({ change, property }: Change): number {
  return KINDS.indexOf(change) * 2 + (change === 'added' && property === undefined ? 1 : 0);
}

function summary(changes: readonly Change[], apiVersion: string): string {
  const tell = (some: readonly Change[]) =>
    KINDS.map((kind) => ({ kind, count: some.filter(({ change }) => change === kind).length }))
      .filter(({ count }) => count > 0)
      .map(({ kind, count }) => `${count} ${kind}`)
      .join(', ') || 'no change';
  const collections = tell(changes.filter(({ property }) => property === undefined));
  const properties = tell(changes.filter(({ property }) => property !== undefined));
  return `API ${apiVersion}. Collections: ${collections}. Properties: ${properties}.`;
}

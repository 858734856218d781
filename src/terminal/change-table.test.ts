import { describe, expect, it } from 'vitest';
import type { Change } from '../sync/catalog/catalog-change.ts';
import { changeTable } from './change-table.ts';

const changes: readonly Change[] = [
  { change: 'added', collection: 'leads' },
  { change: 'renamed', collection: 'users', before: 'User', after: 'users' },
  { change: 'added', collection: 'users', property: 'new', after: 'string' },
  { change: 'retyped', collection: 'users', property: 'w', before: 'string', after: 'boolean' },
  { change: 'removed', collection: 'users', property: 'x', before: 'boolean' },
];

describe('changeTable', () => {
  it('puts losses first, then changed types and names, and counts what is new', () => {
    expect(changeTable(changes, '66.0', false).split('\n')).toEqual([
      'change   collection  property  before   after',
      'removed  users       x         boolean',
      'retyped  users       w         string   boolean',
      'renamed  users                 User     users',
      '',
      'API 66.0. Collections: 1 renamed, 1 added. Properties: 1 removed, 1 retyped, 1 added.',
      'Added means that the org has it and the catalog does not list it; --all shows which.',
      '',
    ]);
  });

  it('lists what is new when asked, new collections last', () => {
    const lines = changeTable(changes, '66.0', true).split('\n');
    expect(lines.slice(4, 6)).toEqual(['added    users       new                string', 'added    leads']);
    expect(lines.join('\n')).not.toContain('--all');
  });

  it('has no table where everything is new', () => {
    const [first] = changeTable([{ change: 'added', collection: 'leads' }], '58.0', false).split('\n');
    expect(first).toBe('API 58.0. Collections: 1 added. Properties: no change.');
  });

  it('says so where nothing changed', () => {
    expect(changeTable([], '58.0', false)).toBe('Nothing changed at API 58.0.\n');
  });
});

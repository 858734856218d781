import { describe, expect, it } from 'vitest';
import type { Config } from '../config/config.ts';
import type { SObjectSummary } from '../salesforce/metadata.ts';
import { offeredStreams } from './discover.ts';

const summary = (name: string, queryable = true): SObjectSummary => ({
  name,
  label: name,
  labelPlural: name,
  custom: name.endsWith('__c'),
  customSetting: false,
  queryable,
  replicateable: true,
  deprecatedAndHidden: false,
  keyPrefix: null,
});
const config = (more: Partial<Config> = {}) =>
  ({ naming: 'segment', streamsCriteria: [], ...more }) as unknown as Config;

describe('offeredStreams', () => {
  it('leaves out what can not be queried, what only a person can query, and change events', () => {
    const all = [
      summary('Lead'),
      summary('AccountChangeEvent'),
      summary('Vote'),
      summary('OpenActivity'),
      summary('ContentDocumentLink'),
      summary('Secret__c', false),
    ];
    expect([...offeredStreams(all, config())]).toEqual([
      ['ContentDocumentLink', 'content_document_link'],
      ['Lead', 'leads'],
    ]);
  });

  it('offers names, though Salesforce does not query it', () => {
    expect([...offeredStreams([summary('Name', false)], config()).values()]).toEqual(['names']);
    expect([...offeredStreams([summary('Name', false)], config({ naming: 'api' })).values()]).toEqual(['Name']);
  });

  it('sorts by stream name and applies the criteria to API names', () => {
    const all = ['UserRole', 'Product2', 'Group', 'Account'].map((name) => summary(name));
    expect([...offeredStreams(all, config()).values()]).toEqual(['_group', 'accounts', 'products', 'role']);
    const some = config({ streamsCriteria: [{ criteria: 'exacts', value: 'product2' }] });
    expect([...offeredStreams(all, some).values()]).toEqual(['products']);
  });
});

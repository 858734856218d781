import { describe, expect, it } from 'vitest';
import { fieldForTest as field, objectForTest } from '../../salesforce/testing/metadata-for-test.ts';
import { kindOf } from './object-kind.ts';

const dates = ['CreatedDate', 'EventDate'].map((name) => field(name, 'datetime'));
const id = field('Id', 'id');

describe('the kind of an object', () => {
  it('gives no Id as key where every row has the same empty one, and asks such objects in no order', () => {
    const event = kindOf(objectForTest('LoginEvent', [id, field('EventIdentifier', 'string'), ...dates]));
    expect(event).toMatchObject({ name: 'big object', keyField: 'EventIdentifier', ordersById: false, counts: false });
    const custom = kindOf(objectForTest('Click__b', [id, ...dates]));
    expect(custom).toMatchObject({ name: 'big object', ordersById: false, bulk: true });
    expect(custom.keyField).toBeUndefined();
    expect(custom.cursorField).toBeUndefined();
  });

  it('reads EntityDefinition in batches by its own key', () => {
    const kind = kindOf(objectForTest('EntityDefinition', [id, field('DurableId', 'string')]));
    expect(kind).toMatchObject({ keyField: 'DurableId', windowKey: 'DurableId', bulk: false, sharesCalls: false });
  });

  it.each([
    ['AsyncApexJob, whose rows change after they were created', 'AsyncApexJob', undefined],
    ['an object of the org, of which nobody knows it', 'Thing__c', undefined],
    ['a field history', 'Thing__History', 'CreatedDate'],
  ])('takes the date of creation as cursor only of rows that never change: %s', (_, name, cursor) => {
    expect(kindOf(objectForTest(name, [id, field('CreatedDate', 'datetime')])).cursorField).toBe(cursor);
  });

  it('joins no conditions of custom metadata by OR, and lists deletions of replicateable objects only', () => {
    expect(kindOf(objectForTest('Rule__mdt', [id])).allowsOr).toBe(false);
    expect(kindOf(objectForTest('Account', [id])).listsDeletions).toBe(true);
    expect(kindOf(objectForTest('AccountHistory', [id])).listsDeletions).toBe(false);
  });
});

import { expect, test } from 'vitest';
import { headerSlots } from './csv-header.ts';

const FIELDS = ['Id', 'Owner.Name', 'Amount__c'];

test('columns are found in any order and any case, quoted or not', () => {
  expect(headerSlots('"Id","Owner.Name","Amount__c"', FIELDS)).toEqual(Int32Array.of(0, 1, 2));
  expect(headerSlots('amount__C,ID,"owner.name"', FIELDS)).toEqual(Int32Array.of(2, 0, 1));
});

test.each([
  ['"Id","Owner.Name"', 'lacks the column Amount__c'],
  ['"Id","Owner.Name","Amount__c","Extra"', 'has a column that was not asked for, "Extra"'],
  ['"Id","Owner.Name","Amount__c","Id"', 'has twice "Id"'],
  ['<html><body>Sorry</body></html>', 'has a column that was not asked for, <html><body>Sorry</body></html>'],
])('%s %s', (header, problem) => expect(headerSlots(header, FIELDS)).toEqual({ problem }));

import { expect, test } from 'vitest';
import { fieldForTest } from '../../salesforce/testing/metadata-for-test.ts';
import { referenceTypesOf, typesByPrefix } from './reference-type.ts';

const key = (name: string, relationshipName: string, referenceTo: readonly string[]) =>
  fieldForTest(name, 'reference', { relationshipName, referenceTo, polymorphicForeignKey: true });
const who = key('WhoId', 'Who', ['Contact', 'Lead']);
const parent = key('ParentId', 'Parent', ['Account', 'Case']);
const plain = fieldForTest('AccountId', 'reference', { relationshipName: 'Account', referenceTo: ['Account'] });
const namesOf = (properties: Parameters<typeof referenceTypesOf>[0], naming: 'segment' | 'api') =>
  referenceTypesOf(properties, naming).map(({ property }) => property);

test('Who, What and Owner give the column its name, any other key its own', () => {
  const all = [{ property: 'who_id', field: who }, { property: 'parent_id', field: parent }, { property: 'account_id', field: plain }]; // prettier-ignore
  expect(namesOf(all, 'segment')).toEqual(['who_type', 'parent_id_type']);
  const api = all.map(({ field }) => ({ property: field.name, field }));
  expect(namesOf(api, 'api')).toEqual(['WhoType', 'ParentIdType']);
});

test('a field keeps the name that it has, and the column beside the key gets a suffix', () => {
  const taken = { property: 'who_type', field: fieldForTest('Who_Type__c', 'string') };
  expect(namesOf([{ property: 'who_id', field: who }, taken], 'segment')).toEqual([expect.stringMatching(/^who_type_[0-9a-f]{6}$/)]); // prettier-ignore
});

test('of the objects that a key may point to, those tell their Ids that share their prefix with no other of them', () => {
  const prefixes = new Map([['CaseComment', '00a'], ['IdeaComment', '00a'], ['Contact', '003'], ['Hidden__c', null]]); // prettier-ignore
  const of = (...referenceTo: string[]) => typesByPrefix(key('A', 'A', referenceTo), prefixes);
  expect(of('CaseComment', 'Contact')).toEqual([['00a', 'CaseComment'], ['003', 'Contact']]); // prettier-ignore
  expect(of('CaseComment', 'IdeaComment', 'Contact', 'Hidden__c', 'Unheard__c')).toEqual([['003', 'Contact']]);
  expect(of('Unheard__c')).toEqual([['', 'Unheard__c']]);
  expect(of()).toEqual([]);
});

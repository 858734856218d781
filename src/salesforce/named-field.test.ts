import { expect, test } from 'vitest';
import { namedField } from './named-field.ts';
import { classify } from './refusal.ts';

const FIELDS = ['Id', 'Name', 'Region__c', 'Regio__c', 'Owner.Name', 'Foo__c', 'Foo__r.Name', 'Größe__c'];

function refusal(message: string, code = 'INVALID_FIELD') {
  return classify({
    place: 'data',
    host: 'acme.my.salesforce.com',
    purpose: 'read Account',
    status: 400,
    code,
    message,
  });
}

const named = (message: string) => namedField(refusal(message), FIELDS);

test.each([
  ['English', "No such column 'Region__c' on entity 'Account'. If you are attempting to use a custom field, …"],
  ['German', 'Spalte „Region__c“ ist in Entität „Account“ nicht vorhanden.'],
  ['French', 'Aucune colonne « Region__c » dans l’entité « Account ».'],
  [
    'French, with spaces that do not break',
    'Aucune colonne «\u00a0Region__c\u00a0» dans l\u2019entité «\u202fAccount\u202f».',
  ],
  ['Japanese', '項目「Region__c」はエンティティ「Account」に存在しません。'],
  ['Chinese', '实体“Account”上没有列“Region__c”。'],
  ['Swedish', 'Det finns ingen kolumn ”Region__c” för ”Account”.'],
  ['British', 'No such column ‘Region__c’ on entity ‘Account’.'],
  ['double quotes', 'La colonna "Region__c" non esiste per "Account"'],
  ['HTML escapes', 'No such column &#39;Region__c&#39; on entity &quot;Account&quot;'],
  ['other capitals', "No such column 'REGION__C' on entity 'ACCOUNT'"],
])('a quoted name is found in any language: %s', (_, message) => {
  expect(named(message)).toBe('Region__c');
});

test.each([
  ['the start', '\nSELECT Id, Region__c, Name FROM Account\n           ^\nERROR at Row:1:Column:12\nno quotes'],
  ['the middle', '\nSELECT Id, Region__c, Name FROM Account\n              ^\nFEHLER bei Zeile:1:Spalte:15\nkeine'],
  ['an excerpt', 'InvalidBatch : Failed to process query: INVALID_FIELD: \r\nId,Region__c,Name\r\n   ^\r\nエラー'],
])('the caret under the query tells the field, in no language at all: at %s', (_, message) => {
  expect(named(message)).toBe('Region__c');
});

test('the caret goes before quotes, which may also hold the name of the object', () => {
  const message =
    "\nSELECT Id, Region__c FROM Foo__c\n           ^\nERROR at Row:1:Column:12\nEntity 'Foo__c' lacks 'Region__c'";
  expect(named(message)).toBe('Region__c');
});

test('a path is named as a whole or by its relationship', () => {
  expect(named("Didn't understand relationship 'Foo__r' in field path.")).toBe('Foo__r.Name');
  expect(named("No such column 'Owner.Name' on entity 'Account'")).toBe('Owner.Name');
  expect(named('\nSELECT Id, Owner.Name FROM Account\n           ^\n…')).toBe('Owner.Name');
});

test.each([
  ['a field that is not among them', "No such column 'Other__c' on entity 'Account'"],
  ['a name without quotes', 'Region__c is not what is wrong here'],
  ['a part of a longer name', "No such column 'My_Region__c' on entity 'Account'"],
  ['no field', 'unexpected token'],
])('nothing is found for %s', (_, message) => {
  expect(named(message)).toBeUndefined();
});

test('what is no refusal names no field', () => {
  expect(namedField(new Error("'Region__c'"), FIELDS)).toBeUndefined();
  expect(namedField(undefined, FIELDS)).toBeUndefined();
});

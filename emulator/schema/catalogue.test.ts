import { describe, expect, test } from 'vitest';
import type { SObject } from '../model.ts';
import { catalogue, CUSTOM_OBJECTS, SEGMENT_OBJECTS } from './catalogue.ts';

const org = catalogue(300);

function sobject(name: string, objects = org): SObject {
  const found = objects.get(name);
  if (found === undefined) throw new Error(`${name} is missing`);
  return found;
}

function field(name: string, fieldName: string) {
  return sobject(name).fields.find((candidate) => candidate.name === fieldName);
}

describe('an org of 300 objects', () => {
  test('has 300, in the order of their names', () => {
    expect(org.size).toBe(300);
    expect([...org.keys()]).toEqual([...org.keys()].sort());
  });

  test("has the 48 of Segment's source, Tags included, and Name that can't be queried", () => {
    expect(SEGMENT_OBJECTS).toHaveLength(48);
    expect(SEGMENT_OBJECTS.filter((name) => name.endsWith('Tag'))).toHaveLength(13);
    for (const name of SEGMENT_OBJECTS) expect(sobject(name).queryable, name).toBe(name !== 'Name');
    expect(sobject('Name').fields.map(({ name }) => name)).toContain('NameOrAlias');
  });

  test('has custom objects of every kind', () => {
    expect(CUSTOM_OBJECTS.length).toBeGreaterThanOrEqual(12);
    expect(sobject('Invoice__Share')).toMatchObject({
      associateEntityType: 'Share',
      associateParentEntity: 'Invoice__c',
    });
    expect(sobject('Invoice__History').associateEntityType).toBe('History');
    expect(sobject('Sync_Settings__c').customSetting).toBe(true);
    expect(sobject('Order_Placed__e').queryable).toBe(false);
    expect(sobject('Region_Setting__mdt').keyPrefix).toBe('m00');
    expect(sobject('npe01__OppPayment__c').custom).toBe(true);
    expect(sobject('Wide__c').fields).toHaveLength(780);
    expect(new Set(sobject('Wide__c').fields.map(({ name }) => name)).size).toBe(780);
  });

  test('has labels that are not names', () => {
    expect(sobject('Case').labelPlural).toBe('Tickets');
    expect(sobject('Vehicle__c').label).toBe('Rental');
    expect(field('Account', 'Industry')).toMatchObject({ label: 'Sector' });
  });

  test('has what the exclusion lists of other connectors are made for', () => {
    for (const name of [
      'ContentFolderItem',
      'FieldDefinition',
      'UserRecordAccess',
      'Vote',
      'IdeaComment',
      'ContentDocumentLink',
    ]) {
      expect(org.has(name), name).toBe(true);
    }
    for (const [name, { queryable }] of org) if (name.endsWith('ChangeEvent')) expect(queryable, name).toBe(false);
  });

  test.each([
    ['Account', ['SystemModstamp', 'LastModifiedDate', 'CreatedDate', 'IsDeleted']],
    ['User', ['SystemModstamp', 'LastModifiedDate', 'CreatedDate']],
    ['UserRole', ['SystemModstamp', 'LastModifiedDate']],
    ['Period', ['SystemModstamp']],
    ['UserLogin', ['LastModifiedDate']],
    ['OpportunityFieldHistory', ['CreatedDate', 'IsDeleted']],
    ['CampaignShare', ['LastModifiedDate', 'IsDeleted']],
    ['UserShare', ['LastModifiedDate']],
    ['AccountTag', ['SystemModstamp', 'CreatedDate', 'IsDeleted']],
    ['CaseSolution', ['SystemModstamp', 'CreatedDate', 'IsDeleted']],
    ['LoginHistory', ['LoginTime']],
    ['ContentDocumentLink', ['SystemModstamp', 'IsDeleted']],
  ])('%s has the audit fields %j and no others', (name, audit) => {
    const all = ['SystemModstamp', 'LastModifiedDate', 'CreatedDate', 'LoginTime', 'IsDeleted'];
    expect(all.filter((auditField) => field(name, auditField) !== undefined)).toEqual(audit);
  });

  test('says which fields can be filtered', () => {
    expect(field('LoginHistory', 'Browser')).toMatchObject({ filterable: false });
    expect(field('LoginHistory', 'LoginTime')).toMatchObject({ filterable: true });
    expect(field('OpportunityFieldHistory', 'OldValue')).toMatchObject({ type: 'anyType', filterable: false });
    expect(field('Account', 'Description')).toMatchObject({ filterable: false, length: 32_000 });
  });

  test('names parts of compound fields, and only targets that the org has', () => {
    const parts = (of: string) => (name: string) =>
      sobject(of)
        .fields.filter((part) => part['compoundFieldName'] === name)
        .map((part) => part.name);
    expect(parts('Account')('BillingAddress')).toHaveLength(8);
    expect(parts('Invoice__c')('Site__c')).toEqual(['Site__Latitude__s', 'Site__Longitude__s']);
    for (const { name, fields } of org.values()) {
      for (const { name: own, referenceTo } of fields) {
        for (const target of Array.isArray(referenceTo) ? referenceTo : []) {
          expect(org.has(target), `${name}.${own} -> ${target}`).toBe(true);
        }
      }
    }
  });
});

test('grows to 1,327 objects, each field of which has its 57 keys', () => {
  const large = catalogue(1_327);
  expect(large.size).toBe(1_327);
  const odd = [...large.values()].flatMap(({ name, fields }) =>
    fields.filter((each) => Object.keys(each).length !== 57).map((each) => `${name}.${each.name}`),
  );
  expect(odd).toEqual([]);
  const twice = [...large.values()].filter(
    ({ fields }) => new Set(fields.map(({ name }) => name)).size < fields.length,
  );
  expect(twice.map(({ name }) => name)).toEqual([]);
});

test.each([65, 1_328, 300.5, Number.NaN])('refuses an org of %d objects', (count) => {
  expect(() => catalogue(count)).toThrow(RangeError);
});

import { assert, constantFrom, oneof, property, shuffledSubarray, stringMatching, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADDED_PROPERTIES, nameProperties, snakeCase } from './property-name.ts';

describe('snakeCase', () => {
  it.each([
    ['Id', 'id'],
    ['IsDeleted', 'is_deleted'],
    ['SystemModstamp', 'system_modstamp'],
    ['WhatId', 'what_id'],
    ['Custom_Field__c', 'custom_field_c'],
    ['NPSP__Foo__c', 'npsp_foo_c'],
    ['Product2Id', 'product_2_id'],
    ['Pricebook2Id', 'pricebook_2_id'],
    ['mkto71_Lead_Score__c', 'mkto_71_lead_score_c'],
    ['X1st_Session_Completed__c', 'x1_st_session_completed_c'],
    ['X2022_Global_2000__c', 'x2022_global_2000_c'],
    ['X6sense_Account_6QA__c', 'x6_sense_account_6_qa_c'],
    ['Booked_a_2nd_Meeting__c', 'booked_a_2_nd_meeting_c'],
    ['DO_3yr_Plan__c', 'do_3_yr_plan_c'],
    ['H2_Adj_Value__c', 'h2_adj_value_c'],
    ['STG2_Date__c', 'stg2_date_c'],
    ['GMIAccount_Email__c', 'gmiaccount_email_c'],
    ['SMBNumber_of_Seats__c', 'smbnumber_of_seats_c'],
    ['D_B_Region__c', 'd_b_region_c'],
    ['eVP_Content__c', 'e_vp_content_c'],
    ['npe01__One2OneContact__c', 'npe_01_one_2_one_contact_c'],
    ['PersonMailingStreet', 'person_mailing_street'],
    ['Loyalty__pc', 'loyalty_pc'],
  ])('writes %s as %s', (apiName, expected) => {
    expect(snakeCase(apiName)).toBe(expected);
  });
});

describe('nameProperties', () => {
  const fields = [
    { name: 'Account_Region__c', custom: true },
    { name: 'AccountRegion__c', custom: true },
    { name: 'AccountRegionC', custom: false },
    { name: 'Name', custom: false },
  ];

  it('lets a standard field keep its name, then the first by API name, and suffixes the others', () => {
    const { names, collisions } = nameProperties('segment', fields);
    expect(names.get('AccountRegionC')).toBe('account_region_c');
    expect(names.get('AccountRegion__c')).toMatch(/^account_region_c_[0-9a-f]{6}$/);
    expect(names.get('Account_Region__c')).toMatch(/^account_region_c_[0-9a-f]{6}$/);
    expect(collisions.map(({ field, property }) => [field, property])).toEqual([
      ['AccountRegion__c', 'account_region_c'],
      ['Account_Region__c', 'account_region_c'],
    ]);
    expect(collisions.every(({ field, instead }) => names.get(field) === instead)).toBe(true);
  });

  it('keeps the suffix of a field whatever other fields come or go', () => {
    const all = nameProperties('segment', fields).names.get('Account_Region__c');
    const two = nameProperties('segment', fields.slice(0, 2)).names;
    expect(two.get('AccountRegion__c')).toBe('account_region_c');
    expect(two.get('Account_Region__c')).toBe(all);
  });

  it('keeps API names in the api dialect', () => {
    expect([...nameProperties('api', fields).names]).toEqual(
      expect.arrayContaining([['Account_Region__c', 'Account_Region__c']]),
    );
    expect(nameProperties('api', fields).collisions).toEqual([]);
  });

  it('tells apart what a warehouse that folds case would not', () => {
    const { names } = nameProperties('api', [
      { name: 'Region__c', custom: true },
      { name: 'region__c', custom: true },
    ]);
    expect(names.get('Region__c')).toBe('Region__c');
    expect(names.get('region__c')).toMatch(/^region__c_[0-9a-f]{6}$/);
  });

  it('never gives a field the name of a property that the connector adds', () => {
    const { names } = nameProperties('segment', [
      { name: 'ReceivedAt', custom: false },
      { name: 'UuidTs', custom: false },
    ]);
    for (const added of Object.values(ADDED_PROPERTIES)) expect([...names.values()]).not.toContain(added);
  });

  it('gives every field a name of its own, the same in any order', () => {
    const name = oneof(
      stringMatching(/^[A-Za-z][A-Za-z0-9]{0,3}(_[A-Za-z0-9]{1,3}){0,2}(__c)?$/),
      constantFrom('Ab__c', 'A_B__c', 'AB__c', 'a_b__c', 'ReceivedAt', 'received_at', 'A_b_c'),
    );
    const some = uniqueArray(name, { maxLength: 30 }).chain((names) =>
      shuffledSubarray(names, { minLength: names.length }).map((shuffled) => ({ names, shuffled })),
    );
    const named = (names: string[]) => names.map((each) => ({ name: each, custom: each.endsWith('__c') }));
    assert(
      property(some, constantFrom('segment', 'snake', 'api'), ({ names, shuffled }, naming) => {
        const one = nameProperties(naming, named(names)).names;
        const other = nameProperties(naming, named(shuffled)).names;
        expect(new Set([...one.values()].map((value) => value.toLowerCase())).size).toBe(names.length);
        for (const each of names) expect(other.get(each)).toBe(one.get(each));
      }),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { fieldFromLine, labelOf, wholeField } from './field.ts';

const field = (name: string, line: string) => fieldFromLine(name, line, {}, (list) => [`${list} target`]);

describe('a field line', () => {
  test('gives a whole field of 57 keys', () => {
    const made = field('BillingCity', "string(40) +ncuy ~BillingAddress 'Billing Town");
    expect(Object.keys(made)).toHaveLength(57);
    expect(made).toMatchObject({
      name: 'BillingCity',
      type: 'string',
      soapType: 'xsd:string',
      length: 40,
      byteLength: 120,
      nillable: true,
      createable: true,
      updateable: true,
      permissionable: true,
      compoundFieldName: 'BillingAddress',
      label: 'Billing Town',
      filterable: true,
      sortable: true,
      groupable: true,
    });
  });

  test('takes precision, scale and digits by type', () => {
    expect(field('Amount', 'currency(18,2) +n')).toMatchObject({ precision: 18, scale: 2, soapType: 'xsd:double' });
    expect(field('NumberOfEmployees', 'int(8) +n')).toMatchObject({ digits: 8, precision: 0, soapType: 'xsd:int' });
    expect(field('Latitude', 'double(18,15)')).toMatchObject({ precision: 18, scale: 15, groupable: false });
  });

  test('marks a polymorphic reference and finds a named list of targets', () => {
    expect(field('WhatId', 'reference +np >@Event.WhatId')).toMatchObject({
      namePointing: true,
      polymorphicForeignKey: true,
      referenceTo: ['Event.WhatId target'],
      relationshipName: 'What',
    });
    expect(field('Invoice__c', 'reference +v >Invoice__c')).toMatchObject({
      relationshipName: 'Invoice__r',
      cascadeDelete: true,
      custom: true,
    });
  });

  test('says that long text, files and locations can neither be filtered nor sorted', () => {
    for (const line of ['textarea(32000) +n', 'base64 +n', 'location +n', 'anyType +n']) {
      expect(field('Body', line)).toMatchObject({ filterable: false, sortable: false });
    }
    expect(field('Street', 'textarea +n')).toMatchObject({ filterable: true, sortable: true });
    expect(field('Skills__c', 'multipicklist +n')).toMatchObject({ filterable: true, sortable: false });
  });

  test('turns a usual flag round by a capital', () => {
    expect(field('Browser', 'string +nF')).toMatchObject({ filterable: false, sortable: true });
    expect(field('OldValue', 'anyType +nS')).toMatchObject({ filterable: false, sortable: true });
  });

  test('that makes no sense is an error that names it', () => {
    expect(() => field('Broken', 'string(40 +n')).toThrow('Broken: string(40 +n');
  });
});

test('a field added at run time is whole, of an unknown type too', () => {
  const made = wholeField({ name: 'Shape__c', type: 'polygon', nillable: true });
  expect(Object.keys(made)).toHaveLength(57);
  expect(made).toMatchObject({ name: 'Shape__c', type: 'polygon', label: 'Shape', nillable: true });
  expect(wholeField({ name: 'Essay__c', type: 'textarea', length: 32_768 })).toMatchObject({ filterable: false });
});

test.each([
  ['AnnualRevenue', 'Annual Revenue'],
  ['OwnerId', 'Owner ID'],
  ['Due_Date__c', 'Due Date'],
  ['npe01__OppPayment__c', 'Opp Payment'],
  ['TLSProtocol', 'TLS Protocol'],
])('the usual label of %s is %s', (name, label) => {
  expect(labelOf(name)).toBe(label);
});

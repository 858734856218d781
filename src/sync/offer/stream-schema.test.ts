import { assert, property, shuffledSubarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldDescribe } from '../../salesforce/metadata.ts';
import { fieldForTest, objectForTest } from '../../salesforce/testing/metadata-for-test.ts';
import { kindOf } from './object-kind.ts';
import { streamOf, type StreamOptions } from './stream-schema.ts';

const field = (name: string, type: string, more: Partial<FieldDescribe> = {}): FieldDescribe =>
  fieldForTest(name, type, { label: `The ${name}`, ...more });

const options: StreamOptions = {
  naming: 'segment',
  schemaName: undefined,
  hardDeletes: false,
  segmentColumns: false,
  blobs: undefined,
};
const audit = [
  field('SystemModstamp', 'datetime'),
  field('LastModifiedDate', 'datetime'),
  field('CreatedDate', 'datetime'),
];

const account = objectForTest('Account', [
  field('Id', 'id', { nillable: false }),
  field('Name', 'string', { inlineHelpText: 'What it trades as. ' }),
  field('Employees', 'int'),
  field('Revenue__c', 'currency'),
  field('Score__c', 'double', { calculated: true, inlineHelpText: 'Out of 100.' }),
  field('BillingAddress', 'address'),
  field('BillingStreet', 'textarea', { compoundFieldName: 'BillingAddress' }),
  field('BillingCity', 'string', { compoundFieldName: 'BillingAddress' }),
  ...audit,
]);

describe('the cursor of an object', () => {
  it.each([
    ['SystemModstamp before all others', objectForTest('Account', [...audit].reverse()), 'SystemModstamp'],
    ['LastModifiedDate without SystemModstamp', objectForTest('UserLogin', audit.slice(1)), 'LastModifiedDate'],
    ['CreatedDate of history rows', objectForTest('AccountHistory', audit.slice(2)), 'CreatedDate'],
    ['LoginTime of LoginHistory', objectForTest('LoginHistory', [field('LoginTime', 'datetime')]), 'LoginTime'],
    [
      'the next one where the first cannot be filtered',
      objectForTest('X__c', [field('SystemModstamp', 'datetime', { filterable: false }), ...audit.slice(1)]),
      'LastModifiedDate',
    ],
    ['none where there is none', objectForTest('AppDefinition', [field('Id', 'id')]), undefined],
    ['none for objects that refuse a filter', objectForTest('LoginEvent', audit), undefined],
    ['none for custom big objects', objectForTest('Archive__b', audit), undefined],
    [
      'SystemModstamp of ContentDocumentLink, read by its parents',
      objectForTest('ContentDocumentLink', audit.slice(0, 1)),
      'SystemModstamp',
    ],
  ])('takes %s', (_, describe, expected) => {
    expect(kindOf(describe).cursorField).toBe(expected);
  });
});

describe('streamOf', () => {
  it('offers an object with a cursor incrementally, by its key', () => {
    const { json_schema: _, ...stream } = streamOf(account, 'accounts', options);
    expect(stream).toEqual({
      name: 'accounts',
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      default_cursor_field: ['system_modstamp'],
      source_defined_primary_key: [['id']],
      is_resumable: true,
    });
  });

  it('offers an object without a cursor for full refresh only', () => {
    const stream = streamOf(objectForTest('AppDefinition', [field('DurableId', 'string')]), 'app_definitions', options);
    expect(stream.supported_sync_modes).toEqual(['full_refresh']);
    expect(stream.is_resumable).toBe(false);
    expect(stream).not.toHaveProperty('default_cursor_field');
    expect(stream).not.toHaveProperty('source_defined_primary_key');
    expect(stream).not.toHaveProperty('source_defined_cursor');
  });

  it('says of every property what it is and which field is behind it', () => {
    const { properties, ...root } = streamOf(account, 'accounts', options).json_schema;
    expect(root).toEqual({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      title: 'Account',
      description: expect.stringMatching(/^Companies.*\.$/),
      additionalProperties: true,
      'x-sobject': 'Account',
    });
    expect(properties['name']).toEqual({
      type: ['null', 'string'],
      title: 'The Name',
      description: 'What it trades as.',
      'x-field': 'Name',
    });
    expect(properties['employees']).toMatchObject({ type: ['null', 'integer'] });
    expect(properties['revenue_c']).toMatchObject({ type: ['null', 'number'], 'x-field': 'Revenue__c' });
    expect(properties['system_modstamp']).toMatchObject({
      format: 'date-time',
      airbyte_type: 'timestamp_with_timezone',
    });
    expect(properties['billing_address']).toMatchObject({ type: ['null', 'object'], 'x-field': 'BillingAddress' });
    expect(properties['billing_street']).toMatchObject({ type: ['null', 'string'] });
  });

  it('marks formula and roll-up fields, with a word on why they may be stale', () => {
    expect(streamOf(account, 'accounts', options).json_schema.properties['score_c']).toEqual({
      type: ['null', 'number'],
      title: 'The Score__c',
      description: expect.stringMatching(/^Out of 100\. Calculated .* stale/),
      'x-field': 'Score__c',
      'x-calculated': true,
    });
  });

  it('leaves out an address of which the user may see no part', () => {
    const hidden = objectForTest(
      'Account',
      account.fields.filter(({ compoundFieldName }) => compoundFieldName === null),
    );
    expect(streamOf(hidden, 'accounts', options).json_schema.properties).not.toHaveProperty('billing_address');
  });

  it('adds the deletion mark where hard deletes are on and the org keeps a deletion log', () => {
    const on = { ...options, hardDeletes: true };
    expect(streamOf(account, 'accounts', on).json_schema.properties).toHaveProperty(
      '_ab_cdc_deleted_at.format',
      'date-time',
    );
    expect(streamOf({ ...account, replicateable: false }, 'accounts', on).json_schema.properties).not.toHaveProperty(
      '_ab_cdc_deleted_at',
    );
    expect(streamOf(account, 'accounts', options).json_schema.properties).not.toHaveProperty('_ab_cdc_deleted_at');
  });

  it('adds the columns of Segment and the namespace on demand', () => {
    const stream = streamOf(account, 'accounts', { ...options, segmentColumns: true, schemaName: 'sfdc' });
    expect(stream.namespace).toBe('sfdc');
    expect(Object.keys(stream.json_schema.properties).slice(-2)).toEqual(['received_at', 'uuid_ts']);
  });

  it('keeps API names in the api dialect', () => {
    const stream = streamOf(account, 'Account', { ...options, naming: 'api' });
    expect(stream.default_cursor_field).toEqual(['SystemModstamp']);
    expect(stream.source_defined_primary_key).toEqual([['Id']]);
    expect(Object.keys(stream.json_schema.properties)[0]).toBe('Id');
  });

  it('gives the same bytes in whatever order describe lists the fields', () => {
    const expected = JSON.stringify(streamOf(account, 'accounts', options));
    assert(
      property(shuffledSubarray([...account.fields], { minLength: account.fields.length }), (fields) => {
        expect(JSON.stringify(streamOf({ ...account, fields }, 'accounts', options))).toBe(expected);
      }),
    );
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { complaintsOfRecords } from '../protocol.ts';
import { configure, discoverStreams, sync, type Sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;
let read: Sync;
const on = { data_dictionary: true };
const pick = (value: string, more: JsonObject = {}) => ({ active: true, defaultValue: false, label: `The ${value}`, validFor: null, value, ...more }); // prettier-ignore
const choices = { accounts: {}, tasks: { properties: ['id', 'system_modstamp', 'who_id'] } };
const dictionary = { fields: {}, picklist_values: {} };
let recordTypes: string;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 20, seed: 4 });
  await org.change(
    { op: 'addField', sobject: 'Account', field: { name: 'Region__c', type: 'picklist', picklistValues: [pick('East'), pick('North', { active: false }), pick('West')] } },
    { op: 'addField', sobject: 'Account', field: { name: 'Is_Key__c', type: 'boolean' } },
    // Bits from the left: 101 is East and West, 001 is West; 01 is the checked box.
    { op: 'addField', sobject: 'Account', field: { name: 'City__c', type: 'picklist', controllerName: 'Region__c', dependentPicklist: true, picklistValues: [pick('Both', { validFor: 'oAAA', defaultValue: true }), pick('Far', { validFor: 'IAAA' }), pick('None', { validFor: 'AAAA' })] } },
    { op: 'addField', sobject: 'Account', field: { name: 'Care__c', type: 'picklist', controllerName: 'Is_Key__c', dependentPicklist: true, picklistValues: [pick('Best', { validFor: 'QAAA' })] } },
    { op: 'addField', sobject: 'Account', field: { name: 'Lost__c', type: 'picklist', controllerName: 'Hidden__c', dependentPicklist: true, picklistValues: [pick('Any', { validFor: 'gAAA' })] } },
  ); // prettier-ignore
  streams = await discoverStreams(org.config(on));
  recordTypes = [...streams.keys()].find((name) => name.startsWith('record_types_')) ?? '';
  read = await sync(org.config(on), configure(streams, { ...choices, ...dictionary, [recordTypes]: {} }));
}, 60_000);
afterAll(() => org.close());

const row = (stream: string, wanted: JsonObject) =>
  read.records(stream).find((data) => Object.entries(wanted).every(([column, value]) => data[column] === value));

test('tells every field of the selected objects, and the column that holds it', async () => {
  const described = async (sobject: string) => {
    const rows = read.records('fields').filter(({ object }) => object === sobject);
    return rows.map(({ api_name }) => api_name);
  };
  expect(await described('Account')).toContain('BillingAddress');
  expect(row('fields', { object: 'Task', api_name: 'WhoId' })).toEqual({
    object: 'Task', api_name: 'WhoId', stream: 'tasks', column: 'who_id', label: 'Name ID', help_text: null, type: 'reference',
    length: 18, precision: 0, scale: 0, formula_text: null, references: 'Contact,Lead', compound_of: null, controlling_field: null,
    nillable: true, custom: false, deprecated: false,
  }); // prettier-ignore
  expect(row('fields', { object: 'Task', api_name: 'Subject' })).toMatchObject({ stream: 'tasks', column: null });
  expect(row('fields', { object: 'Account', api_name: 'BillingCity' })).toMatchObject({
    column: 'billing_city',
    compound_of: 'BillingAddress',
  });
  expect(row('fields', { object: 'Account', api_name: 'City__c' })).toMatchObject({
    column: 'city_c',
    controlling_field: 'Region__c',
    custom: true,
  });
  expect(new Set(read.records('fields').map(({ object }) => object))).toEqual(new Set(['Account', 'Task']));
});

test('tells the text of formulas', async () => {
  const all = await discoverStreams(org.config(on));
  const once = await sync(org.config(on), configure(all, { invoice_c: {}, fields: {} }));
  const formulas = once.records('fields').filter(({ formula_text }) => formula_text !== null);
  expect(formulas).toContainEqual(
    expect.objectContaining({ api_name: 'Balance__c', formula_text: 'Amount__c - Paid__c' }),
  );
});

test('tells picklist values in their order, and the controlling values of dependent ones', () => {
  const city = read.records('picklist_values').filter(({ field }) => field === 'City__c');
  expect(city).toEqual([
    { object: 'Account', field: 'City__c', value: 'Both', label: 'The Both', active: true, default: true, position: 1, controlling_values: ['East', 'West'] },
    { object: 'Account', field: 'City__c', value: 'Far', label: 'The Far', active: true, default: false, position: 2, controlling_values: ['West'] },
    { object: 'Account', field: 'City__c', value: 'None', label: 'The None', active: true, default: false, position: 3, controlling_values: [] },
  ]); // prettier-ignore
  const controllingOf = (field: string) => row('picklist_values', { field })?.['controlling_values'];
  expect([controllingOf('Care__c'), controllingOf('Lost__c'), controllingOf('Industry')]).toEqual([
    ['true'],
    null,
    null,
  ]);
  expect(row('picklist_values', { field: 'Region__c', value: 'North' })).toMatchObject({ active: false, position: 2 });
});

test("tells the dependent picklist of the practice org's own schema", async () => {
  const once = await sync(org.config(on), configure(streams, { project_c: {}, picklist_values: {} }));
  const skills = once.records('picklist_values').filter(({ field }) => field === 'Skills__c');
  expect(skills.map(({ value, controlling_values }) => [value, controlling_values])).toEqual([
    ['Data', ['Planned', 'Running']],
    ['Design', ['Planned']],
    ['Java', ['Running']],
    ['Welding, MIG', ['Running', 'On Hold']],
    ['"Certified"', ['Done']],
    ['Plain', ['Planned', 'Running', 'On Hold', 'Done']],
  ]);
});

test('tells record types, beside the object of that name', async () => {
  expect(read.records(recordTypes)).toContainEqual({
    object: 'Task', id: '012000000000000AAA', name: 'Master', developer_name: 'Master', active: true, available: true, default: true, master: true,
  }); // prettier-ignore
  expect(streams.get('record_types')?.json_schema['x-sobject']).toBe('RecordType');
  expect(readFileSync('docs/data-dictionary.md', 'utf8')).toContain(recordTypes);
  const api = await discoverStreams(org.config({ ...on, naming: 'api' }));
  expect(api.get('record_types')?.json_schema['x-sobject']).toBe('modstamp.record_types');
});

test('keys are told apart, rows are as the schema says, and each stream is complete', () => {
  for (const name of ['fields', 'picklist_values', recordTypes]) {
    const stream = streams.get(name) as AirbyteStream;
    const key = (stream.source_defined_primary_key ?? []).flat();
    const keys = read.records(name).map((data) => JSON.stringify(key.map((column) => data[column])));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThan(1);
    expect(read.statusesOf(name)).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
    expect(complaintsOfRecords(read.run, { streams: [stream] }).filter((text) => text.startsWith(`${name}:`))).toEqual(
      [],
    );
  }
});

test('no API call is made for it, also by name alone', async () => {
  const callsOf = async (catalog: JsonObject) => {
    await org.clearLog();
    await sync(org.config(on), catalog);
    return (await org.log()).filter(({ counted }) => counted).length;
  };
  const without = await callsOf(configure(streams, choices));
  const { streams: configured } = configure(streams, { ...choices, ...dictionary }) as unknown as {
    streams: { stream: { json_schema: Record<string, unknown> } }[];
  };
  expect(await callsOf({ streams: configured } as unknown as JsonObject)).toBe(without);
  for (const { stream } of configured.slice(2)) delete stream.json_schema['x-sobject'];
  expect(await callsOf({ streams: configured } as unknown as JsonObject)).toBe(without);
});

test('without data_dictionary nothing of it is offered', async () => {
  const names = [...(await discoverStreams(org.config())).keys()];
  expect(names.filter((name) => /^(?:fields|picklist_values|record_types_.*)$/.test(name))).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import type { AirbyteStream, ConfiguredStream } from '../../airbyte/protocol.ts';
import type { Config } from '../../config/config.ts';
import { configureAll, type CatalogOptions } from './catalog.ts';
import type { Run } from '../run.ts';

const stream = (sobject: string, name: string, fields: Readonly<Record<string, string>>): AirbyteStream => ({
  name,
  namespace: 'sfdc',
  json_schema: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: Object.fromEntries(
      Object.entries(fields).map(([property, field]) => [
        property,
        { type: ['null', 'string'], ...(field !== '' && { 'x-field': field }) },
      ]),
    ),
    'x-sobject': sobject,
  },
  supported_sync_modes: 'system_modstamp' in fields ? ['full_refresh', 'incremental'] : ['full_refresh'],
  source_defined_cursor: true,
  ...('system_modstamp' in fields && { default_cursor_field: ['system_modstamp'] }),
  ...('id' in fields && { source_defined_primary_key: [['id']] }),
  is_resumable: true,
});

const accounts = stream('Account', 'accounts', {
  id: 'Id',
  name: 'Name',
  system_modstamp: 'SystemModstamp',
  _ab_cdc_deleted_at: '',
});
const contacts = stream('Contact', 'contacts', {
  id: 'Id',
  email: 'Email',
  is_deleted: 'IsDeleted',
  system_modstamp: 'SystemModstamp',
});
const invoices = stream('Invoice__c', 'invoice_c', { id: 'Id', system_modstamp: 'SystemModstamp' });
const apps = stream('AppDefinition', 'app_definitions', { durable_id: 'DurableId' });
const streams = [accounts, apps, contacts, invoices];

function configured(options: CatalogOptions, old?: readonly ConfiguredStream[]) {
  const log: string[] = [];
  const run: Run = {
    config: {} as Config,
    messages: {
      records: async () => {},
      send: async () => {},
      log: (level, text) => void log.push(`${level} ${text}`),
    },
    signal: new AbortController().signal,
  };
  const offer = new Map(streams.map((each) => [each.json_schema['x-sobject'] ?? '', each.name]));
  const entries = configureAll(run, { offer, streams, ...(old && { old }) }, options);
  return { entries, log, names: entries.map((entry) => entry.stream.name) };
}
const listed = (
  name: string,
  properties: readonly [string, string | undefined][],
  more: Partial<ConfiguredStream> = {},
): ConfiguredStream => ({
  name,
  properties: new Map(properties),
  syncMode: 'incremental',
  destinationSyncMode: 'append_dedup',
  ...more,
});

describe('configureAll', () => {
  it('takes those of the 48 collections that the org has when nothing is said', () => {
    const { names, log } = configured({});
    expect(names).toEqual(['accounts', 'contacts']);
    expect(log).toEqual([expect.stringMatching(/^INFO 2 of the 48 .* account_contact_roles, /)]);
  });

  it('reads what has a cursor incrementally and merges what has a key', () => {
    const { entries } = configured({ select: 'all' });
    expect(entries.map(({ stream: each, ...entry }) => [each.name, entry])).toEqual([
      [
        'accounts',
        {
          sync_mode: 'incremental',
          destination_sync_mode: 'append_dedup',
          cursor_field: ['system_modstamp'],
          primary_key: [['id']],
        },
      ],
      ['app_definitions', { sync_mode: 'full_refresh', destination_sync_mode: 'overwrite' }],
      [
        'contacts',
        {
          sync_mode: 'incremental',
          destination_sync_mode: 'append_dedup',
          cursor_field: ['system_modstamp'],
          primary_key: [['id']],
        },
      ],
      [
        'invoice_c',
        {
          sync_mode: 'incremental',
          destination_sync_mode: 'append_dedup',
          cursor_field: ['system_modstamp'],
          primary_key: [['id']],
        },
      ],
    ]);
  });

  it('takes the named properties with key, cursor and is_deleted, and those that the configuration switched on', () => {
    const { entries } = configured({ select: 'accounts:name;contacts:email' });
    expect(entries.map(({ stream: { json_schema } }) => Object.keys(json_schema.properties))).toEqual([
      ['id', 'name', 'system_modstamp', '_ab_cdc_deleted_at'],
      ['id', 'email', 'is_deleted', 'system_modstamp'],
    ]);
  });

  it('leaves out key, cursor and is_deleted where --exclude names them', () => {
    const { entries } = configured({ select: 'contacts:email', exclude: 'contacts:is_deleted,system_modstamp' });
    expect(Object.keys(entries[0]?.stream.json_schema.properties ?? {})).toEqual(['id', 'email']);
  });

  it('says that a stream without its cursor is read whole, and one without its key is not merged', () => {
    const { entries, log } = configured({ select: 'contacts:email', exclude: 'contacts:id,system_modstamp' });
    expect(entries[0]).toMatchObject({ sync_mode: 'full_refresh', destination_sync_mode: 'overwrite' });
    expect(entries[0]?.stream.supported_sync_modes).toEqual(['full_refresh']);
    expect(entries[0]?.stream).not.toHaveProperty('default_cursor_field');
    expect(entries[0]?.stream).not.toHaveProperty('source_defined_primary_key');
    expect(log).toEqual([
      expect.stringContaining('system_modstamp is not selected'),
      expect.stringContaining('id is not selected'),
    ]);
  });

  it('leaves out collections and properties that are excluded', () => {
    const { entries, names } = configured({ select: 'all', exclude: 'app_definitions,Invoice__c,Contact:email' });
    expect(names).toEqual(['accounts', 'contacts']);
    expect(Object.keys(entries[1]?.stream.json_schema.properties ?? {})).toEqual([
      'id',
      'is_deleted',
      'system_modstamp',
    ]);
  });

  it('reads all streams in full on demand', () => {
    const { entries } = configured({ select: 'accounts', syncMode: 'full_refresh' });
    expect(entries[0]).toMatchObject({ sync_mode: 'full_refresh', destination_sync_mode: 'append_dedup' });
    expect(entries[0]).not.toHaveProperty('cursor_field');
  });

  it('refuses to write an empty catalog', () => {
    expect(() => configured({ exclude: 'accounts,contacts' })).toThrowError(/would be empty/);
    expect(() => configured({}, [])).toThrowError(/would be empty/);
  });

  it('keeps the choice and the modes of an old catalog, adds nothing, and names what is gone', () => {
    const { entries, log } = configured({}, [
      listed(
        'accounts',
        [
          ['id', 'Id'],
          ['system_modstamp', 'SystemModstamp'],
          ['old_c', 'Old__c'],
        ],
        { syncMode: 'full_refresh', destinationSyncMode: 'overwrite', generationId: 7 },
      ),
      listed('assistant_recommendations', [['id', undefined]]),
    ]);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      sync_mode: 'full_refresh',
      destination_sync_mode: 'overwrite',
      generation_id: 7,
    });
    expect(Object.keys(entries[0]?.stream.json_schema.properties ?? {})).toEqual([
      'id',
      'system_modstamp',
      '_ab_cdc_deleted_at',
    ]);
    expect(log).toEqual([
      expect.stringMatching(/^WARN accounts\.old_c is dropped/),
      expect.stringMatching(/^WARN assistant_recommendations is dropped/),
    ]);
  });

  it('understands an old catalog in the names of Salesforce', () => {
    const { entries, log } = configured({}, [
      listed('Contact', [
        ['Id', undefined],
        ['Email', undefined],
        ['SystemModstamp', undefined],
      ]),
    ]);
    expect(Object.keys(entries[0]?.stream.json_schema.properties ?? {})).toEqual(['id', 'email', 'system_modstamp']);
    expect(log).toEqual([]);
  });

  it('adds to an old catalog what is selected besides', () => {
    expect(configured({ select: 'contacts' }, [listed('accounts', [])]).names).toEqual(['accounts', 'contacts']);
  });
});

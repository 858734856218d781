import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModstampError } from '../errors.ts';
import { readConfiguredCatalog } from './configured-catalog.ts';

const entry = (stream: object = {}, rest: object = {}) => ({
  stream: { name: 'accounts', json_schema: { properties: { id: {} } }, ...stream },
  sync_mode: 'incremental',
  destination_sync_mode: 'append_dedup',
  ...rest,
});
const read = (...streams: unknown[]) => readConfiguredCatalog({ streams });

describe('a configured catalog', () => {
  test('gives what a source needs of each stream, in its order', () => {
    const json_schema = {
      'x-sobject': 'Account',
      properties: { id: { type: ['string'], 'x-field': 'Id' }, name: { type: ['null', 'string'] } },
    };
    const streams = read(
      entry({ json_schema, namespace: 'sfdc' }, { generation_id: 3, minimum_generation_id: 0, sync_id: 17 }),
      entry({ name: 'tasks' }, { sync_mode: 'full_refresh', destination_sync_mode: 'overwrite' }),
    );
    expect(streams).toEqual([
      {
        name: 'accounts',
        namespace: 'sfdc',
        sobject: 'Account',
        properties: new Map([
          ['id', 'Id'],
          ['name', undefined],
        ]),
        types: new Map([
          ['id', 'string'],
          ['name', 'string'],
        ]),
        syncMode: 'incremental',
        destinationSyncMode: 'append_dedup',
        generationId: 3,
        minimumGenerationId: 0,
        syncId: 17,
      },
      {
        name: 'tasks',
        properties: new Map([['id', undefined]]),
        syncMode: 'full_refresh',
        destinationSyncMode: 'overwrite',
      },
    ]);
  });

  test('may have null for every optional member, and members that nobody knows', () => {
    const nulls = { namespace: null, source_defined_cursor: null, default_cursor_field: null, is_file_based: null };
    const rest = {
      cursor_field: null,
      primary_key: null,
      generation_id: null,
      minimum_generation_id: null,
      sync_id: null,
      colour: 'red',
    };
    expect(read(entry(nulls, rest))).toEqual(read(entry()));
  });

  test.each([[undefined], [null], [{}], [{ properties: null }], [{ properties: {} }]])(
    'with the schema %j selects every property, which is an empty map',
    (json_schema) => {
      expect(read(entry({ json_schema }))[0]?.properties.size).toBe(0);
    },
  );

  test.each([[undefined], [null], ['overwrite_dedup'], [7]])(
    'with the destination mode %j is taken for overwritten',
    (mode) => {
      expect(read(entry({}, { destination_sync_mode: mode }))[0]?.destinationSyncMode).toBe('overwrite');
    },
  );

  test('may name a stream twice in two namespaces, and may be empty', () => {
    expect(read(entry(), entry({ namespace: 'b' }), entry({ namespace: 'c' }))).toHaveLength(3);
    expect(read()).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['an array', [], 'The configured catalog must be a JSON object with a list of streams, got an array.'],
    ['null', null, 'must be a JSON object with a list of streams, got nothing.'],
    ['no streams', {}, 'must have a list of streams, got nothing.'],
    ['streams by name', { streams: { accounts: {} } }, 'must have a list of streams, got an object.'],
    ['the message of discover', { type: 'CATALOG', catalog: {} }, 'make one with "modstamp catalog > catalog.json".'],
    ['a catalog of discover', { streams: [{ name: 'accounts', json_schema: {} }] }, 'make one with "modstamp catalog > catalog.json".'],
    ['a text for a stream', { streams: ['accounts'] }, 'Streams[0] of the configured catalog must be an object, got a string.'],
    ['a stream without a name', { streams: [entry({ name: ' ' })] }, 'Streams[0] of the configured catalog has no stream name.'],
    ['an unknown sync mode', { streams: [entry(), entry({ name: 'b' }, { sync_mode: 'INVALID' })] }, 'The sync_mode of the stream b (streams[1] of the configured catalog) must be full_refresh or incremental, got "INVALID".'],
    ['no sync mode', { streams: [entry({}, { sync_mode: null })] }, 'got nothing.'],
    ['a stream twice', { streams: [entry(), entry()] }, 'lists the stream accounts twice'],
    ['a stream twice in a namespace', { streams: [entry({ namespace: 'n' }), entry({ namespace: 'n' })] }, 'lists the stream n.accounts twice'],
  ])('with %s is refused in a sentence', (_, raw, sentence) => {
    expect(() => readConfiguredCatalog(raw)).toThrow(sentence);
    expect(() => readConfiguredCatalog(raw)).toThrow(expect.objectContaining({ failureType: 'config_error' }));
  }); // prettier-ignore

  test("of any shape is read or refused as the configuration's fault", () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const stream = fc.record({ name: json, namespace: json, json_schema: json }, { requiredKeys: [] });
    const configured = fc.record(
      { stream: fc.oneof(stream, json), sync_mode: fc.constantFrom('incremental', null, 'x') },
      { requiredKeys: [] },
    );
    const catalogs = fc.oneof(json, fc.record({ streams: fc.array(fc.oneof(configured, json)) }));
    fc.assert(
      fc.property(catalogs, (raw) => {
        try {
          expect(readConfiguredCatalog(raw).every(({ name }) => name.trim() !== '')).toBe(true);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ModstampError);
          expect(thrown).toMatchObject({ failureType: 'config_error', message: expect.stringMatching(/^[A-Z].*\.$/s) });
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** TestConnection, TestDiscovery and TestConnectorAttributes of the connector acceptance tests, row by row. */
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import { catalogOf } from '../catalog.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runCheck, runDiscover } from '../program.ts';
import type { ProgramRun } from '../program.ts';
import { complaintsOfMessages } from '../protocol.ts';
import { complaintsOfSecrets } from '../secrets.ts';
import { programForms } from './programs.ts';
import { asObject, typesOf, walkKeys, walkSchema } from './schema-walk.ts';

const metadata = readFileSync(resolve(import.meta.dirname, '../../metadata.yaml'), 'utf8');

describe.each(programForms('TestConnection and TestDiscovery'))('$form', ({ options, prepare }) => {
  let org: OrgUnderTest;
  let run: ProgramRun;
  let streams: readonly AirbyteStream[];

  beforeAll(async () => {
    prepare();
    org = await openPracticeOrg({ rows: 4, seed: 21 });
    run = await runDiscover(org.config(), options);
    ({ streams } = catalogOf(run));
  }, 900_000);
  afterAll(() => org?.close());

  /** "stream: what", for every stream in which something is wrong. */
  const faulty = (faults: (stream: AirbyteStream) => readonly string[]) =>
    streams.flatMap((stream) => faults(stream).map((fault) => `${stream.name}: ${fault}`));
  const property = (stream: AirbyteStream, [name = '']: readonly string[]) => stream.json_schema.properties[name];

  describe('TestConnection', () => {
    test('test_check: succeed', async () => {
      const check = await runCheck(org.config(), options);
      expect(statuses(check)).toEqual([{ status: 'SUCCEEDED' }]);
      expect(check.exitCode, reasonsOf(check)).toBe(0);
      expect(complaintsOfMessages(check)).toEqual([]);
      expect(complaintsOfSecrets(check, org.config())).toEqual([]);
    });

    test('test_check: failed', async () => {
      const config = org.config({
        credentials: {
          auth_type: 'oauth',
          client_id: 'x',
          client_secret: 'a-wrong-secret',
          refresh_token: 'a-wrong-token',
        },
      });
      const check = await runCheck(config, options);
      expect(statuses(check)).toEqual([{ status: 'FAILED', message: expect.stringMatching(/./) as string }]);
      expect(check.exitCode, reasonsOf(check)).toBe(0);
      expect(complaintsOfMessages(check)).toEqual([]);
      expect(complaintsOfSecrets(check, config)).toEqual([]);
    });

    test('test_check: exception', async () => {
      const check = await runCheck('{ this is no config', options);
      const errors = check.messages.filter((message) => message.type === 'TRACE' && message.trace.type === 'ERROR');
      expect(errors).toHaveLength(1);
      expect(statuses(check)).toEqual([]);
      expect(check.exitCode).toBe(1);
    });
  });

  describe('TestDiscovery', () => {
    test('test_discover: one CATALOG, unique names', () => {
      expect(run.exitCode, reasonsOf(run)).toBe(0);
      expect(complaintsOfMessages(run)).toEqual([]);
      expect(complaintsOfSecrets(run, org.config())).toEqual([]);
      expect(run.messages.filter(({ type }) => type === 'CATALOG')).toHaveLength(1);
      const names = streams.map(({ name }) => name.toLowerCase());
      expect(names.length).toBeGreaterThan(60);
      expect(new Set(names).size).toBe(names.length);
    });

    test('the same bytes every time, streams in order', async () => {
      const again = await runDiscover(org.config(), options);
      const line = (of: ProgramRun) => of.lines.find((line) => line.startsWith('{"type":"CATALOG"'));
      expect(line(again)).toBe(line(run));
      const names = streams.map(({ name }) => name);
      expect(names).toEqual([...names].sort((a, b) => (a < b ? -1 : 1)));
    });

    test('test_streams_have_valid_json_schemas: draft-07', () => {
      const ajv = new Ajv({ strict: false });
      addFormats.default(ajv);
      expect(
        faulty(({ json_schema }) =>
          ajv.validateSchema({ ...json_schema, $schema: 'http://json-schema.org/draft-07/schema#' }) === true
            ? []
            : [ajv.errorsText()],
        ),
      ).toEqual([]);
    });

    test('test_defined_cursors_exist_in_schema', () => {
      expect(
        faulty((stream) =>
          stream.default_cursor_field && !property(stream, stream.default_cursor_field) ? ['its cursor'] : [],
        ),
      ).toEqual([]);
      expect(streams.filter(({ default_cursor_field }) => default_cursor_field).length).toBeGreaterThan(30);
    });

    test('a stream with a cursor is incremental, source-defined and resumable; one without is not', () => {
      expect(
        faulty((stream) => {
          const cursor = stream.default_cursor_field !== undefined;
          const incremental = stream.supported_sync_modes.includes('incremental');
          return cursor === incremental &&
            (!cursor || (stream.source_defined_cursor === true && stream.is_resumable === true))
            ? []
            : ['modes'];
        }),
      ).toEqual([]);
    });

    test('test_defined_refs_exist_in_schema, test_defined_keyword_exist_in_schema: no $ref, allOf, not', () => {
      expect(
        faulty(({ json_schema }) =>
          [...walkKeys(json_schema)]
            .filter((path) => ['$ref', 'allOf', 'not'].includes(path.at(-1) ?? '') && path.at(-2) !== 'properties')
            .map((path) => path.join('.')),
        ),
      ).toEqual([]);
    });

    test('test_primary_keys_exist_in_schema, test_primary_keys_data_type', () => {
      expect(
        faulty((stream) =>
          (stream.source_defined_primary_key ?? []).flatMap((path) => {
            const types = typesOf({ type: property(stream, path)?.type });
            return types.length > 0 && !types.includes('object') && !types.includes('array') ? [] : [path.join('.')];
          }),
        ),
      ).toEqual([]);
    });

    test('test_streams_has_sync_modes: full refresh always', () => {
      expect(
        faulty(({ supported_sync_modes }) => (supported_sync_modes.includes('full_refresh') ? [] : ['modes'])),
      ).toEqual([]);
    });

    test('test_additional_properties_is_true', () => {
      expect(
        faulty(({ json_schema }) =>
          [...walkSchema(asObject(json_schema))].flatMap(({ path, schema }) =>
            schema['additionalProperties'] === false ? [path.join('.')] : [],
          ),
        ),
      ).toEqual([]);
    });

    test('test_catalog_has_supported_data_types: type, format and airbyte_type go together, all may be null', () => {
      const supported = new Set([
        'string',
        'string date',
        'string date-time timestamp_with_timezone',
        'string time time_without_timezone',
        'integer',
        'number',
        'boolean',
        'object',
      ]);
      expect(
        faulty(({ json_schema }) =>
          Object.entries(json_schema.properties).flatMap(([name, { type, format, airbyte_type }]) => {
            const kind = [...type.filter((type) => type !== 'null'), format, airbyte_type].filter(Boolean).join(' ');
            return supported.has(kind) && type.includes('null') ? [] : [`${name} is ${kind}`];
          }),
        ),
      ).toEqual([]);
    });

    test('a selection by criteria is what is discovered', async () => {
      const config = org.config({
        streams_criteria: [
          { criteria: 'exacts', value: 'Account' },
          { criteria: 'starts with', value: 'lead' },
        ],
      });
      const { streams: chosen } = catalogOf(await runDiscover(config, options));
      expect(chosen.map(({ json_schema }) => json_schema['x-sobject'])).toContain('Account');
      expect(chosen.every(({ json_schema }) => /^account$|^lead/i.test(json_schema['x-sobject'] ?? ''))).toBe(true);
      expect(chosen.length).toBeLessThan(streams.length);
    });
  });

  describe('TestConnectorAttributes', () => {
    test('test_streams_define_primary_key: wherever a field tells rows apart, which Id does not in big objects', () => {
      const withoutKey = /^(?:\w+_b|activity_field_histories|field_history_archives?)$/;
      expect(
        faulty(({ name, json_schema, source_defined_primary_key }) =>
          json_schema.properties['id'] &&
          !withoutKey.test(name) &&
          !['id', 'event_identifier', 'durable_id'].includes(source_defined_primary_key?.[0]?.[0] ?? '')
            ? ['no key']
            : [],
        ),
      ).toEqual([]);
      expect(
        streams.filter(({ source_defined_primary_key }) => source_defined_primary_key === undefined).length,
      ).toBeLessThan(streams.length / 10);
    });

    test('test_certified_connector_has_allowed_hosts', () => {
      expect(metadata).toMatch(/allowedHosts:\n\s+hosts:\n\s+- "\*\.salesforce\.com"/);
    });

    test('test_certified_connector_has_suggested_streams: and the catalog has each of them', () => {
      const suggested = /suggestedStreams:\n\s+streams:\n((?:\s+- \S+\n)+)/.exec(metadata)?.[1]?.match(/\w+/g) ?? [];
      expect(suggested.length).toBeGreaterThan(0);
      expect(suggested.filter((name) => !streams.some((stream) => stream.name === name))).toEqual([]);
    });
  });
});

function statuses(run: ProgramRun): readonly object[] {
  return run.messages.flatMap((message) => (message.type === 'CONNECTION_STATUS' ? [message.connectionStatus] : []));
}

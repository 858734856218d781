/** TestSpec of the connector acceptance tests, row by row; the name in front of each test is the row's. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/json/value.ts';
import { docker, imageTag } from '../image/engine.ts';
import { practiceLogin } from '../practice-org.ts';
import { reasonsOf, runSpec } from '../program.ts';
import type { ProgramRun } from '../program.ts';
import { programForms } from './programs.ts';
import { asObject, typesOf, walkKeys, walkSchema } from './schema-walk.ts';
import type { Schema, SchemaNode } from './schema-walk.ts';

const root = resolve(import.meta.dirname, '../..');
const secretNames = new Set([
  'client_token',
  'access_token',
  'api_token',
  'token',
  'secret',
  'client_secret',
  'password',
  'key',
  'service_account_info',
  'service_account',
  'tenant_id',
  'certificate',
  'jwt',
  'credentials',
  'app_id',
  'appid',
  'refresh_token',
  'private_key',
  'security_token',
]);
const {
  clientId: client_id,
  clientSecret: client_secret,
  refreshToken: refresh_token,
  username,
  password,
  securityToken,
} = practiceLogin;
const configs: readonly [string, JsonObject][] = [
  ['a refresh token', { credentials: { auth_type: 'oauth', client_id, client_secret, refresh_token } }],
  [
    'client credentials',
    {
      credentials: { auth_type: 'client_credentials', client_id, client_secret },
      login_url: 'https://acme.my.salesforce.com',
    },
  ],
  [
    'a JWT',
    {
      credentials: { auth_type: 'jwt', client_id, username, private_key: '-----BEGIN PRIVATE KEY-----' },
      is_sandbox: true,
    },
  ],
  [
    'a password',
    {
      credentials: {
        auth_type: 'password',
        client_id,
        client_secret,
        username,
        password,
        security_token: securityToken,
      },
    },
  ],
  [
    "the official connector's config",
    {
      client_id,
      client_secret,
      refresh_token,
      auth_type: 'Client',
      is_sandbox: false,
      start_date: '2021-07-25',
      stream_slice_step: 'P30D',
      streams_criteria: [{ criteria: 'contains', value: 'Account' }],
    },
  ],
];

describe.each(programForms('TestSpec'))('TestSpec: $form', ({ form, options, prepare }) => {
  let run: ProgramRun;
  let spec: Schema;
  let schema: Schema;
  let nodes: SchemaNode[];

  beforeAll(async () => {
    prepare();
    run = await runSpec(options);
    spec = run.messages[0]?.type === 'SPEC' ? run.messages[0].spec : {};
    schema = asObject(spec['connectionSpecification']);
    nodes = [...walkSchema(schema)];
  }, 900_000);

  /** Paths of the subschemas that a rule finds at fault: the empty list is what every test hopes for. */
  const faulty = (fault: (node: SchemaNode) => boolean) => nodes.filter(fault).map(({ path }) => path.join('.'));

  test('one SPEC on the first line, exit code 0', () => {
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(run.messages.map(({ type }) => type)).toEqual(['SPEC']);
    expect(nodes.length).toBeGreaterThan(20);
  });

  test.each(configs)('test_config_match_spec: %s', (_, config) => {
    // Without formats, as the acceptance tests validate: `format` only tells a form to show a date picker.
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const validate = ajv.compile(schema);
    expect(validate(config), JSON.stringify(validate.errors)).toBe(true);
  });

  test('test_config_match_spec: a config without its refresh token does not match', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    expect(ajv.validate(schema, { credentials: { auth_type: 'oauth', client_id, client_secret } })).toBe(false);
  });

  test('test_match_expected: it is spec.json', () => {
    expect(spec).toEqual(JSON.parse(readFileSync(resolve(root, 'spec.json'), 'utf8')));
  });

  test('test_enum_usage: enum values are distinct', () => {
    expect(
      faulty(({ schema }) => Array.isArray(schema['enum']) && new Set(schema['enum']).size !== schema['enum'].length),
    ).toEqual([]);
  });

  test('test_oneof_usage: an object, told apart by one constant that all options have', () => {
    const withOneOf = nodes.filter(({ schema }) => schema['oneOf'] !== undefined);
    expect(withOneOf.length).toBeGreaterThan(0);
    for (const { schema, path } of withOneOf) {
      const options = (schema['oneOf'] as Schema[]).map((option) => asObject(option['properties']));
      expect(typesOf(schema), path.join('.')).toEqual(['object']);
      const shared = Object.keys(options[0] ?? {}).filter((name) =>
        options.every((option) => asObject(option[name])['const'] !== undefined),
      );
      expect(shared).toHaveLength(1);
      const tags = options.map((option) => asObject(option[shared[0] ?? '']));
      expect(new Set(tags.map((tag) => tag['const'])).size).toBe(tags.length);
      for (const tag of tags) {
        expect(typesOf(tag)).toEqual(['string']);
        expect([tag['const'], undefined]).toContain(tag['default']);
        expect([JSON.stringify([tag['const']]), undefined]).toContain(tag['enum'] && JSON.stringify(tag['enum']));
      }
    }
  });

  test('test_secret_is_properly_marked', () => {
    const isSecret = ({ property = '', schema }: SchemaNode) =>
      secretNames.has(property) &&
      schema['const'] === undefined &&
      typesOf(schema).some((type) => type !== 'object' && type !== 'array' && type !== 'boolean');
    expect(nodes.some(isSecret)).toBe(true);
    expect(faulty((node) => isSecret(node) && node.schema['airbyte_secret'] !== true)).toEqual([]);
  });

  test('test_property_type_is_not_array', () => {
    expect(faulty(({ schema: { type } }) => Array.isArray(type) && (type.length > 2 || type[1] !== 'null'))).toEqual(
      [],
    );
  });

  test('test_object_not_empty', () => {
    expect(
      faulty(
        ({ schema }) =>
          typesOf(schema).includes('object') &&
          Object.keys(asObject(schema['properties'])).length === 0 &&
          schema['oneOf'] === undefined,
      ),
    ).toEqual([]);
  });

  test('test_array_type: items are plain', () => {
    const plain = new Set(['object', 'string', 'number', 'integer']);
    expect(
      faulty(({ schema }) => {
        const items = asObject(schema['items']);
        return (
          typesOf(schema).includes('array') &&
          items['enum'] === undefined &&
          !typesOf(items).every((type) => plain.has(type))
        );
      }),
    ).toEqual([]);
  });

  test('test_forbidden_complex_types', () => {
    const forbidden = new Set([
      'not',
      'anyOf',
      'patternProperties',
      'prefixItems',
      'allOf',
      'if',
      'then',
      'else',
      'dependentSchemas',
      'dependentRequired',
      '$ref',
    ]);
    const found = [...walkKeys(schema)].filter(
      (path) => forbidden.has(path.at(-1) ?? '') && path.at(-2) !== 'properties',
    );
    expect(found).toEqual([]);
  });

  test('test_date_pattern, test_date_format: a date has a pattern, and a pattern of dates a format', () => {
    expect(
      faulty(({ schema }) => String(schema['format']).startsWith('date') && schema['pattern'] === undefined),
    ).toEqual([]);
    expect(
      faulty(
        ({ schema }) =>
          String(schema['pattern']).includes('[0-9]{4}-[0-9]{2}-[0-9]{2}') && schema['format'] === undefined,
      ),
    ).toEqual([]);
  });

  test('test_duplicate_order: unique within each object and group', () => {
    for (const { schema, path } of nodes) {
      const orders = Object.values(asObject(schema['properties']))
        .map(asObject)
        .filter((property) => property['order'] !== undefined);
      const keys = orders.map((property) => `${String(property['group'])} ${String(property['order'])}`);
      expect(new Set(keys).size, path.join('.')).toBe(keys.length);
    }
  });

  test('test_nested_group: only on the top level', () => {
    expect(faulty(({ path, schema }) => path.length > 2 && schema['group'] !== undefined)).toEqual([]);
  });

  test('test_display_type: only on oneOf', () => {
    expect(
      faulty(
        ({ schema }) =>
          schema['display_type'] !== undefined &&
          !(schema['oneOf'] !== undefined && ['dropdown', 'radio'].includes(String(schema['display_type']))),
      ),
    ).toEqual([]);
  });

  test('test_defined_refs_exist_in_json_schema: there are none', () => {
    expect([...walkKeys(spec)].filter((path) => path.at(-1) === '$ref')).toEqual([]);
  });

  test('test_oauth_flow_parameters: every path of advanced_auth leads to a property', () => {
    const auth = asObject(spec['advanced_auth']);
    const specification = asObject(auth['oauth_config_specification']);
    const properties = [...walkSchema({ properties: specification })].concat(
      Object.values(specification).flatMap((part) => [...walkSchema(asObject(part))]),
    );
    const paths = properties.flatMap(({ schema }) =>
      schema['path_in_connector_config'] ? [schema['path_in_connector_config'] as string[]] : [],
    );
    expect(paths.length).toBeGreaterThan(0);
    for (const path of [...paths, auth['predicate_key'] as string[]])
      expect(resolveProperty(schema, path), path.join('.')).toBe(true);
  });

  test('test_oauth_is_default_method: the first option is the one that advanced_auth is for', () => {
    const auth = asObject(spec['advanced_auth']);
    const [parent = '', tag = ''] = auth['predicate_key'] as string[];
    const [first] = asObject(asObject(schema['properties'])[parent])['oneOf'] as Schema[];
    expect(asObject(asObject(first?.['properties'])[tag])['const']).toBe(auth['predicate_value']);
  });

  test('test_additional_properties_is_true, wherever it stands', () => {
    expect(
      faulty(({ schema }) => schema['additionalProperties'] !== undefined && schema['additionalProperties'] !== true),
    ).toEqual([]);
    expect(schema['additionalProperties']).toBe(true);
  });

  test('every property has what a form needs: title, description and order', () => {
    expect(
      faulty(
        ({ path, schema }) =>
          path.at(-2) === 'properties' &&
          schema['const'] === undefined &&
          (!schema['title'] || !schema['description'] || schema['order'] === undefined),
      ),
    ).toEqual([]);
  });

  // Not a skipped test in the other form: there is no image in it.
  if (form !== 'the image') return;
  test('test_image_labels, test_image_environment_variables', () => {
    const [image] = JSON.parse(docker('image', 'inspect', imageTag)) as {
      Config: { Labels: Schema; Env: string[]; Entrypoint: string[] };
    }[];
    const metadata = readFileSync(resolve(root, 'metadata.yaml'), 'utf8');
    expect(image?.Config.Labels['io.airbyte.name']).toBe(/dockerRepository: (\S+)/.exec(metadata)?.[1]);
    expect(image?.Config.Labels['io.airbyte.version']).toBe(/dockerImageTag: (\S+)/.exec(metadata)?.[1]);
    expect(image?.Config.Env).toContain(`AIRBYTE_ENTRYPOINT=${image?.Config.Entrypoint.join(' ')}`);
  });
});

/** Whether a path of property names leads somewhere, through any option of a oneOf on the way. */
function resolveProperty(schema: Schema, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  const candidates = [schema, ...((schema['oneOf'] as Schema[] | undefined) ?? [])];
  return candidates.some((candidate) => {
    const property = asObject(candidate['properties'])[name];
    return property !== undefined && resolveProperty(asObject(property), rest);
  });
}

import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import spec from '../../spec.json' with { type: 'json' };
import { readConfig } from './config.ts';
import { ModstampError } from '../errors.ts';

const oauth = { auth_type: 'oauth', client_id: 'id', client_secret: 'very-secret', refresh_token: 'token-1' };
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const pkcs8 = key.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('defaults', () => {
  test('the smallest configuration gets every default', () => {
    const config = readConfig({ credentials: oauth });
    expect(config).toEqual({
      credentials: { authType: 'oauth', clientId: 'id', clientSecret: 'very-secret', refreshToken: 'token-1' },
      isSandbox: false,
      loginUrl: undefined,
      apiVersion: '58.0',
      naming: 'segment',
      schemaName: undefined,
      startDate: undefined,
      lookbackMs: 600_000,
      streamsCriteria: [],
      onNewProperty: 'forward',
      hardDeletes: false,
      quotaReservePercent: undefined,
      numWorkers: 10,
      blobs: undefined,
      segmentColumns: false,
      streamsPreset: 'all',
      referenceTypes: false,
      syncReport: false,
      idRedirects: false,
      dataDictionary: false,
      formulaRefreshHours: undefined,
      raw: { credentials: oauth },
    });
  });

  test('the configuration is frozen to its leaves, what was read stays as it was', () => {
    const raw = { credentials: { ...oauth }, streams_criteria: [{ value: 'Acc' }] };
    const config = readConfig(raw);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.streamsCriteria[0])).toBe(true);
    expect(Object.isFrozen(config.raw['credentials'])).toBe(true);
    expect(Object.isFrozen(raw.credentials)).toBe(false);
    expect(raw).toEqual({ credentials: oauth, streams_criteria: [{ value: 'Acc' }] });
    expect(config.streamsCriteria).toEqual([{ criteria: 'contains', value: 'Acc' }]);
  });

  test('blobs without limits get the limits of the specification', () => {
    expect(readConfig({ credentials: oauth, blobs: {} }).blobs).toEqual({
      maxBytesPerRecord: 10_485_760,
      maxBytesPerSync: 1_073_741_824,
    });
  });

  test('blank strings and nulls count as absent, unknown members are ignored and kept in raw', () => {
    const raw = {
      credentials: oauth,
      schema_name: '  ',
      start_date: null,
      login_url: '',
      quota_reserve_percent: null,
      _note: 'x',
    };
    const config = readConfig(raw);
    expect([config.schemaName, config.startDate, config.loginUrl, config.quotaReservePercent]).toEqual(
      Array(4).fill(undefined),
    );
    expect(config.raw).toEqual(raw);
  });

  test('texts stand for booleans and numbers, as templates give them', () => {
    const config = readConfig({
      credentials: oauth,
      is_sandbox: 'true',
      hard_deletes: 'false',
      num_workers: '4',
      api_version: 62,
    });
    expect([config.isSandbox, config.hardDeletes, config.numWorkers, config.apiVersion]).toEqual([
      true,
      false,
      4,
      '62.0',
    ]);
  });
});

describe('the login', () => {
  test("a configuration of Airbyte's own connector works unchanged", () => {
    const config = readConfig({
      auth_type: 'Client',
      client_id: 'id',
      client_secret: 'very-secret',
      refresh_token: 'token-1',
      is_sandbox: 'true',
      start_date: '2021-07-25T00:00:00Z',
      force_use_bulk_api: false,
      stream_slice_step: 'P30D',
      lookback_window: 'PT10M',
      streams_criteria: [{ criteria: 'starts with', value: 'Acc' }],
      preserve_na_values: true,
      num_workers: 20,
    });
    expect(config.credentials).toEqual({
      authType: 'oauth',
      clientId: 'id',
      clientSecret: 'very-secret',
      refreshToken: 'token-1',
    });
    expect(config.startDate).toBe('2021-07-25T00:00:00.000Z');
  });

  test('its JWT login is lifted as well', () => {
    const config = readConfig({ auth_type: 'JWT', client_id: 'id', username: 'etl@acme.com', private_key: pkcs8 });
    expect(config.credentials).toEqual({
      authType: 'jwt',
      clientId: 'id',
      username: 'etl@acme.com',
      privateKey: pkcs8,
    });
  });

  test.each([
    [
      { auth_type: 'jwt', client_id: 'id', username: 'u', private_key: 'abc' },
      'credentials.private_key must be a whole private key',
    ],
    [{ auth_type: 'oauth', client_id: 'id' }, 'credentials.refresh_token is missing'],
    [
      { auth_type: 'Basic' },
      'credentials.auth_type must be one of oauth, client_credentials, jwt, password, got "Basic"',
    ],
    [{ auth_type: 'client_credentials', client_id: 'id', client_secret: 's3cret' }, 'login_url is missing'],
    [{}, 'credentials.client_id is missing'],
    ['abc', 'credentials must be an object'],
  ])('%j is refused: %s', (credentials, sentence) => {
    expect(() => readConfig({ credentials })).toThrow(sentence);
  });

  test.each(['https://login.salesforce.com', 'test.salesforce.com', 'https://Login.salesforce.com/?a=b'])(
    "client credentials need the org's own domain, not %s",
    (login_url) => {
      const credentials = { auth_type: 'client_credentials', client_id: 'id', client_secret: 's3cret' };
      expect(() => readConfig({ credentials, login_url })).toThrow("login_url must be the org's own domain");
      expect(readConfig({ credentials, login_url: 'https://acme.my.salesforce.com' }).loginUrl).toMatch(/acme/);
    },
  );

  test('pasted values lose the white space round them, a password keeps it', () => {
    const config = readConfig({
      credentials: {
        auth_type: 'password',
        client_id: ' id\n',
        client_secret: 's3cret\n',
        username: 'u ',
        password: ' p w ',
        security_token: '',
      },
    });
    expect(config.credentials).toEqual({
      authType: 'password',
      clientId: 'id',
      clientSecret: 's3cret',
      username: 'u',
      password: ' p w ',
      securityToken: '',
    });
  });
});

describe('complaints', () => {
  test('all come at once, in one sentence, as a configuration error', () => {
    const read = () =>
      readConfig({ credentials: { ...oauth, refresh_token: ' ' }, lookback_window: '10 minutes', num_workers: 0 });
    expect(read).toThrow(ModstampError);
    expect(read).toThrow(
      'The configuration has 3 problems: credentials.refresh_token is missing; ' +
        'lookback_window must be an ISO 8601 duration such as PT10M, got "10 minutes"; num_workers must be 1 or more, got 0.',
    );
  });

  test.each([
    [[], 'an array'],
    ['x', 'a string'],
    [null, 'nothing'],
    [3, 'a number'],
  ])('%j is no configuration', (raw, type) => {
    expect(() => readConfig(raw, 'The file c.json')).toThrow(`The file c.json must be a JSON object, got ${type}.`);
  });

  test.each([
    [{ naming: 'fivetran' }, 'naming must be one of segment, snake, api, got "fivetran"'],
    [
      { streams_criteria: [{ criteria: 'like', value: 'x' }] },
      'streams_criteria[0].criteria must be one of starts with',
    ],
    [{ streams_criteria: [{ criteria: 'contains' }] }, 'streams_criteria[0].value is missing'],
    [{ is_sandbox: 'yes' }, 'is_sandbox must be true or false, got "yes"'],
    [
      { start_date: '2026-02-30' },
      'a problem: start_date must be a date YYYY-MM-DD or a date-time YYYY-MM-DDTHH:mm:ssZ, got "2026-02-30".',
    ],
    [
      { start_date: 'yesterday' },
      'a problem: start_date must be a date YYYY-MM-DD or a date-time YYYY-MM-DDTHH:mm:ssZ, got "yesterday".',
    ],
    [{ lookback_window: '-PT10M' }, 'lookback_window must be an ISO 8601 duration'],
    [{ lookback_window: 'P' }, 'lookback_window must be an ISO 8601 duration'],
    [{ lookback_window: 'P3Y' }, 'lookback_window must not be longer than a year'],
    [{ api_version: '46.0' }, 'api_version must be 47.0 or later'],
    [{ api_version: 'latest' }, 'api_version must be a version such as 58.0'],
    [{ quota_reserve_percent: 100 }, 'quota_reserve_percent must be 99 or less'],
    [{ login_url: 'http://acme.my.salesforce.com' }, 'login_url must begin with https://'],
    [{ login_url: 'ftp://acme.my.salesforce.com' }, 'login_url must begin with https://'],
    [{ login_url: 'https://me:pw@acme.my.salesforce.com' }, 'login_url must not contain a user name or password.'],
  ])('%j: %s', (part, sentence) => {
    expect(() => readConfig({ credentials: oauth, ...part })).toThrow(sentence);
  });

  test("of any shape is read or refused as the configuration's fault", () => {
    const json = fc.jsonValue({ maxDepth: 2 });
    const names = Object.keys(spec.connectionSpecification.properties);
    const shaped = fc.dictionary(fc.constantFrom(...names), fc.oneof(json, fc.string()));
    fc.assert(
      fc.property(fc.oneof(json, shaped, shaped.map((values) => ({ credentials: oauth, ...values }))), (raw) => {
        try {
          expect(Object.isFrozen(readConfig(raw))).toBe(true);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ModstampError);
          expect(thrown).toMatchObject({ failureType: 'config_error', message: expect.stringMatching(/^[A-Z].*\.$/s) });
        }
      }),
      { numRuns: 1000 },
    ); // prettier-ignore
  });

  test('no secret is in the sentence, whatever is wrong with it', () => {
    fc.assert(
      fc.property(fc.constantFrom('client_secret', 'refresh_token'), fc.string({ minLength: 8 }), (name, secret) => {
        const read = () => readConfig({ credentials: { ...oauth, [name]: [secret] }, num_workers: 0 });
        expect(read).toThrow(`credentials.${name} must be a text`);
        try {
          read();
        } catch (thrown) {
          expect(String(thrown)).not.toContain(JSON.stringify(secret));
        }
      }),
    );
  });
});

describe('values', () => {
  test.each([
    ['acme.my.salesforce.com', 'https://acme.my.salesforce.com'],
    ['https://acme.my.salesforce.com/', 'https://acme.my.salesforce.com'],
    [' HTTPS://Acme.my.salesforce.com/home/home.jsp?x=1 ', 'https://acme.my.salesforce.com'],
    [
      'https://acme--uat.sandbox.lightning.force.com/lightning/page/home',
      'https://acme--uat.sandbox.my.salesforce.com',
    ],
    ['acme.my.salesforce-setup.com', 'https://acme.my.salesforce.com'],
    ['https://agency.my.salesforce.mil', 'https://agency.my.salesforce.mil'],
    ['https://agency--dev.sandbox.lightning.crmforce.mil/one', 'https://agency--dev.sandbox.my.salesforce.mil'],
    ['https://hua.my.sfcrmproducts.cn', 'https://hua.my.sfcrmproducts.cn'],
    ['https://hua.my.sfcrmapps.cn', 'https://hua.my.sfcrmapps.cn'],
    ['https://hua.lightning.sfcrmapps.cn/lightning', 'https://hua.my.sfcrmproducts.cn'],
    ['http://practice.localhost:8123', 'http://practice.localhost:8123'],
    ['http://127.0.0.1:8123', 'http://127.0.0.1:8123'],
    ['localhost:8123', 'http://localhost:8123'],
    ['http://[::1]:8123/', 'http://[::1]:8123'],
    ['https://localhost', 'https://localhost'],
  ])('login_url %s means %s', (login_url, origin) => {
    expect(readConfig({ credentials: oauth, login_url }).loginUrl).toBe(origin);
  });

  test.each([
    ['2024-01-01', '2024-01-01T00:00:00.000Z'],
    ['2024-02-29T12:30Z', '2024-02-29T12:30:00.000Z'],
    ['2024-01-01 12:30:15', '2024-01-01T12:30:15.000Z'],
    ['2024-01-01T00:00:00.5+0200', '2023-12-31T22:00:00.500Z'],
    ['2024-01-01T00:00:00-05:30', '2024-01-01T05:30:00.000Z'],
  ])('start_date %s means %s', (start_date, moment) => {
    expect(readConfig({ credentials: oauth, start_date }).startDate).toBe(moment);
  });

  test.each([
    ['PT0S', 0],
    ['PT10M', 600_000],
    ['PT1H30M', 5_400_000],
    ['P1D', 86_400_000],
    ['P1DT0.5S', 86_400_500],
    ['P2W', 1_209_600_000],
    ['P1M', 2_592_000_000],
    ['PT1M', 60_000],
    ['P1Y', 31_536_000_000],
  ])('lookback_window %s is %d ms', (lookback_window, lookbackMs) => {
    expect(readConfig({ credentials: oauth, lookback_window }).lookbackMs).toBe(lookbackMs);
  });

  test.each(['58', 'v58.0', '58.0'])('api_version %s is 58.0', (api_version) => {
    expect(readConfig({ credentials: oauth, api_version }).apiVersion).toBe('58.0');
  });

  test('every example of the specification is accepted', () => {
    const properties: Record<string, { readonly examples?: readonly unknown[] }> =
      spec.connectionSpecification.properties;
    for (const [name, { examples = [] }] of Object.entries(properties)) {
      if (name === 'credentials') continue;
      expect(examples.length, name).toBeGreaterThan(0);
      for (const example of examples) expect(() => readConfig({ credentials: oauth, [name]: example })).not.toThrow();
    }
  });
});

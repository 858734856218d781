import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import spec from '../../spec.json' with { type: 'json' };
import { readConfig } from './config.ts';

const validate = new Ajv({ strict: false, validateFormats: false }).compile(spec.connectionSpecification);
const oauth = { auth_type: 'oauth', client_id: 'id', client_secret: 'very-secret', refresh_token: 'token-1' };

describe('spec.json as a host applies it', () => {
  test.each<[string, object]>([
    ['a login in credentials', { credentials: oauth }],
    [
      "the flat login of Airbyte's own connector",
      { ...oauth, auth_type: 'Client', start_date: '2021-07-25T00:00:00Z', stream_slice_step: 'P30D', num_workers: 20 },
    ],
    ['all values', {
      credentials: oauth, is_sandbox: true, login_url: 'acme.my.salesforce.com', naming: 'api', schema_name: 's', start_date: '2024-01-01',
      streams_criteria: [{ criteria: 'not exacts', value: 'X' }], on_new_property: 'resync', hard_deletes: true, segment_columns: true,
      formula_refresh_hours: 24, lookback_window: 'P1DT2H', blobs: { max_bytes_per_record: 1 }, api_version: '62.0',
      quota_reserve_percent: 12.5, num_workers: 1, nobody_knows: {},
    }],
    ['an app without a secret', { credentials: { auth_type: 'oauth', client_id: 'i', refresh_token: 'r' } }],
  ])('takes what the reader takes: %s', (_, config) => {
    expect(validate(config)).toBe(true);
    expect(() => readConfig(config)).not.toThrow();
  }); // prettier-ignore

  test.each<[string, object]>([
    ['no client ID', { credentials: { ...oauth, client_id: undefined } }],
    ['an unknown login', { credentials: { ...oauth, auth_type: 'pigeon' } }],
    ['no duration', { credentials: oauth, lookback_window: '10 minutes' }],
    ['no date', { credentials: oauth, start_date: 'yesterday' }],
    ['an unknown naming', { credentials: oauth, naming: 'camel' }],
    ['a whole allowance kept', { credentials: oauth, quota_reserve_percent: 100 }],
  ])('refuses what the reader refuses: %s', (_, config) => {
    const json: unknown = JSON.parse(JSON.stringify(config));
    expect(validate(json)).toBe(false);
    expect(() => readConfig(json)).toThrow();
  });
});

describe('the OAuth form', () => {
  const form = spec.advanced_auth.oauth_config_specification.oauth_connector_input_specification;
  const values = {
    client_id_param: 'client_id=ID', redirect_uri_param: 'redirect_uri=R', scope_param: 'scope=S', state_param: 'state=T',
    state_value: 'T', client_id_value: 'ID', client_secret_value: 'SECRET', redirect_uri_value: 'R', auth_code_value: 'CODE',
  }; // prettier-ignore

  test.each([
    [{ is_sandbox: 'false' }, 'https://login.salesforce.com'],
    [{}, 'https://login.salesforce.com'],
    [{ is_sandbox: 'true' }, 'https://test.salesforce.com'],
    [{ is_sandbox: 'true', login_url: 'https://acme.my.salesforce.com/' }, 'https://acme.my.salesforce.com'],
    [{ login_url: 'acme.my.salesforce.com' }, 'https://acme.my.salesforce.com'],
  ])('with %j leads to %s', (input, origin) => {
    const consent = new URL(render(form.consent_url, { ...values, ...input }));
    expect(consent.origin + consent.pathname).toBe(`${origin}/services/oauth2/authorize`);
    expect(Object.fromEntries(consent.searchParams)).toEqual({
      response_type: 'code', client_id: 'ID', redirect_uri: 'R', scope: 'S', state: 'T',
      code_challenge_method: 'S256', code_challenge: 'a-b_c',
    }); // prettier-ignore
    expect(render(form.access_token_url, { ...values, ...input })).toBe(`${origin}/services/oauth2/token`);
  });

  test('trades the code for a refresh token, with the proof of who asked for it', () => {
    const params = Object.entries(form.access_token_params).map(([key, template]) => [key, render(template, values)]);
    expect(Object.fromEntries(params)).toEqual({
      grant_type: 'authorization_code', client_id: 'ID', client_secret: 'SECRET', redirect_uri: 'R', code: 'CODE', code_verifier: 'T',
    }); // prettier-ignore
    expect(form.scope.split(' ').sort()).toEqual(['api', 'refresh_token']);
  });
});

/**
 * As much of Jinja as the platform lets such a form use: values, if with an equality, the filters replace and
 * codechallengeS256 (which stands here for a hash of which only the padding and the alphabet matter).
 */
function render(template: string, values: Readonly<Record<string, string>>): string {
  const inner =
    /\{% if (\w+)(?: == '(\w+)')? %\}((?:(?!\{% if)[\s\S])*?)\{% else %\}((?:(?!\{% if)[\s\S])*?)\{% endif %\}/;
  const match = inner.exec(template);
  if (match) {
    const [whole, name = '', expected, yes = '', no = ''] = match;
    const holds = expected === undefined ? Boolean(values[name]) : values[name] === expected;
    return render(template.replace(whole, () => (holds ? yes : no)), values); // prettier-ignore
  }
  return template.replace(/\{\{ (.+?) \}\}/g, (_, expression: string) => {
    const [name = '', ...filters] = expression.split(' | ');
    return filters.reduce((value, filter) => {
      if (filter === 'codechallengeS256') return 'a+b/c=';
      const [, from = '', to = ''] = /^replace\('(.*)', '(.*)'\)$/.exec(filter) ?? [];
      expect(from).not.toBe('');
      return value.replaceAll(from, to);
    }, values[name] ?? '');
  });
}

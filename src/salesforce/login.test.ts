import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import type { Credentials } from '../config/credentials.ts';
import { createLogin, loginOriginOf, type LoginOptions } from './login.ts';
import { classify, readErrorBody } from './refusal.ts';
import { ORG_ID, tokenBody } from './testing/scripted-host.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const jwt: Credentials = { authType: 'jwt', clientId: 'key', username: 'a@b.example', privateKey: pkcs8 };
const password: Credentials = {
  authType: 'password',
  clientId: 'key',
  clientSecret: 'secret',
  username: 'a@b.example',
  password: 'pass',
  securityToken: 'TOKEN',
};
const clientCredentials: Credentials = { authType: 'client_credentials', clientId: 'key', clientSecret: 'secret' };

/** Logs in with a login host that answers each form by `answer`; returns the forms, and the grant or error. */
async function logIn(
  credentials: Credentials,
  options: Partial<LoginOptions> = {},
  answer: (form: URLSearchParams) => object = () => tokenBody('https://acme.my.salesforce.com'),
) {
  const forms: URLSearchParams[] = [];
  const login = createLogin({
    credentials,
    isSandbox: false,
    loginOrigin: loginOriginOf(undefined, false),
    signal: AbortSignal.timeout(5000),
    now: () => Date.now(),
    onRefreshToken: async () => {},
    ...options,
    send: async (request) => {
      const form = new URLSearchParams(request.body);
      forms.push(form);
      const bytes = new TextEncoder().encode(JSON.stringify(answer(form)));
      if (!('error' in answer(form))) return { status: 200, headers: {}, bytes };
      throw classify({ place: 'login', host: 'x', purpose: 'log in', status: 400, ...readErrorBody(bytes) });
    },
  });
  const outcome = await login().then(
    (grant) => ({ grant }),
    (error: unknown) => ({ error }),
  );
  return { forms, ...outcome };
}

const audienceOf = async (form: URLSearchParams | undefined, key: KeyObject = publicKey) =>
  (await jwtVerify(form?.get('assertion') ?? '', key)).payload.aud;

test('the password flow sends the password with the security token behind it', async () => {
  const { forms, ...outcome } = await logIn(password);
  expect(Object.fromEntries(forms[0] ?? [])).toEqual({
    grant_type: 'password',
    client_id: 'key',
    client_secret: 'secret',
    username: 'a@b.example',
    password: 'passTOKEN',
  });
  expect(outcome).toMatchObject({ grant: { accessToken: 'token-1', organizationId: ORG_ID } });
});

test('the JWT is signed with RS256 by the key, and lives for three minutes', async () => {
  const { forms } = await logIn(jwt);
  const { payload, protectedHeader } = await jwtVerify(forms[0]?.get('assertion') ?? '', publicKey);
  expect(protectedHeader.alg).toBe('RS256');
  expect(payload).toMatchObject({ iss: 'key', sub: 'a@b.example', aud: 'https://login.salesforce.com' });
  expect((payload.exp ?? 0) * 1000 - Date.now()).toBeGreaterThan(170_000);
  expect((payload.exp ?? 0) * 1000 - Date.now()).toBeLessThan(181_000);
});

test.each([
  ['https://acme.my.salesforce.com', false, 'https://login.salesforce.com'],
  ['https://acme--dev.sandbox.my.salesforce.com', false, 'https://test.salesforce.com'],
  ['https://agency.my.salesforce.mil', true, 'https://test.salesforce.com'],
  ['https://test.salesforce.com', true, 'https://test.salesforce.com'],
])('the audience of a login at %s (sandbox: %s) is %s', async (loginOrigin, isSandbox, audience) => {
  const { forms } = await logIn(jwt, { loginOrigin, isSandbox });
  expect(await audienceOf(forms[0])).toBe(audience);
});

test('where the audience is refused, the login host itself is tried, once', async () => {
  const refused = { error: 'invalid_grant', error_description: 'audience is invalid' };
  const loginOrigin = 'https://site.example.my.site.com';
  const { forms, ...outcome } = await logIn(jwt, { loginOrigin }, () => refused);
  expect(await Promise.all(forms.map((form) => audienceOf(form)))).toEqual([
    'https://login.salesforce.com',
    loginOrigin,
  ]);
  expect(outcome).toMatchObject({ error: { fault: 'audience_refused' } });
});

test('another refusal of the JWT is not tried again', async () => {
  const { forms, ...outcome } = await logIn(jwt, { loginOrigin: 'https://acme.my.salesforce.com' }, () => ({
    error: 'invalid_grant',
    error_description: "user hasn't approved this consumer",
  }));
  expect(forms).toHaveLength(1);
  expect(outcome).toMatchObject({ error: { fault: 'login_refused', failureType: 'config_error' } });
});

test('client credentials go as they are', async () => {
  const { forms } = await logIn(clientCredentials, { loginOrigin: 'https://acme.my.salesforce.com' });
  expect(Object.fromEntries(forms[0] ?? [])).toEqual({
    grant_type: 'client_credentials',
    client_id: 'key',
    client_secret: 'secret',
  });
});

test('the org is known by its token where the answer has no identity URL', async () => {
  const opaque = { access_token: '00Dxx0000001gERE!AQ4AQ', id: undefined };
  const outcome = await logIn(password, {}, () => tokenBody('https://acme.my.salesforce.com', opaque));
  expect(outcome).toMatchObject({ grant: { organizationId: '00Dxx0000001gERE' } });
});

test('the login host follows the config', () => {
  expect(loginOriginOf(undefined, false)).toBe('https://login.salesforce.com');
  expect(loginOriginOf(undefined, true)).toBe('https://test.salesforce.com');
  expect(loginOriginOf('https://acme.my.salesforce.com', true)).toBe('https://acme.my.salesforce.com');
});

test.each([
  ['https://acme.my.salesforce.com/', 'https://acme.my.salesforce.com'],
  ['acme.my.salesforce.com', 'https://acme.my.salesforce.com'],
  ['https://hua.my.sfcrmproducts.cn', 'https://hua.my.sfcrmproducts.cn'],
  ['http://127.0.0.1:8123', 'http://127.0.0.1:8123'],
])('two members are token answer enough; instance_url %s is %s', async (instanceUrl, instance) => {
  const { grant } = (await logIn(password, {}, () => ({ access_token: 'opaque', instance_url: instanceUrl }))) as {
    grant?: object;
  };
  expect(grant).toEqual({ accessToken: 'opaque', instanceUrl: instance, organizationId: '' });
});

test.each([{}, { instance_url: 'https://' }, { instance_url: 7 }])(
  'a token answer without its members fails, and its error names no value: %j',
  async (members) => {
    const { error } = (await logIn(password, {}, () => ({ access_token: 'very-secret', ...members }))) as {
      error?: { internal: string };
    };
    expect(error).toMatchObject({ fault: 'unexpected_answer' });
    expect(error?.internal).not.toContain('very-secret');
  },
);

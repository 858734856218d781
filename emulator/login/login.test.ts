import { generateKeyPairSync } from 'node:crypto';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refreshForm, visit, type Reply, type Visitor } from '../visitor.ts';

let visitor: Visitor;

beforeEach(async () => {
  visitor = await visit();
});

afterEach(() => visitor.close());

const token = (form: Record<string, string>, headers?: Record<string, string>): Promise<Reply> =>
  visitor.send('POST', '/services/oauth2/token', new URLSearchParams(form), headers);

/** The answer to a request that a proxy led here; fetch lets nobody choose the Host header. */
function tokenAt(host: string, form: Record<string, string>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request(`${visitor.url}/services/oauth2/token`, { method: 'POST', headers: { host } }, (answer) => {
      json(answer).then(resolve, reject);
    });
    asked.on('error', reject).end(new URLSearchParams(form).toString());
  });
}

describe('the token endpoint', () => {
  it('gives a session for a refresh token', async () => {
    const { status, body } = await token(refreshForm);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(
      expect.arrayContaining(['access_token', 'signature', 'scope', 'instance_url', 'id', 'token_type', 'issued_at']),
    );
    expect(body.access_token).toMatch(/^00D\w{12}![\w.]{96}$/);
    expect(body.instance_url).toBe(visitor.url);
    expect(body.issued_at).toMatch(/^\d{13}$/);
    expect(body).not.toHaveProperty('expires_in');
  });

  it.each([
    [{ refresh_token: 'other' }, 'invalid_grant', 'expired access/refresh token'],
    [{ client_id: 'other' }, 'invalid_client_id', 'client identifier invalid'],
    [{ client_secret: 'other' }, 'invalid_client', 'invalid client credentials'],
    [{ grant_type: 'device' }, 'unsupported_grant_type', 'grant type not supported'],
    [{ grant_type: 'password', username: 'x', password: 'y' }, 'invalid_grant', 'authentication failure'],
    [
      { grant_type: 'password', username: 'admin@practice.example', password: 'practice-password' },
      'invalid_grant',
      'authentication failure',
    ],
  ])('refuses %o', async (wrong, error, error_description) => {
    const { status, body } = await token({ ...refreshForm, ...wrong });
    expect(status).toBe(400);
    expect(body).toEqual({ error, error_description });
  });

  it('takes client credentials from the body and from HTTP Basic', async () => {
    const basic = Buffer.from('practice-client:practice-secret').toString('base64');
    const { grant_type: _grant, refresh_token: _token, ...client } = refreshForm;
    expect((await token({ ...client, grant_type: 'client_credentials' })).status).toBe(200);
    const byHeader = await token({ grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` });
    expect(byHeader.body).toMatchObject({ token_type: 'Bearer', scope: 'api' });
  });

  it('gives client credentials nothing at the common login hosts', async () => {
    const { refresh_token: _token, ...client } = refreshForm;
    expect(await tokenAt('login.salesforce.com', { ...client, grant_type: 'client_credentials' })).toEqual({
      error: 'invalid_grant',
      error_description: 'request not supported on this domain',
    });
    expect(await tokenAt('test.salesforce.com', refreshForm)).toMatchObject({ instance_url: visitor.url });
  });

  it('takes user, password and security token', async () => {
    const form = { ...refreshForm, grant_type: 'password', username: 'admin@practice.example' };
    expect((await token({ ...form, password: 'practice-passwordpracticetoken' })).status).toBe(200);
  });

  it('names the instance that the org lives on', async () => {
    await visitor.control('settings', { instanceUrl: 'http://localhost:9' });
    expect((await token(refreshForm)).body.instance_url).toBe('http://localhost:9');
  });

  it('is answered as the settings say where logins are refused', async () => {
    const loginRefusal = { error: 'invalid_grant', error_description: 'inactive user' };
    await visitor.control('settings', { loginRefusal });
    expect((await token(refreshForm)).body).toEqual(loginRefusal);
  });
});

describe('a JWT assertion', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });

  const assertion = (
    changes: { aud?: string; iss?: string; sub?: string; expiresInS?: number } = {},
    key = privateKey,
  ) =>
    new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(changes.iss ?? 'practice-client')
      .setSubject(changes.sub ?? 'admin@practice.example')
      .setAudience(changes.aud ?? 'https://login.salesforce.com')
      .setExpirationTime(Math.floor(Date.now() / 1000) + (changes.expiresInS ?? 180))
      .sign(key);

  const present = async (text: string) =>
    (await token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: text })).body;

  beforeEach(async () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    await visitor.control('jwt-key', { client_id: 'practice-client', username: 'admin@practice.example', pem });
  });

  it('gives a session, never a refresh token', async () => {
    const body = await present(await assertion());
    expect(Object.keys(body)).toEqual(['access_token', 'scope', 'instance_url', 'id', 'token_type']);
  });

  it('is refused for a wrong key, audience, user, app or time', async () => {
    expect(await present(await assertion({}, other.privateKey))).toMatchObject({
      error_description: 'invalid assertion',
    });
    expect(await present(await assertion({ expiresInS: -600 }))).toMatchObject({
      error_description: 'invalid assertion',
    });
    expect(await present('no.jwt')).toMatchObject({ error_description: 'invalid assertion' });
    expect(await present(await assertion({ aud: 'https://x.example' }))).toMatchObject({
      error_description: 'audience is invalid',
    });
    expect(await present(await assertion({ sub: 'x@y.z' }))).toMatchObject({
      error_description: "user hasn't approved this consumer",
    });
    expect(await present(await assertion({ iss: 'x' }))).toMatchObject({ error: 'invalid_client_id' });
  });
});

describe('refresh token rotation', () => {
  it('gives a new token, ends the old session, and ends everything when an old token comes again', async () => {
    await visitor.control('settings', { rotateRefreshToken: true });
    const first = (await token(refreshForm)).body;
    expect(first.refresh_token).not.toBe(refreshForm.refresh_token);
    expect((await visitor.get('/limits')).status).toBe(401);
    const second = (await token({ ...refreshForm, refresh_token: first.refresh_token })).body;
    const asSecond = { authorization: `Bearer ${second.access_token}` };
    expect((await visitor.get('/limits', asSecond)).status).toBe(200);
    expect((await token(refreshForm)).body).toMatchObject({ error_description: 'expired access/refresh token' });
    expect((await visitor.get('/limits', asSecond)).status).toBe(401);
    const third = await token({ ...refreshForm, refresh_token: second.refresh_token });
    expect(third.body).toMatchObject({ error: 'invalid_grant' });
  });

  it('takes the query locators of the ended session with it', async () => {
    visitor.insert('Lead', ...Array.from({ length: 3 }, () => ({ LastName: 'L', Company: 'C' })));
    await visitor.control('settings', { rotateRefreshToken: true, pageRows: 2 });
    const { body } = await visitor.query('SELECT Id FROM Lead');
    await visitor.logIn();
    const next = await visitor.send('GET', body.nextRecordsUrl);
    expect(next.status).toBe(401);
    expect(next.body).toEqual([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]);
  });
});

describe('a session', () => {
  it('ends after as many calls as the settings say, and its locators live on', async () => {
    visitor.insert('Lead', ...Array.from({ length: 3 }, () => ({ LastName: 'L', Company: 'C' })));
    await visitor.control('settings', { sessionLifeCalls: 1, pageRows: 2 });
    const { body } = await visitor.query('SELECT Id FROM Lead');
    expect((await visitor.send('GET', body.nextRecordsUrl)).status).toBe(401);
    await visitor.logIn();
    expect((await visitor.send('GET', body.nextRecordsUrl)).body.records).toHaveLength(1);
  });

  it('is known to userinfo, to the identity URL and to introspection, until it is revoked', async () => {
    const { body } = await token(refreshForm);
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await visitor.send('GET', '/services/oauth2/userinfo', undefined, headers)).body).toMatchObject({
      organization_id: visitor.org.id,
    });
    const identity = await visitor.send('GET', new URL(body.id).pathname, undefined, headers);
    expect(identity.body).toMatchObject({ username: 'admin@practice.example', organization_id: visitor.org.id });
    const form = new URLSearchParams({ ...refreshForm, token: body.access_token });
    expect((await visitor.send('POST', '/services/oauth2/introspect', form)).body.active).toBe(true);
    expect((await visitor.send('POST', '/services/oauth2/revoke', form)).status).toBe(200);
    expect((await visitor.send('POST', '/services/oauth2/introspect', form)).body).toEqual({ active: false });
  });
});

describe('SOAP login', () => {
  const login = (password: string, version = '60.0') =>
    visitor.send(
      'POST',
      `/services/Soap/u/${version}`,
      `<se:Envelope xmlns:se="x"><se:Body><login xmlns="urn:partner.soap.sforce.com"><username>admin@practice.example</username><password>${password}</password></login></se:Body></se:Envelope>`,
      { 'content-type': 'text/xml', soapaction: 'login' },
    );

  it('gives a session that REST takes', async () => {
    const { status, text } = await login('practice-passwordpracticetoken');
    expect(status).toBe(200);
    const sessionId = /<sessionId>([^<]+)</.exec(text)?.[1] ?? '';
    expect((await visitor.get('/limits', { authorization: `Bearer ${sessionId}` })).status).toBe(200);
    expect(text).toContain(`<serverUrl>${visitor.url}/services/Soap/u/60.0/${visitor.org.id}</serverUrl>`);
  });

  it('answers a wrong password with 500 and a fault, and is gone from v65 on', async () => {
    const wrong = await login('nope');
    expect(wrong.status).toBe(500);
    expect(wrong.text).toContain('<sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>');
    expect((await login('practice-passwordpracticetoken', '65.0')).text).toContain('UNSUPPORTED_API_VERSION');
  });
});

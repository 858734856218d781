import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { walkAuthorization } from '../browser.ts';
import { visit, type Reply, type Visitor } from '../visitor.ts';

// RFC 7636, appendix B.
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const CALLBACK = 'http://localhost:1717/OauthRedirect';
const REQUEST = {
  response_type: 'code',
  client_id: 'practice-client',
  redirect_uri: CALLBACK,
  scope: 'api refresh_token',
  state: 'a state',
  prompt: 'login',
  code_challenge: CHALLENGE,
};

let visitor: Visitor;
beforeEach(async () => {
  visitor = await visit();
});
afterEach(() => visitor.close());

const authorizeUrl = (changes: Record<string, string> = {}, without: string[] = []) => {
  const query = new URLSearchParams({ ...REQUEST, ...changes });
  for (const name of without) query.delete(name);
  return `${visitor.url}/services/oauth2/authorize?${query.toString()}`;
};

const queryOf = (url: string) => Object.fromEntries(new URL(url).searchParams);

async function codeOf(url = authorizeUrl()): Promise<string> {
  return queryOf((await walkAuthorization(url)).url)['code'] ?? '';
}

const exchange = (code: string, changes: Record<string, string> = {}): Promise<Reply> =>
  visitor.send(
    'POST',
    '/services/oauth2/token',
    new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      client_id: 'practice-client',
      client_secret: 'practice-secret',
      redirect_uri: CALLBACK,
      code_verifier: VERIFIER,
      ...changes,
    }),
  );

describe('the authorize page', () => {
  it('leads through login and consent to the callback, with a code and the state', async () => {
    const { url, titles } = await walkAuthorization(authorizeUrl());
    expect(titles).toEqual(['Login | Salesforce', 'Allow Access?']);
    expect(url).toMatch(/^http:\/\/localhost:1717\/OauthRedirect\?code=aPrx.+%3D%3D&/);
    expect(queryOf(url)).toMatchObject({ state: 'a state' });
  });

  it('stays on the form where the password is wrong', async () => {
    const { url, titles } = await walkAuthorization(authorizeUrl(), { password: 'wrong' });
    expect(url).toBe(`${visitor.url}/`);
    expect(titles).toEqual(['Login | Salesforce', 'Login | Salesforce']);
  });

  it('tells the app that its user denied', async () => {
    const { url } = await walkAuthorization(authorizeUrl(), { decision: 'deny' });
    expect(url).toContain('error=access_denied&error_description=end-user+denied+authorization&state=a+state');
  });

  it.each([
    [{ client_id: 'other' }, 'invalid_client_id', 'client identifier invalid'],
    [{ redirect_uri: 'http://localhost:1718/OauthRedirect' }, 'redirect_uri_mismatch', 'redirect_uri must match configuration'],
    [{ scope: 'api everything' }, 'invalid_scope', 'the requested scope is not allowed'],
  ])('ends at a page of its own, without a callback, for %o', async (wrong, error, error_description) => {
    const { url, titles } = await walkAuthorization(authorizeUrl(wrong));
    expect(new URL(url).pathname).toBe('/setup/secur/RemoteAccessErrorPage.apexp');
    expect(queryOf(url)).toEqual({ error, error_description });
    expect(titles).toEqual(['OAuth Error']);
  }); // prettier-ignore

  it('wants a proof key, unless the app is set otherwise', async () => {
    const url = authorizeUrl({}, ['code_challenge']);
    const refused = { error: 'invalid_request', error_description: 'missing required code challenge' };
    expect(queryOf((await walkAuthorization(url)).url)).toMatchObject(refused);
    expect(queryOf((await walkAuthorization(authorizeUrl({ code_challenge_method: 'plain' }))).url)).toMatchObject(
      refused,
    );
    await visitor.control('settings', { requirePkce: false });
    expect((await exchange(await codeOf(url), { code_verifier: '' })).body.error).toBe('invalid_grant');
    const { error } = (await exchange(await codeOf(url))).body;
    expect(error).toBe('invalid_grant');
  });

  it('refuses as the settings say: by callback after the login, or on its page before', async () => {
    const blocked = { error: 'OAUTH_APP_BLOCKED', error_description: 'this app is blocked by admin' };
    await visitor.control('settings', { authorizeRefusal: blocked });
    const { url, titles } = await walkAuthorization(authorizeUrl());
    expect([queryOf(url), titles]).toEqual([{ ...blocked, state: 'a state' }, ['Login | Salesforce']]);
    const absent = { error: 'invalid_client', error_description: 'app must be installed into org' };
    await visitor.control('settings', { authorizeRefusal: absent });
    expect((await walkAuthorization(authorizeUrl())).titles).toEqual(['OAuth Error']);
  });
});

describe('a code', () => {
  it('is good for a session and a refresh token of its own, once', async () => {
    const code = await codeOf();
    const { status, body } = await exchange(code);
    expect(status).toBe(200);
    expect(body).toMatchObject({ instance_url: visitor.url, scope: 'api refresh_token', token_type: 'Bearer' });
    const form = { grant_type: 'refresh_token', client_id: 'practice-client', client_secret: 'practice-secret' };
    for (const refresh_token of [body.refresh_token, 'practice-refresh-token']) {
      const again = new URLSearchParams({ ...form, refresh_token });
      expect((await visitor.send('POST', '/services/oauth2/token', again)).status).toBe(200);
    }
    const used = { error: 'invalid_grant', error_description: 'expired authorization code' };
    expect((await exchange(code)).body).toEqual(used);
  });

  it('gives no refresh token where the scope has none', async () => {
    expect((await exchange(await codeOf(authorizeUrl({ scope: 'api' })))).body).not.toHaveProperty('refresh_token');
    expect((await exchange(await codeOf(authorizeUrl({}, ['scope'])))).body).toHaveProperty('refresh_token');
  });

  it.each([
    [{ code_verifier: 'other' }, 'invalid_grant', 'invalid code verifier'],
    [{ redirect_uri: 'http://localhost:1/' }, 'redirect_uri_mismatch', 'redirect_uri must match configuration'],
    [{ code: 'aPrxOther' }, 'invalid_grant', 'invalid authorization code'],
    [{ client_secret: 'other' }, 'invalid_client', 'invalid client credentials'],
    [{ client_secret: '' }, 'invalid_client', 'invalid client credentials'],
  ])('is refused with %o', async (wrong, error, error_description) => {
    const { status, body } = await exchange(await codeOf(), wrong);
    expect([status, body]).toEqual([400, { error, error_description }]);
  });

  it('needs no secret where the app asks for none, and a wrong one is refused all the same', async () => {
    await visitor.control('settings', { requireSecret: false });
    expect((await exchange(await codeOf(), { client_secret: '' })).status).toBe(200);
    expect((await exchange(await codeOf(), { client_secret: 'other' })).body.error).toBe('invalid_client');
  });
});

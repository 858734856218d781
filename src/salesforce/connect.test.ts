import { expect, test } from 'vitest';
import { connectionForTest, hostForTest, inTurn, requestFor, textOf } from './testing/org-for-test.ts';
import { connectTo, ORG_ID, SESSION_EXPIRED, tokenBody, type Played } from './testing/scripted-host.ts';

test('a connection knows its org, its version and its instance', async () => {
  const org = await hostForTest(() => undefined);
  const connection = await connectionForTest(org);
  expect(connection.organizationId).toBe(ORG_ID);
  expect(connection.apiVersion).toBe('58.0');
  expect(connection.instanceUrl()).toBe(org.url);
  // Elsewhere the language is the user's: labels of a describe are names of streams.
  expect(org.asked.map(({ headers }) => headers['accept-language'])).toEqual(['en-US', undefined]);
  expect(connection.usage()).toMatchObject({ apiCalls: 0, bulkJobs: 0 });
});

test('a version that is too new is lowered to the newest with a warning, one that is too old is refused', async () => {
  const org = await hostForTest(() => undefined);
  const notices: string[] = [];
  const onNotice = (level: string, text: string) => notices.push(`${level} ${text}`);
  expect((await connectionForTest(org, { apiVersion: '99.0', onNotice })).apiVersion).toBe('62.0');
  expect(notices).toEqual([expect.stringMatching(/^WARN .*99\.0.*62\.0/)]);
  await expect(connectTo(org, { apiVersion: '57.0' })).rejects.toMatchObject({
    fault: 'version_gone',
    failureType: 'config_error',
  });
});

test('an answer is counted, and the allowance is read from its header in each of its forms', async () => {
  const limit = (value: string): Played => ({ body: {}, headers: { 'sforce-limit-info': value } });
  const org = await hostForTest(
    inTurn(limit('api-usage=10/5000'), limit('api-usage=25/5000; per-app-api-usage=17/250(appName=x)'), { body: {} }),
  );
  const connection = await connectionForTest(org);
  await connection.call(requestFor('limits'));
  expect(connection.usage()).toMatchObject({ apiCalls: 1, orgUsed: 10, orgMax: 5000 });
  await connection.call(requestFor('limits'));
  expect(connection.usage()).toMatchObject({ apiCalls: 2, orgUsed: 25, orgMax: 5000 });
  await connection.call(requestFor('limits'));
  expect(connection.usage()).toMatchObject({ apiCalls: 3, orgUsed: 25 });
});

test('an expired session is renewed by one login, however many requests meet it, and all of them succeed', async () => {
  let logins = 0;
  const org = await hostForTest(({ path, headers }) => {
    if (path.endsWith('/token')) return { body: tokenBody(org.url, { access_token: `token-${++logins}` }) };
    if (!path.endsWith('/limits')) return undefined;
    return headers['authorization'] === 'Bearer token-1' ? SESSION_EXPIRED : { body: { ok: true } };
  });
  const connection = await connectionForTest(org);
  const answers = await Promise.all(Array.from({ length: 8 }, () => connection.call(requestFor('limits'))));
  expect(answers.map(({ bytes }) => textOf(bytes))).toEqual(Array(8).fill('{"ok":true}'));
  expect(logins).toBe(2);
});

test('sessions that end sooner than the requests that share them are renewed until all got through', async () => {
  let logins = 0;
  let calls = 0;
  const org = await hostForTest(({ path, headers }) => {
    if (path.endsWith('/token')) {
      calls = 0;
      return { body: tokenBody(org.url, { access_token: `token-${++logins}` }) };
    }
    if (!path.endsWith('/limits')) return undefined;
    return headers['authorization'] === `Bearer token-${logins}` && ++calls <= 3 ? { body: {} } : SESSION_EXPIRED;
  });
  const connection = await connectionForTest(org);
  await Promise.all(Array.from({ length: 8 }, () => connection.call(requestFor('limits'))));
  expect(logins).toBeGreaterThan(2);
});

test('a session that is refused right after its login is tried again after pauses, without another login', async () => {
  const org = await hostForTest(
    inTurn(SESSION_EXPIRED, SESSION_EXPIRED, SESSION_EXPIRED, SESSION_EXPIRED, { body: { ok: true } }),
  );
  const connection = await connectionForTest(org, { mode: 'probe', budgets: { freshSessionMs: 5000 } });
  expect(textOf((await connection.call(requestFor('limits'))).bytes)).toBe('{"ok":true}');
  expect(org.count('/limits')).toBe(5);
  expect(org.count('/token')).toBe(1);
});

test('a session that is refused for a minute after its login is not waited for again', async () => {
  const org = await hostForTest(({ path }) => (path.startsWith('/services/data') ? SESSION_EXPIRED : undefined));
  const startedMs = performance.now();
  await expect(connectTo(org, { budgets: { freshSessionMs: 1000 } })).rejects.toMatchObject({
    fault: 'session_expired',
    failureType: 'config_error',
  });
  expect(performance.now() - startedMs).toBeLessThan(2000);
  expect(org.count('/token')).toBeLessThanOrEqual(3);
});

test('a session that is rejected when fresh stops the sync after one new login', async () => {
  const org = await hostForTest(({ path }) => (path.endsWith('/limits') ? SESSION_EXPIRED : undefined));
  const connection = await connectionForTest(org);
  await expect(connection.call(requestFor('limits'))).rejects.toMatchObject({
    fault: 'session_expired',
    stopsSync: true,
  });
  expect(org.count('/token')).toBe(2);
});

test('a refused renewal is not tried again by later requests', async () => {
  let logins = 0;
  const org = await hostForTest(({ path }) => {
    if (path.endsWith('/limits')) return SESSION_EXPIRED;
    if (!path.endsWith('/token') || ++logins === 1) return undefined;
    return { status: 400, body: { error: 'invalid_grant', error_description: 'expired access/refresh token' } };
  });
  const connection = await connectionForTest(org);
  for (let tries = 0; tries < 3; tries++) {
    await expect(connection.call(requestFor('limits'))).rejects.toMatchObject({
      fault: 'login_refused',
      stopsSync: true,
    });
  }
  expect(logins).toBe(2);
});

test('a rotated refresh token is saved before the session is used, and used for the next login', async () => {
  const events: string[] = [];
  const org = await hostForTest(({ path, body }) => {
    if (path.endsWith('/token')) {
      const used = new URLSearchParams(body).get('refresh_token');
      events.push(`login with ${used}`);
      return {
        body: tokenBody(org.url, {
          refresh_token: used === 'refresh-1' ? 'refresh-2' : 'refresh-3',
          access_token: `for ${used}`,
        }),
      };
    }
    events.push(path);
    return undefined;
  });
  const onRefreshToken = async (token: string) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    events.push(`saved ${token}`);
  };
  await connectionForTest(org, { onRefreshToken });
  expect(events).toEqual(['login with refresh-1', 'saved refresh-2', '/services/data']);
});

test('no request leaves for a host that the login did not name, nor for another path', async () => {
  const org = await hostForTest(() => undefined);
  const connection = await connectionForTest(org);
  for (const path of ['//elsewhere.example/x', '/other/path']) {
    await expect(connection.call({ ...requestFor('x'), path })).rejects.toMatchObject({ fault: 'host_not_allowed' });
  }
  const plain = await hostForTest(({ path }) =>
    path.endsWith('/token') ? { body: tokenBody('http://elsewhere.example') } : undefined,
  );
  await expect(connectTo(plain)).rejects.toMatchObject({ fault: 'host_not_allowed', stopsSync: true });
});

test('a redirect is not followed; it asks the login host where the org is', async () => {
  const away = await hostForTest(() => ({ body: { stolen: true } }));
  const org = await hostForTest(inTurn({ status: 302, headers: { location: away.url } }, { body: { ok: true } }));
  const connection = await connectionForTest(org);
  expect(textOf((await connection.call(requestFor('limits'))).bytes)).toBe('{"ok":true}');
  expect(away.asked).toEqual([]);
  expect(org.count('/token')).toBe(2);
});

test('a login that leads to another org stops the sync', async () => {
  let logins = 0;
  const org = await hostForTest(({ path }) => {
    if (path.endsWith('/limits')) return SESSION_EXPIRED;
    if (!path.endsWith('/token')) return undefined;
    const id = ++logins === 1 ? ORG_ID : '00Dyy0000009zzzEAA';
    return { body: tokenBody(org.url, { id: `https://login.salesforce.com/id/${id}/005xx000001Sv6AAAS` }) };
  });
  const connection = await connectionForTest(org);
  await expect(connection.call(requestFor('limits'))).rejects.toMatchObject({ fault: 'org_changed', stopsSync: true });
});

test('a run goes on where the org has moved to', async () => {
  const notices: string[] = [];
  const next = await hostForTest(inTurn({ body: { moved: true } }));
  let logins = 0;
  const org = await hostForTest(({ path }) => {
    if (path.endsWith('/limits')) return SESSION_EXPIRED;
    return path.endsWith('/token') && ++logins > 1 ? { body: tokenBody(next.url) } : undefined;
  });
  const connection = await connectionForTest(org, { onNotice: (_level, text) => notices.push(text) });
  expect(textOf((await connection.call(requestFor('limits'))).bytes)).toBe('{"moved":true}');
  expect(connection.instanceUrl()).toBe(next.url);
  expect(notices.join()).toContain(next.url);
});

test("the clock is the server's", async () => {
  const date = new Date(Date.now() - 3_600_000).toUTCString();
  const org = await hostForTest(({ path }) =>
    path === '/services/data'
      ? { headers: { date }, body: [{ version: '58.0' }] }
      : path.endsWith('/token')
        ? { headers: { date }, body: tokenBody(org.url) }
        : undefined,
  );
  const connection = await connectionForTest(org);
  expect(Math.abs(connection.now() - Date.parse(date))).toBeLessThan(2000);
});

test('a host that is not there, and one whose name nobody knows, are told apart', async () => {
  const org = await hostForTest(() => undefined);
  const { url } = org;
  await org.close();
  await expect(connectTo({ ...org, url })).rejects.toMatchObject({
    fault: 'unreachable',
    failureType: 'transient_error',
  });
  await expect(connectTo({ ...org, url: 'https://no-such-host.invalid' })).rejects.toMatchObject({
    fault: 'host_unknown',
    failureType: 'config_error',
  });
});

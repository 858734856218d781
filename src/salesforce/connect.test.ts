import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import type { ApiRequest, Connection } from './connection.ts';
import type { Wait } from './patience.ts';
import {
  connectTo,
  ORG_ID,
  SESSION_EXPIRED,
  startHost,
  tokenBody,
  type Played,
  type ScriptedHost,
} from './testing/scripted-host.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const request = (path: string, more: Partial<ApiRequest> = {}): ApiRequest => ({
  method: 'GET',
  path: `/services/data/v58.0/${path}`,
  purpose: `ask ${path}`,
  signal: AbortSignal.timeout(10_000),
  ...more,
});

async function host(script: Parameters<typeof startHost>[0]): Promise<ScriptedHost> {
  const started = await startHost(script);
  open.push(started);
  return started;
}

async function connected(to: ScriptedHost, options: Parameters<typeof connectTo>[1] = {}): Promise<Connection> {
  const connection = await connectTo(to, options);
  open.push(connection);
  return connection;
}

/** Answers `limits` with each of these in turn, the last one for ever. */
function inTurn(...answers: Played[]): (asked: { path: string }) => Played | undefined {
  let turn = 0;
  return ({ path }) => (path.endsWith('/limits') ? answers[Math.min(turn++, answers.length - 1)] : undefined);
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('a connection knows its org, its version and its instance', async () => {
  const org = await host(() => undefined);
  const connection = await connected(org);
  expect(connection.organizationId).toBe(ORG_ID);
  expect(connection.apiVersion).toBe('58.0');
  expect(connection.instanceUrl()).toBe(org.url);
  expect(connection.usage()).toMatchObject({ apiCalls: 0, bulkJobs: 0 });
});

test('a version that is too new is lowered to the newest with a warning, one that is too old is refused', async () => {
  const org = await host(() => undefined);
  const notices: string[] = [];
  const onNotice = (level: string, text: string) => notices.push(`${level} ${text}`);
  expect((await connected(org, { apiVersion: '99.0', onNotice })).apiVersion).toBe('62.0');
  expect(notices).toEqual([expect.stringMatching(/^WARN .*99\.0.*62\.0/)]);
  await expect(connectTo(org, { apiVersion: '57.0' })).rejects.toMatchObject({
    fault: 'version_gone',
    failureType: 'config_error',
  });
});

test('an answer is counted, and the allowance is read from its header in each of its forms', async () => {
  const limit = (value: string): Played => ({ body: {}, headers: { 'sforce-limit-info': value } });
  const org = await host(
    inTurn(limit('api-usage=10/5000'), limit('api-usage=25/5000; per-app-api-usage=17/250(appName=x)'), { body: {} }),
  );
  const connection = await connected(org);
  await connection.call(request('limits'));
  expect(connection.usage()).toMatchObject({ apiCalls: 1, orgUsed: 10, orgMax: 5000 });
  await connection.call(request('limits'));
  expect(connection.usage()).toMatchObject({ apiCalls: 2, orgUsed: 25, orgMax: 5000 });
  await connection.call(request('limits'));
  expect(connection.usage()).toMatchObject({ apiCalls: 3, orgUsed: 25 });
});

test('an expired session is renewed by one login, however many requests meet it, and all of them succeed', async () => {
  let logins = 0;
  const org = await host(({ path, headers }) => {
    if (path.endsWith('/token')) return { body: tokenBody(org.url, { access_token: `token-${++logins}` }) };
    if (!path.endsWith('/limits')) return undefined;
    return headers['authorization'] === 'Bearer token-1' ? SESSION_EXPIRED : { body: { ok: true } };
  });
  const connection = await connected(org);
  const answers = await Promise.all(Array.from({ length: 8 }, () => connection.call(request('limits'))));
  expect(answers.map(({ bytes }) => textOf(bytes))).toEqual(Array(8).fill('{"ok":true}'));
  expect(logins).toBe(2);
});

test('sessions that end sooner than the requests that share them are renewed until all got through', async () => {
  let logins = 0;
  let calls = 0;
  const org = await host(({ path, headers }) => {
    if (path.endsWith('/token')) {
      calls = 0;
      return { body: tokenBody(org.url, { access_token: `token-${++logins}` }) };
    }
    if (!path.endsWith('/limits')) return undefined;
    return headers['authorization'] === `Bearer token-${logins}` && ++calls <= 3 ? { body: {} } : SESSION_EXPIRED;
  });
  const connection = await connected(org);
  await Promise.all(Array.from({ length: 8 }, () => connection.call(request('limits'))));
  expect(logins).toBeGreaterThan(2);
});

test('a session that is rejected when fresh stops the sync after one new login', async () => {
  const org = await host(({ path }) => (path.endsWith('/limits') ? SESSION_EXPIRED : undefined));
  const connection = await connected(org);
  await expect(connection.call(request('limits'))).rejects.toMatchObject({ fault: 'session_expired', stopsSync: true });
  expect(org.count('/token')).toBe(2);
});

test('a refused renewal is not tried again by later requests', async () => {
  let logins = 0;
  const org = await host(({ path }) => {
    if (path.endsWith('/limits')) return SESSION_EXPIRED;
    if (!path.endsWith('/token') || ++logins === 1) return undefined;
    return { status: 400, body: { error: 'invalid_grant', error_description: 'expired access/refresh token' } };
  });
  const connection = await connected(org);
  for (let tries = 0; tries < 3; tries++) {
    await expect(connection.call(request('limits'))).rejects.toMatchObject({ fault: 'login_refused', stopsSync: true });
  }
  expect(logins).toBe(2);
});

test('a rotated refresh token is saved before the session is used, and used for the next login', async () => {
  const events: string[] = [];
  const org = await host(({ path, body }) => {
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
  await connected(org, { onRefreshToken });
  expect(events).toEqual(['login with refresh-1', 'saved refresh-2', '/services/data']);
});

test('trouble of the server is waited out', async () => {
  const html = '<html><h1>Service Unavailable</h1></html>';
  const org = await host(
    inTurn(
      { status: 503, body: html },
      { status: 420, body: html },
      { status: 500, body: '' },
      { status: 406 },
      {
        status: 403,
        body: [
          {
            message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
            errorCode: 'REQUEST_LIMIT_EXCEEDED',
          },
        ],
      },
      { cut: 'before' },
      { cut: 'middle', body: { half: 'a body' } },
      { stall: true, body: { half: 'a body' } },
      { body: { ok: true } },
    ),
  );
  const connection = await connected(org, { budgets: { hostMs: 5000, serverMs: 5000 } });
  expect(textOf((await connection.call(request('limits'))).bytes)).toBe('{"ok":true}');
  expect(org.count('/limits')).toBe(9);
});

test.each<[string, Played]>([
  ['a page of an edge server', { body: '<html>We are down for maintenance</html>' }],
  ['half an answer without a length', { body: '{"half":', headers: { connection: 'close' } }],
  ['nothing', { body: '' }],
])('%s with a good status is asked for again, a few times', async (_, played) => {
  const org = await host(inTurn(played, played, { body: '\n {"ok":true} \n' }));
  const connection = await connected(org, { budgets: { serverMs: 5000 } });
  expect(JSON.parse(textOf((await connection.call(request('limits'))).bytes))).toEqual({ ok: true });

  const down = await host(inTurn(played));
  const hurried = await connected(down, { budgets: { fewTries: 3, serverMs: 5000 } });
  await expect(hurried.call(request('limits'))).rejects.toMatchObject({
    fault: 'no_json',
    failureType: 'transient_error',
    stopsSync: false,
  });
  expect(down.count('/limits')).toBe(3);
});

test('patience ends with its budget; an outage stops the sync, one bad request does not', async () => {
  let others = false;
  const org = await host(({ path }) => {
    if (path.endsWith('/limits')) return { status: 500, body: '' };
    return path.endsWith('/other') && others ? { body: {} } : undefined;
  });
  const connection = await connected(org, { budgets: { serverMs: 150 } });
  await expect(connection.call(request('limits'))).rejects.toMatchObject({ fault: 'server_error', stopsSync: true });
  others = true;
  const failing = connection.call(request('limits'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await connection.call(request('other'));
  await expect(failing).rejects.toMatchObject({
    fault: 'server_error',
    stopsSync: false,
    failureType: 'transient_error',
  });
});

test('a request with an attempt limit gives up before its budget does', async () => {
  const org = await host(inTurn({ status: 503 }));
  const connection = await connected(org, { budgets: { serverMs: 10_000 } });
  await expect(connection.call(request('limits', { maxAttempts: 2 }))).rejects.toMatchObject({ stopsSync: false });
  expect(org.count('/limits')).toBe(2);
});

test('Retry-After is a floor, and one beyond the budget is not waited for', async () => {
  const org = await host(inTurn({ status: 503, headers: { 'retry-after': '1' } }, { body: {} }));
  const patient = await connected(org, { budgets: { serverMs: 5000 } });
  const startedMs = performance.now();
  await patient.call(request('limits'));
  expect(performance.now() - startedMs).toBeGreaterThan(990);

  const busy = await host(inTurn({ status: 503, headers: { 'retry-after': '3600' } }));
  const hurried = await connected(busy, { budgets: { serverMs: 5000 } });
  await expect(hurried.call(request('limits'))).rejects.toMatchObject({ fault: 'server_error' });
  expect(busy.count('/limits')).toBe(1);
});

test('a long wait is reported', async () => {
  const waits: Wait[] = [];
  const org = await host(inTurn({ status: 503 }));
  const connection = await connected(org, {
    onWait: (wait) => waits.push(wait),
    budgets: { serverMs: 600, reportMs: 60, firstWaitMs: 200, longestWaitMs: 200 },
  });
  await expect(connection.call(request('limits'))).rejects.toThrow();
  expect(waits.length).toBeGreaterThanOrEqual(3);
  // A look may also fall into a try, of which nothing is known yet.
  expect(waits).toContainEqual(
    expect.objectContaining({
      purpose: 'ask limits',
      fault: 'server_error',
      text: expect.stringContaining('ask limits'),
    }),
  );
});

test('an abort ends a wait at once and throws its reason', async () => {
  const org = await host(inTurn({ status: 503 }));
  const connection = await connected(org, {
    budgets: { serverMs: 60_000, firstWaitMs: 30_000, longestWaitMs: 30_000 },
  });
  const stop = new AbortController();
  const reason = new Error('told to stop');
  setTimeout(() => stop.abort(reason), 50);
  const startedMs = performance.now();
  await expect(connection.call(request('limits', { signal: stop.signal }))).rejects.toBe(reason);
  expect(performance.now() - startedMs).toBeLessThan(1000);
});

test('compressed bodies arrive inflated, and a compressed body that breaks off never looks whole', async () => {
  const text = `[${'1,'.repeat(100_000)}1]`;
  const gzip = { 'content-encoding': 'gzip' };
  const org = await host(
    inTurn({ body: gzipSync(text), headers: gzip }, { body: gzipSync(text).subarray(0, 200), headers: gzip }),
  );
  const connection = await connected(org);
  expect(textOf((await connection.call(request('limits'))).bytes)).toBe(text);
  expect(org.asked.at(-1)?.headers['accept-encoding']).toContain('gzip');
  const { body } = await connection.open(request('limits'));
  await expect(readAll(body)).rejects.toMatchObject({ fault: 'body_cut', failureType: 'transient_error' });
});

test.each(['cut', 'stall'] as const)('an open body that ends early throws instead of ending: %s', async (how) => {
  const org = await host(inTurn({ body: 'x'.repeat(1000), ...(how === 'cut' ? { cut: 'middle' } : { stall: true }) }));
  const connection = await connected(org);
  const { body } = await connection.open(request('limits'));
  await expect(readAll(body)).rejects.toMatchObject({ fault: 'body_cut' });
});

test.each(['plain', 'gzip'] as const)(
  'an open body that broke off before anyone read it throws as well: %s',
  async (how) => {
    const text = 'x'.repeat(1000);
    const isPlain = how === 'plain';
    const played = isPlain ? { body: text } : { body: gzipSync(text), headers: { 'content-encoding': 'gzip' } };
    const org = await host(inTurn({ ...played, cut: 'middle' }));
    const connection = await connected(org);
    const { body } = await connection.open(request('limits'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(readAll(body)).rejects.toMatchObject({ fault: 'body_cut' });
  },
);

test('a body that nobody reads keeps neither the connection from closing nor an abort from ending', async () => {
  const org = await host(inTurn({ body: 'x'.repeat(1_000_000) }));
  const connection = await connected(org);
  const stop = new AbortController();
  await connection.open(request('limits', { signal: stop.signal }));
  await connection.open(request('limits'));
  stop.abort(new Error('told to stop'));
  await connection.close();
});

test('no request leaves for a host that the login did not name, nor for another path', async () => {
  const org = await host(() => undefined);
  const connection = await connected(org);
  for (const path of ['//elsewhere.example/x', '/other/path']) {
    await expect(connection.call({ ...request('x'), path })).rejects.toMatchObject({ fault: 'fenced' });
  }
  const plain = await host(({ path }) =>
    path.endsWith('/token') ? { body: tokenBody('http://elsewhere.example') } : undefined,
  );
  await expect(connectTo(plain)).rejects.toMatchObject({ fault: 'fenced', stopsSync: true });
});

test('a redirect is not followed; it asks the login host where the org is', async () => {
  const away = await host(() => ({ body: { stolen: true } }));
  const org = await host(inTurn({ status: 302, headers: { location: away.url } }, { body: { ok: true } }));
  const connection = await connected(org);
  expect(textOf((await connection.call(request('limits'))).bytes)).toBe('{"ok":true}');
  expect(away.asked).toEqual([]);
  expect(org.count('/token')).toBe(2);
});

test('a login that leads to another org stops the sync', async () => {
  let logins = 0;
  const org = await host(({ path }) => {
    if (path.endsWith('/limits')) return SESSION_EXPIRED;
    if (!path.endsWith('/token')) return undefined;
    const id = ++logins === 1 ? ORG_ID : '00Dyy0000009zzzEAA';
    return { body: tokenBody(org.url, { id: `https://login.salesforce.com/id/${id}/005xx000001Sv6AAAS` }) };
  });
  const connection = await connected(org);
  await expect(connection.call(request('limits'))).rejects.toMatchObject({ fault: 'org_changed', stopsSync: true });
});

test('a run goes on where the org has moved to', async () => {
  const notices: string[] = [];
  const next = await host(inTurn({ body: { moved: true } }));
  let logins = 0;
  const org = await host(({ path }) => {
    if (path.endsWith('/limits')) return SESSION_EXPIRED;
    return path.endsWith('/token') && ++logins > 1 ? { body: tokenBody(next.url) } : undefined;
  });
  const connection = await connected(org, { onNotice: (_level, text) => notices.push(text) });
  expect(textOf((await connection.call(request('limits'))).bytes)).toBe('{"moved":true}');
  expect(connection.instanceUrl()).toBe(next.url);
  expect(notices.join()).toContain(next.url);
});

test("the clock is the server's", async () => {
  const date = new Date(Date.now() - 3_600_000).toUTCString();
  const org = await host(({ path }) =>
    path === '/services/data'
      ? { headers: { date }, body: [{ version: '58.0' }] }
      : path.endsWith('/token')
        ? { headers: { date }, body: tokenBody(org.url) }
        : undefined,
  );
  const connection = await connected(org);
  expect(Math.abs(connection.now() - Date.parse(date))).toBeLessThan(2000);
});

test('a host that is not there, and one whose name nobody knows, are told apart', async () => {
  const org = await host(() => undefined);
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

async function readAll(body: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.length;
  return bytes;
}

import { expect, onTestFinished, test } from 'vitest';
import { hostForTest } from './testing/org-for-test.ts';
import { connectTo, tokenBody, SESSION_EXPIRED, type Played } from './testing/scripted-host.ts';

const objects: Played = { body: { sobjects: [{ name: 'Account', queryable: true }] } };

/** Connects to a host that answers so when it is asked for its versions and, in 62.0 alone, for its objects. */
async function connectWith(versions: (path: string) => Played | undefined, apiVersion: string) {
  const notices: string[] = [];
  const host = await hostForTest(({ path }) => {
    if (path === '/services/oauth2/token') return { body: tokenBody(host.url) };
    if (path === '/services/data/v62.0/sobjects') return objects;
    return /^\/services\/data\/?$/.test(path) ? versions(path) : undefined;
  });
  const connecting = connectTo(host, { apiVersion, onNotice: (level, text) => notices.push(`${level} ${text}`) });
  onTestFinished(async () => (await connecting.catch(() => undefined))?.close());
  const outcome = await connecting.then(
    (connection) => ({ apiVersion: connection.apiVersion }),
    (error: { fault: string }) => ({ fault: error.fault }),
  );
  return { ...outcome, notices, logins: host.count('/token') };
}

test.each<[string, Played]>([
  ['is not there', { status: 404, body: '' }],
  ['may not be asked', { status: 405, body: { message: 'Method not allowed' } }],
  ['is another page', { body: '<html>Welcome</html>' }],
  ['is no list', { body: { versions: [] } }],
  ['asks for a login', SESSION_EXPIRED],
  ['points elsewhere', { status: 301, headers: { location: '/' } }],
])('where the list of versions %s, the one that was asked for is taken if it has objects', async (_, played) => {
  const taken = await connectWith(() => played, '62.0');
  expect(taken).toMatchObject({ apiVersion: '62.0', notices: [expect.stringMatching(/^WARN .*62\.0/)] });
  expect(taken.logins).toBeLessThanOrEqual(3);
  expect(await connectWith(() => played, '58.0')).toMatchObject({ fault: 'version_gone', notices: [] });
});

test('a list of versions behind a slash is found', async () => {
  const list: Played = { body: [{ version: '58.0' }, { version: '62.0' }] };
  const redirect: Played = { status: 301, headers: { location: '/services/data/' } };
  const taken = await connectWith((path) => (path.endsWith('/') ? list : redirect), '66.0');
  expect(taken).toMatchObject({ apiVersion: '62.0', notices: [expect.stringContaining('66.0')] });
});

test.each([
  ['57.0', { apiVersion: '57.0', notices: [] }],
  ['58.0', { apiVersion: '57.0', notices: [expect.stringContaining('57.0, its newest')] }],
  ['51.0', { fault: 'version_gone', notices: [] }],
])('an org of another age is taken by its own list: %s asked of 52.0 to 57.0', async (asked, expected) => {
  const list = { body: ['52.0', '55.0', '57.0'].map((version) => ({ version })) };
  expect(await connectWith(() => list, asked)).toMatchObject(expected);
});

test('a host that is down is not one without versions', async () => {
  expect(await connectWith(() => ({ status: 503, body: '' }), '62.0')).toMatchObject({ fault: 'server_error' });
});

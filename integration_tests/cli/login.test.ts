/** `modstamp login` from the terminal to the configuration, with a browser that is a few lines of fetch. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { walkAuthorization } from '../../emulator/browser.ts';
import { openPracticeOrg, practiceLogin } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { runCheck } from '../program.ts';
import { freePort, startLogin } from './login-walk.ts';

const APP = ['--client-id', practiceLogin.clientId, '--client-secret', practiceLogin.clientSecret];
const QUIET = { authorizeRefusal: null, loginRefusal: null, requireSecret: true, rotateRefreshToken: false };

let org: OrgUnderTest;
let port: number;
let folder: string;
beforeAll(async () => {
  org = await openPracticeOrg({ rows: 1, seed: 4 });
  port = await freePort();
  await org.settings({ callbackUrls: [`http://localhost:${port}/OauthRedirect`] });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'login-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await org.settings(QUIET);
  await org.clearFaults();
});
afterAll(() => org?.close());

const start = (args: readonly string[] = APP, env?: Record<string, string>) =>
  startLogin(folder, ['--login-url', org.url, '--port', String(port), ...args], env);

const config = () =>
  JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as {
    credentials: Record<string, string>;
    login_url: string;
  };

describe('a login by browser', () => {
  test('ends in a configuration that logs in, readable by its owner alone, with all else in it kept', async () => {
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ schema_name: 'crm', x: [1], login_url: 'https://old.example' }));
    const login = start();
    const { url } = await walkAuthorization(await login.authorizeUrl);
    expect(await (await fetch(url)).text()).toContain('You may close this page');
    const { exitCode, stdout, stderr } = await login.ended;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^Logged in to http:\S+ as admin@practice\.example, who may query \d+ objects .* config\.json/);
    const { credentials, ...rest } = config();
    expect(rest).toEqual({ schema_name: 'crm', x: [1], login_url: org.url });
    expect(credentials).toEqual({
      auth_type: 'oauth',
      client_id: practiceLogin.clientId,
      client_secret: practiceLogin.clientSecret,
      refresh_token: expect.stringMatching(/^5Aep861/),
    });
    expect(statSync(join(folder, 'config.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['config.json']);
    const check = await runCheck(config());
    expect(check.messages).toContainEqual({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
    expect(stdout + stderr).not.toMatch(/5Aep861|practice-secret|code=/);
  }); // prettier-ignore

  test('asks with a proof key and a state, for the scopes that a sync needs', async () => {
    const login = start();
    const { searchParams } = new URL(await login.authorizeUrl);
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: 'code',
      client_id: practiceLogin.clientId,
      redirect_uri: `http://localhost:${port}/OauthRedirect`,
      scope: 'api refresh_token',
      prompt: 'login',
      state: expect.stringMatching(/^[0-9a-f]{32}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    login.kill('SIGTERM');
    await login.ended;
    expect(existsSync(join(folder, 'config.json'))).toBe(false);
  });

  test('takes the address that a browser on another machine ended at', async () => {
    const login = start();
    const { url } = await walkAuthorization(await login.authorizeUrl);
    login.paste('what now?');
    login.paste(`  ${url}  `);
    const { exitCode, stderr } = await login.ended;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('paste the complete address');
    expect(config().credentials['refresh_token']).toMatch(/^5Aep861/);
  });

  test('sends no secret where the app wants none, and syncs without one', async () => {
    await org.settings({ requireSecret: false });
    const login = start(['--client-id', practiceLogin.clientId]);
    await fetch((await walkAuthorization(await login.authorizeUrl)).url);
    expect((await login.ended).exitCode).toBe(0);
    expect(config().credentials).not.toHaveProperty('client_secret');
    const check = await runCheck(config());
    expect(check.messages).toContainEqual({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
  });

  test('once more takes the app from the configuration, and opens the browser that BROWSER names', async () => {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(org.config()));
    const browser = join(folder, 'browser');
    writeFileSync(browser, `#!/bin/sh\nprintf %s "$1" > "${folder}/opened"\n`);
    chmodSync(browser, 0o755);
    const login = startLogin(folder, ['--port', String(port)], { BROWSER: browser });
    const authorizeUrl = await login.authorizeUrl;
    await fetch((await walkAuthorization(authorizeUrl)).url);
    const { exitCode, stderr } = await login.ended;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('A browser was opened');
    expect(readFileSync(join(folder, 'opened'), 'utf8')).toBe(authorizeUrl);
    expect(config().credentials['refresh_token']).toMatch(/^5Aep861/);
  });

  test('keeps the refresh token that the org rotates when the login is tried', async () => {
    await org.settings({ rotateRefreshToken: true });
    const login = start();
    await fetch((await walkAuthorization(await login.authorizeUrl)).url);
    expect((await login.ended).exitCode).toBe(0);
    const check = await runCheck(config());
    expect(check.messages).toContainEqual({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
  });
});

describe('a refusal', () => {
  test.each([
    ['redirect_uri_mismatch', 'redirect_uri must match configuration', /OauthRedirect is not among the callback URLs/],
    ['invalid_client', 'app must be installed into org', /not installed in this org: have an admin press Install/],
    ['OAUTH_EC_APP_NOT_FOUND', 'External client app is not installed in this org', /log in with --login-url/],
    ['OAUTH_AUTHORIZATION_BLOCKED', 'Cross-org OAuth flows are not supported for this external client app', /Log out of Salesforce in the browser/],
    ['OAUTH_APP_BLOCKED', 'this app is blocked by admin', /have it unblocked/],
    ['OAUTH_APP_ACCESS_DENIED', 'user is not admin approved to access this app', /assigned to the app/],
    ['invalid_scope', 'the requested scope is not allowed', /lacks an OAuth scope/],
    ['something_new', 'that nobody knows', /show an admin of the org these words/],
  ])('of the authorize page, %s, has its sentence, by callback or pasted from the address bar', async (error, error_description, sentence) => {
    await org.settings({ authorizeRefusal: { error, error_description } });
    const login = start();
    const { url } = await walkAuthorization(await login.authorizeUrl);
    if (url.startsWith(org.url)) login.paste(url);
    else await fetch(url);
    const { exitCode, stdout, stderr } = await login.ended;
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(sentence);
    expect(stderr).toContain(`Salesforce said "${error}: ${error_description}"`);
    expect(existsSync(join(folder, 'config.json'))).toBe(false);
  }); // prettier-ignore

  test('by the user has its sentence', async () => {
    const login = start();
    await fetch((await walkAuthorization(await login.authorizeUrl, { decision: 'deny' })).url);
    expect((await login.ended).stderr).toMatch(/Access was denied: either "Deny" was pressed, or this user may not/);
  });

  test.each([
    [{ error: 'invalid_client', error_description: 'invalid client credentials' }, /did not accept the client secret/],
    [{ error: 'invalid_client_id', error_description: 'client identifier invalid' }, /does not know the client ID/],
    [{ error: 'redirect_uri_mismatch', error_description: 'redirect_uri must match configuration' }, /callback URLs/],
    [{ error: 'invalid_grant', error_description: 'expired authorization code' }, /older than 15 minutes/],
    [{ error: 'invalid_grant', error_description: 'invalid code verifier' }, /belongs to another attempt/],
    [{ error: 'invalid_grant', error_description: 'authentication failure' }, /API Enabled/],
    [{ error: 'invalid_app_access', error_description: 'user is not admin approved to access this app' }, /approved/],
  ])('of the token endpoint, %j, has its sentence', async (loginRefusal, sentence) => {
    await org.settings({ loginRefusal });
    const login = start();
    await fetch((await walkAuthorization(await login.authorizeUrl)).url);
    const { exitCode, stderr } = await login.ended;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test.each([
    [{ status: 502, body: '<html>Bad Gateway</html>' }, /did not exchange the code for a token \(status 502\)/],
    [{ status: 302, body: '', headers: { location: 'https://elsewhere.example/' } }, /gave no token for the code/],
    [{ status: 200, body: { access_token: '00D000000000001!x', instance_url: 'http://127.0.0.1:1' } }, /gave no refresh token/],
  ])('that is none, %j, has its sentence', async (fault, sentence) => {
    await org.fault({ path: 'oauth2/token', times: 0, ...fault });
    const login = start();
    await fetch((await walkAuthorization(await login.authorizeUrl)).url);
    expect((await login.ended).stderr).toMatch(sentence);
  }); // prettier-ignore

  test('to a user without API access comes before anything is written', async () => {
    await org.settings({ apiDisabled: true });
    const before = JSON.stringify({ ...org.config(), schema_name: 'crm' });
    writeFileSync(join(folder, 'config.json'), before);
    const login = start();
    await fetch((await walkAuthorization(await login.authorizeUrl)).url);
    const { exitCode, stderr } = await login.ended;
    await org.settings({ apiDisabled: false });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('"API Enabled"');
    expect(readFileSync(join(folder, 'config.json'), 'utf8')).toBe(before);
  });
});

describe('an answer', () => {
  test('that never comes ends in the two frequent causes, and in where to look', async () => {
    const login = start([...APP, '--timeout', '1']);
    const { exitCode, stderr } = await login.ended;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/within 1 s\. Look at its address bar.*callback URLs of the app.*not installed in the org/);
  });

  test('with the state of another attempt is passed over, and named when the time is over', async () => {
    const login = start([...APP, '--timeout', '3']);
    const callback = `http://localhost:${port}/OauthRedirect`;
    await login.authorizeUrl;
    expect((await fetch(`${callback}?code=aPrx&state=other`)).status).toBe(400);
    expect((await fetch(`${callback}?error=access_denied&state=other`)).status).toBe(400);
    expect((await fetch(`http://localhost:${port}/favicon.ico`)).status).toBe(404);
    expect((await fetch(callback, { method: 'POST' })).status).toBe(405);
    const asked = await fetch(callback, { method: 'OPTIONS' });
    expect([asked.status, asked.headers.get('access-control-allow-private-network')]).toEqual([204, 'true']);
    const { exitCode, stderr } = await login.ended;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/state of another attempt came and was passed over/);
  });

  test('can not come to a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port: taken } = other.address() as AddressInfo;
    const { exitCode, stderr } = await startLogin(folder, [...APP, '--port', String(taken)]).ended;
    other.close();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Port ${taken} of this machine is taken by another program`);
  });
});

describe('--from-sf', () => {
  const authUrl = () => `force://practice-client:practice-secret:practice-refresh-token@${new URL(org.url).host}`;
  /** A stand-in for Salesforce's CLI, first on the PATH. */
  function installSf(script: string): Record<string, string> {
    writeFileSync(join(folder, 'sf'), `#!/bin/sh\necho "$@" >> "${folder}/asked"\n${script}\n`);
    chmodSync(join(folder, 'sf'), 0o755);
    return { PATH: `${folder}:/usr/bin:/bin` };
  }
  const say = (answer: unknown) => `echo '${JSON.stringify(answer)}'`;

  test('takes the login that the CLI shows', async () => {
    const env = installSf(say({ status: 0, result: { sfdxAuthUrl: authUrl() } }));
    const { exitCode, stdout, stderr } = await startLogin(folder, ['--from-sf', 'acme'], env).ended;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('admin@practice.example');
    expect(config()).toEqual(org.config());
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('org auth show-sfdx-auth-url --target-org acme --json\n');
  });

  test('asks an older CLI by org display', async () => {
    const unknown = say({ status: 1, name: 'CommandNotFound', message: 'org auth is not a sf command.' });
    const env = installSf(
      `case "$2" in display) ${say({ status: 0, result: { sfdxAuthUrl: authUrl() } })};; *) ${unknown}; exit 127;; esac`,
    );
    expect((await startLogin(folder, ['--from-sf', 'acme'], env).ended).exitCode).toBe(0);
    expect(config().credentials['refresh_token']).toBe('practice-refresh-token');
  });

  test.each([
    ['[REDACTED] Use sf org auth show-sfdx-auth-url to view', 0, /no login for acme .*shows no refresh token/],
    [undefined, 1, /no login for acme .*No authorization information found for acme\)/],
  ])('takes %s for none, and says what the CLI says', async (sfdxAuthUrl, code, sentence) => {
    const message = 'No authorization information found for acme.';
    const env = installSf(`${say({ status: code, result: { sfdxAuthUrl }, message })}; exit ${code}`);
    const { exitCode, stderr } = await startLogin(folder, ['--from-sf', 'acme'], env).ended;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(existsSync(join(folder, 'config.json'))).toBe(false);
  });

  test('says that there is no CLI', async () => {
    const { exitCode, stderr } = await startLogin(folder, ['--from-sf', 'acme'], { PATH: folder }).ended;
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("Salesforce's CLI (sf) was not found")]);
  });

  test('warns that the CLI lost its login where the org rotates refresh tokens', async () => {
    await org.settings({ rotateRefreshToken: true });
    const env = installSf(say({ status: 0, result: { sfdxAuthUrl: authUrl() } }));
    const { stdout } = await startLogin(folder, ['--from-sf', 'acme'], env).ended;
    expect(stdout).toContain("the copy of Salesforce's CLI is void now");
  });
});

test.each([
  [[], /client ID of your app is missing: pass --client-id/],
  [[...APP, '--login-url', 'http://acme.example'], /--login-url must begin with https:\/\//],
  [[...APP, '--port', 'x'], /--port must be a port/],
  [[...APP, '--sandbox', '--login-url', 'x'], /mutually exclusive/],
])('%j is refused in a sentence', async (args, sentence) => {
  const { exitCode, stdout, stderr } = await startLogin(folder, args).ended;
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(sentence);
});

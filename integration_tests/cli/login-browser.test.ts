/** `modstamp login` with a real browser: what a person sees and presses, from the login form to the closing page. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, startChromium } from '../chromium.ts';
import type { ChromiumPage } from '../chromium.ts';
import { openPracticeOrg, practiceLogin } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { freePort, startLogin } from './login-walk.ts';

const program = findChromium('the login in a browser');

describe.runIf(program !== undefined)('in Chromium', () => {
  let org: OrgUnderTest;
  let page: ChromiumPage;
  let folder: string;
  let args: readonly string[];
  beforeAll(async () => {
    org = await openPracticeOrg({ rows: 1, seed: 4 });
    const port = await freePort();
    await org.settings({ callbackUrls: [`http://localhost:${port}/OauthRedirect`] });
    page = await startChromium(program ?? '');
    folder = mkdtempSync(join(tmpdir(), 'login-browser-'));
    const app = ['--client-id', practiceLogin.clientId, '--client-secret', practiceLogin.clientSecret];
    args = ['--login-url', org.url, '--port', String(port), ...app];
  });
  afterAll(async () => {
    await page?.close();
    await org?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function logIn(authorizeUrl: string, button: 'oaapprove' | 'oadeny'): Promise<void> {
    await page.open(authorizeUrl);
    await page.until(`document.getElementById('Login') !== null`);
    await page.evaluate(
      `username.value = 'admin@practice.example', password.value = 'practice-password', Login.click()`,
    );
    await page.until(`document.getElementById('${button}') !== null`);
    await page.evaluate(`${button}.click()`);
    await page.until(`document.title === 'Modstamp'`);
  }

  test('a user logs in, presses Allow, and may close the page', async () => {
    const login = startLogin(folder, args);
    await logIn(await login.authorizeUrl, 'oaapprove');
    expect(await page.evaluate('document.body.innerText')).toContain('You may close this page.');
    const { exitCode, stderr } = await login.ended;
    expect(exitCode, stderr).toBe(0);
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as { credentials: object };
    expect(config.credentials).toMatchObject({ refresh_token: expect.stringMatching(/^5Aep861/) });
  });

  test('a user presses Deny, and both the page and the terminal say so', async () => {
    const login = startLogin(folder, args);
    await logIn(await login.authorizeUrl, 'oadeny');
    expect(await page.evaluate('document.body.innerText')).toContain('The login was refused (access_denied)');
    expect((await login.ended).stderr).toContain('Access was denied');
  });

  test('an app with another callback URL leaves the reason in the address bar, which does for the terminal', async () => {
    const login = startLogin(folder, [...args, '--port', String(await freePort())]);
    await page.open(await login.authorizeUrl);
    await page.until(`location.search.includes('error_description')`);
    login.paste(String(await page.evaluate('location.href')));
    expect((await login.ended).stderr).toMatch(/is not among the callback URLs of the app/);
  });
});

/** check: one sentence for each way in which an org can refuse, which says what is wrong and what to do. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, practiceLogin } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runCheck } from '../program.ts';
import type { ProgramRun } from '../program.ts';
import { complaintsOfMessages } from '../protocol.ts';
import { complaintsOfSecrets } from '../secrets.ts';

let org: OrgUnderTest;
beforeAll(async () => {
  org = await openPracticeOrg({ rows: 3, seed: 9 });
});
afterEach(async () => {
  await org.settings({ loginRefusal: null, apiDisabled: false, rotateRefreshToken: false });
  await org.clearFaults();
});
afterAll(() => org?.close());

const {
  clientId: client_id,
  clientSecret: client_secret,
  refreshToken: refresh_token,
  username,
  password,
} = practiceLogin;
const oauth = { auth_type: 'oauth', client_id, client_secret, refresh_token };

function statusOf(run: ProgramRun): { status: string; message?: string } {
  const found = run.messages.flatMap((message) =>
    message.type === 'CONNECTION_STATUS' ? [message.connectionStatus] : [],
  );
  expect(found).toHaveLength(1);
  return found[0] ?? { status: 'none' };
}

/** FAILED, exit 0, one sentence or two that say what to do; no TRACE beside it, no secret in it. */
async function expectRefusal(config: JsonObject, sentence: RegExp, timeoutMs = 60_000): Promise<void> {
  const run = await runCheck(config, { timeoutMs });
  const { status, message = '' } = statusOf(run);
  expect(status).toBe('FAILED');
  expect(message).toMatch(sentence);
  expect(message).toMatch(/^[A-Z][^\n]{20,600}[.!?]$/);
  expect(run.exitCode, reasonsOf(run)).toBe(0);
  expect(complaintsOfMessages(run)).toEqual([]);
  expect(complaintsOfSecrets(run, config)).toEqual([]);
  expect(run.messages.filter((message) => message.type === 'TRACE' && message.trace.type === 'ERROR')).toEqual([]);
}

describe('check lets in', () => {
  test('a refresh token', async () => {
    expect(statusOf(await runCheck(org.config()))).toEqual({ status: 'SUCCEEDED' });
  });

  test('client credentials', async () => {
    const config = org.config({ credentials: { auth_type: 'client_credentials', client_id, client_secret } });
    expect(statusOf(await runCheck(config))).toEqual({ status: 'SUCCEEDED' });
  });

  test('username and password with a security token', async () => {
    const credentials = {
      auth_type: 'password',
      client_id,
      client_secret,
      username,
      password,
      security_token: practiceLogin.securityToken,
    };
    expect(statusOf(await runCheck(org.config({ credentials })))).toEqual({ status: 'SUCCEEDED' });
  });

  test.each(['pkcs8', 'pkcs1'] as const)(
    'a JWT signed with a %s key, also with its line ends written as \\n',
    async (type) => {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      await org.jwtKey({ client_id, username, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() });
      const pem = privateKey.export({ type, format: 'pem' }).toString();
      for (const private_key of [pem, pem.replaceAll('\n', '\\n')]) {
        const config = org.config({ credentials: { auth_type: 'jwt', client_id, username, private_key } });
        const run = await runCheck(config);
        expect(statusOf(run)).toEqual({ status: 'SUCCEEDED' });
        expect(complaintsOfSecrets(run, config)).toEqual([]);
      }
    },
  );

  test("the official connector's flat config, with keys that nobody knows", async () => {
    const { login_url = '' } = org.config();
    const config = {
      client_id,
      client_secret,
      refresh_token,
      auth_type: 'Client',
      force_use_bulk_api: true,
      stream_slice_step: 'P30D',
      login_url,
    };
    expect(statusOf(await runCheck(config))).toEqual({ status: 'SUCCEEDED' });
  });

  test('blank optional values', async () => {
    expect(statusOf(await runCheck(org.config({ start_date: '', schema_name: ' ' })))).toEqual({ status: 'SUCCEEDED' });
  });

  test('a rotated refresh token leaves at once as CONTROL with the whole config', async () => {
    await org.settings({ rotateRefreshToken: true });
    const fresh = await openPracticeOrg({ rows: 3, seed: 9 });
    await fresh.settings({ rotateRefreshToken: true });
    const config = fresh.config({ schema_name: 'sfdc', unknown_member: { kept: true } });
    const run = await runCheck(config);
    await fresh.close();
    const [control] = run.messages.flatMap((message) =>
      message.type === 'CONTROL' ? [message.control.connectorConfig.config] : [],
    );
    const credentials = control?.['credentials'] as { refresh_token?: string } | undefined;
    expect(credentials?.refresh_token).toMatch(/./);
    expect(credentials?.refresh_token).not.toBe(refresh_token);
    expect({ ...control, credentials: { ...credentials, refresh_token } }).toEqual(config);
    expect(complaintsOfMessages(run)).toEqual([]);
  });
});

describe('check says what is wrong with', () => {
  test.each<[string, () => JsonObject, RegExp]>([
    ['a wrong client id', () => ({ ...oauth, client_id: 'nobody-knows-this-client' }), /client[ _]id/i],
    ['a wrong client secret', () => ({ ...oauth, client_secret: 'this-is-not-the-secret' }), /client[ _]secret/i],
    ['an expired refresh token', () => ({ ...oauth, refresh_token: 'long-expired-token' }), /refresh[ _]token/i],
    [
      'a wrong password',
      () => ({
        auth_type: 'password',
        client_id,
        client_secret,
        username,
        password: 'wrong-password',
        security_token: 'wrong-token',
      }),
      /password/i,
    ],
    [
      'a JWT key that the org does not know',
      () => ({
        auth_type: 'jwt',
        client_id,
        username,
        private_key: generateKeyPairSync('rsa', { modulusLength: 2048 })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
      }),
      /key|certificate|signature/i,
    ],
    [
      'a private key that is no key',
      () => ({ auth_type: 'jwt', client_id, username, private_key: 'not a key' }),
      /private[ _]key/i,
    ],
    ['credentials of an unknown kind', () => ({ auth_type: 'carrier_pigeon' }), /auth_type/],
  ])('%s', async (_, credentials, sentence) => {
    await expectRefusal(org.config({ credentials: credentials() }), sentence);
  });

  test.each<[string, JsonObject, RegExp]>([
    ['an inactive user', { error: 'invalid_grant', error_description: 'inactive user' }, /deactivated|inactive/i],
    ['an IP address outside the allowed range', { error: 'invalid_grant', error_description: 'ip restricted' }, /IP/],
    [
      'a user who has not approved the app',
      { error: 'invalid_grant', error_description: "user hasn't approved this consumer" },
      /approve/i,
    ],
    ['an org that is locked', { error: 'inactive_org', error_description: 'organization suspended' }, /org/i],
  ])('%s', async (_, loginRefusal, sentence) => {
    await org.settings({ loginRefusal });
    await expectRefusal(org.config(), sentence);
  });

  test('a sandbox user at the production login: set is_sandbox', async () => {
    await org.settings({ loginRefusal: { error: 'invalid_grant', error_description: 'authentication failure' } });
    await expectRefusal(org.config(), /is_sandbox/);
  });

  test('a user without API access', async () => {
    await org.settings({ apiDisabled: true });
    await expectRefusal(org.config(), /API/);
  });

  test('a domain that does not exist', async () => {
    await expectRefusal(
      org.config({ login_url: 'https://no-such-company.my.salesforce.invalid' }),
      /login_url|domain|host/i,
      150_000,
    );
  });

  test('a login address without https', async () => {
    await expectRefusal(org.config({ login_url: 'http://acme.my.salesforce.com' }), /https/);
  });

  test('several settings at once', async () => {
    await expectRefusal(
      org.config({ lookback_window: 'ten minutes', naming: 'camel', num_workers: 0 }),
      /lookback_window.*naming.*num_workers|naming.*lookback_window|num_workers/s,
    );
  });

  test('an empty object', async () => {
    await expectRefusal({}, /credentials/);
  });
});

test('a key that changes nothing is named in a WARN, and the check succeeds', async () => {
  const run = await runCheck({ ...org.config(), hard_delete: true, stream_slice_step: 'P30D' });
  expect(statusOf(run).status).toBe('SUCCEEDED');
  const warnings = run.messages.flatMap((message) =>
    message.type === 'LOG' && message.log.level === 'WARN' ? [message.log.message] : [],
  );
  expect(warnings).toEqual([
    expect.stringContaining('hard_delete (did you mean hard_deletes?)'),
    expect.stringContaining('stream_slice_step has no effect'),
  ]);
});

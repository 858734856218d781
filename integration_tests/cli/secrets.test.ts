/** No secret leaves in what the program says: not when all goes well, not at the loudest level, not when the org echoes it. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/json/value.ts';
import { configureAll } from '../catalog.ts';
import type { HostCatalog } from '../catalog.ts';
import { openPracticeOrg, practiceLogin } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runCheck, runDiscover, runRead } from '../program.ts';
import type { ProgramRun } from '../program.ts';
import { complaintsOfSecrets } from '../secrets.ts';

let org: OrgUnderTest;
let catalog: HostCatalog;
const loud = { env: { LOG_LEVEL: 'TRACE' } };
const {
  clientId: client_id,
  clientSecret: client_secret,
  username,
  password,
  securityToken: security_token,
} = practiceLogin;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 5, seed: 15 });
  catalog = configureAll(await runDiscover(org.config()), ['accounts', 'attachments', 'users']);
});
afterEach(async () => {
  await org.settings({ loginRefusal: null, rotateRefreshToken: false });
  await org.clearFaults();
});
afterAll(() => org?.close());

/** All four verbs that know the config, at the loudest level. */
async function everything(config: JsonObject): Promise<readonly ProgramRun[]> {
  return [await runCheck(config, loud), await runDiscover(config, loud), await runRead({ config, catalog }, loud)];
}

function expectNothingOf(config: JsonObject, runs: readonly ProgramRun[]): void {
  for (const run of runs) expect(complaintsOfSecrets(run, config), run.args[0]).toEqual([]);
}

function jwtLogin(): { config: JsonObject; pem: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    config: org.config({ credentials: { auth_type: 'jwt', client_id, username, private_key } }),
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

describe('a run that goes well', () => {
  test.each<[string, () => JsonObject]>([
    ['a refresh token', () => org.config()],
    [
      'client credentials',
      () => org.config({ credentials: { auth_type: 'client_credentials', client_id, client_secret } }),
    ],
    [
      'a password',
      () =>
        org.config({
          credentials: { auth_type: 'password', client_id, client_secret, username, password, security_token },
        }),
    ],
  ])('says nothing of %s', async (_, config) => {
    const runs = await everything(config());
    for (const run of runs) expect(run.exitCode, reasonsOf(run)).toBe(0);
    expectNothingOf(config(), runs);
  });

  test('says nothing of a private key and what is signed with it', async () => {
    const { config, pem } = jwtLogin();
    await org.jwtKey({ client_id, username, pem });
    const runs = await everything(config);
    for (const run of runs) expect(run.exitCode, reasonsOf(run)).toBe(0);
    expectNothingOf(config, runs);
  });

  test('says a rotated refresh token in CONTROL alone', async () => {
    const rotating = await openPracticeOrg({ rows: 3, seed: 15 });
    await rotating.settings({ rotateRefreshToken: true });
    const run = await runRead({ config: rotating.config(), catalog }, loud);
    await rotating.close();
    const [control] = run.messages.flatMap((message) =>
      message.type === 'CONTROL' ? [message.control.connectorConfig.config] : [],
    );
    expect(control).toBeDefined();
    expectNothingOf(control ?? {}, [run]);
    expectNothingOf(rotating.config(), [run]);
  });
});

describe('an org that echoes', () => {
  test('a secret in the refusal of a login does not get it said', async () => {
    const config = org.config();
    const error_description = `authentication failure for ${client_secret} with ${practiceLogin.refreshToken} (${encodeURIComponent(client_secret)})`;
    await org.settings({ loginRefusal: { error: 'invalid_grant', error_description } });
    const runs = await everything(config);
    expect(runs.map((run) => run.exitCode)).toEqual([0, 1, 1]);
    // What the org said was passed on, or this test would prove nothing.
    for (const run of runs.slice(1)) expect(run.lines.join('\n')).toMatch(/authentication failure for \[redacted\]/);
    expectNothingOf(config, runs);
  });

  test('the session id in the body of an error does not get it said', async () => {
    const body = [
      {
        errorCode: 'UNKNOWN_EXCEPTION',
        message: 'Session 00D5f000000abcdEAA!AQEAQPx8abcdefgh.ijklmnop died',
        fields: [practiceLogin.refreshToken],
      },
    ];
    await org.fault({ path: 'FROM Account', status: 400, times: 0, body });
    const config = org.config();
    const run = await runRead({ config, catalog }, loud);
    expect(run.exitCode).toBe(1);
    expect(run.lines.join('\n')).toMatch(/Session \[redacted\] died/);
    expectNothingOf(config, [run]);
  });
});

describe('a config that is wrong', () => {
  test.each<[string, () => JsonObject]>([
    [
      'of a wrong type',
      () =>
        org.config({
          credentials: {
            auth_type: 'oauth',
            client_id,
            client_secret: 'a-secret-that-is-whole',
            refresh_token: 'a-token-that-is-whole',
            extra: 1,
          },
          num_workers: 'many',
        }),
    ],
    [
      'in the wrong place',
      () =>
        org.config({
          credentials: 'nothing',
          client_secret: 'a-secret-out-of-place',
          password: 'a-password-out-of-place',
        }),
    ],
    [
      'with half a key',
      () =>
        org.config({
          credentials: {
            auth_type: 'jwt',
            client_id,
            username,
            private_key: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
          },
        }),
    ],
  ])('is not quoted with its secrets: %s', async (_, config) => {
    const given = config();
    expectNothingOf(given, await everything(given));
  });
});

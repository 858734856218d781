/** What exists only once survives a stop: a rotated refresh token, and the Id of a Bulk job that has just been made. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { runCheck, runDiscover, runRead, type ProgramOptions, type ProgramRun } from '../program.ts';
import { configure, discoverStreams, makeLarge, readSync, sync } from '../sync/sync.ts';

let org: OrgUnderTest;
let catalog: JsonObject;

beforeEach(async () => {
  org = await openPracticeOrg({ rows: 20, seed: 29, rowsOf: { Lead: 3_000, Contact: 3_000, Account: 3_000 } });
  catalog = configure(await discoverStreams(org.config()), {
    leads: { properties: ['id', 'system_modstamp', 'last_name', 'description'] },
    contacts: { properties: ['id', 'system_modstamp', 'last_name', 'description'] },
    accounts: { properties: ['id', 'system_modstamp', 'name', 'description'] },
  });
});
afterEach(() => org.close());

/** The configurations that CONTROL messages brought. */
const configsIn = (run: ProgramRun) =>
  run.messages.flatMap((message) => (message.type === 'CONTROL' ? [message.control.connectorConfig.config] : []));

const commands = {
  check: (config: JsonObject, options: ProgramOptions) => runCheck(config, options),
  discover: (config: JsonObject, options: ProgramOptions) => runDiscover(config, options),
  read: (config: JsonObject, options: ProgramOptions) => runRead({ config, catalog }, options),
} as const;

describe('a refresh token that the org rotates', () => {
  test.each([
    ['check', 'SIGTERM'],
    ['discover', 'SIGINT'],
    ['read', 'SIGTERM'],
    ['read', 'SIGINT'],
  ] as const)('is handed out by a %s that %s stops while the login is being answered', async (command, signal) => {
    await org.settings({ rotateRefreshToken: true });
    await org.fault({ path: '/services/oauth2/token', delayMs: 2_500 });
    const run = await commands[command](org.config(), { kill: { signal, afterMs: 1_200 } });
    expect(run).toMatchObject({ exitCode: null, signal, tail: '' });
    const [config] = configsIn(run);
    expect(config, 'a CONTROL message').toBeDefined();
    const next = await runCheck(config);
    expect(JSON.stringify(next.messages)).toContain('"SUCCEEDED"');
  });

  test('goes ahead of records that a slow reader has not taken, and survives the stop', async () => {
    await org.settings({ rotateRefreshToken: true });
    // One stream meets the end of the session when the records of the others wait for the reader already.
    await org.fault({ path: '/composite', times: 0, status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'gone' }] });
    await org.fault({ path: 'queryAll.*FROM Account', delayMs: 1_000, expireSession: true });
    let count = 0;
    const run = await runRead(
      { config: org.config(), catalog },
      {
        onLine: async (line, child) => {
          if (!line.startsWith('{"type":"RECORD"')) return;
          count += 1;
          if (count !== 1) return;
          await delay(2_500);
          child.kill('SIGTERM');
          await delay(500);
        },
      },
    );
    expect(run).toMatchObject({ signal: 'SIGTERM', tail: '' });
    expect(configsIn(run).length, 'logins').toBe(2);
    const config = configsIn(run).at(-1);
    const next = await runCheck(config);
    expect(JSON.stringify(next.messages), 'the last token that was handed out is the one in force').toContain(
      '"SUCCEEDED"',
    );
  });
});

test('a Bulk job that is being made when the program is stopped is named in the state, and read on', async () => {
  await makeLarge(org, ['Lead']);
  const leads = { streams: (catalog['streams'] as JsonObject[]).slice(0, 1) };
  await org.fault({ path: '/jobs/query$', method: 'POST', delayMs: 2_500 });
  await org.clearLog();
  const run = await runRead({ config: org.config(), catalog: leads }, { kill: { signal: 'SIGTERM', afterMs: 1_500 } });
  expect(run).toMatchObject({ signal: 'SIGTERM', tail: '' });
  const { states } = readSync(run);
  expect(JSON.stringify(states)).toMatch(/"job":\{"id":"750/);
  const rest = await sync(org.config(), leads, states);
  expect(rest.records('leads').length).toBe(3_000);
  const log = await org.log();
  expect(log.filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs/query')).length).toBe(1);
  expect(log.filter(({ method, status }) => method === 'DELETE' && status === 204).length).toBe(1);
});

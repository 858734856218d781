/**
 * Airbyte's own connector (airbyte-source-salesforce, run from PyPI, unchanged but for its login host) on the practice org:
 * proof that the org answers as Salesforce does, and that both connectors read the same rows.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { catalogOf, configure, lastStates } from '../catalog.ts';
import { openPracticeOrg, practiceLogin } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runDiscover, runRead } from '../program.ts';
import type { ProgramOptions, ProgramRun } from '../program.ts';
import { pythonOf } from './python.ts';

const python = pythonOf('official', "Airbyte's own connector");
const minutes = 60_000;

describe.runIf(python !== undefined)("Airbyte's own connector", () => {
  let org: OrgUnderTest;
  let options: ProgramOptions;
  let streams: readonly AirbyteStream[];
  /** Their config; ours is the same one with the address of the org, in their names. */
  const theirs: JsonObject = {
    client_id: practiceLogin.clientId,
    client_secret: practiceLogin.clientSecret,
    refresh_token: practiceLogin.refreshToken,
    auth_type: 'Client',
    is_sandbox: false,
    start_date: '2000-01-01T00:00:00Z',
    stream_slice_step: 'P20000D',
  };

  beforeAll(async () => {
    org = await openPracticeOrg({ rows: 120, seed: 81 });
    const command = [python ?? '', `${import.meta.dirname}/airbyte_official.py`];
    options = { command, env: { PRACTICE_ORG: org.url }, timeoutMs: 4 * minutes };
    ({ streams } = catalogOf(await runDiscover(theirs, options)));
  }, 5 * minutes);
  afterAll(() => org?.close());

  const catalog = (...names: readonly string[]) => ({
    streams: streams.filter(({ name }) => names.includes(name)).map((stream) => configure(stream)),
  });

  test(
    'discovers the objects that ours discovers under its names',
    async () => {
      const ours = catalogOf(await runDiscover({ ...theirs, login_url: org.url, naming: 'api' }));
      const names = new Set(ours.streams.map(({ name }) => name));
      // Describe is a stream of its own making; the rest is what both can read.
      const missing = streams.map(({ name }) => name).filter((name) => name !== 'Describe' && !names.has(name));
      expect(streams.length).toBeGreaterThan(60);
      expect(missing).toEqual([]);
    },
    5 * minutes,
  );

  test.each([
    ['Account', 'an object with compound fields, by REST'],
    ['Project__c', 'a custom object, by Bulk'],
  ])(
    'reads the same rows of %s as ours: %s',
    async (name) => {
      await org.clearLog();
      const first = await runRead({ config: theirs, catalog: catalog(name) }, options);
      expect(first.exitCode, reasonsOf(first)).toBe(0);
      const rows = (await org.rows(name)).map((row) => String(row['Id'])).sort();
      expect(uniqueIds(first)).toEqual(rows);
      expect((await org.log()).some(({ path }) => path.includes('/jobs/query'))).toBe(name !== 'Account');

      const ours = await runRead({ config: { ...theirs, login_url: org.url, naming: 'api' }, catalog: catalog(name) });
      expect(ours.exitCode, reasonsOf(ours)).toBe(0);
      expect(uniqueIds(ours)).toEqual(rows);

      // An incremental second run of theirs, and one of ours that goes on from their state.
      const [id = ''] = rows;
      await org.change({ op: 'update', sobject: name, id, values: { Name: 'Changed' } });
      const state = lastStates(first);
      const second = await runRead({ config: theirs, catalog: catalog(name), state }, options);
      const takenOver = await runRead({
        config: { ...theirs, login_url: org.url, naming: 'api' },
        catalog: catalog(name),
        state,
      });
      for (const run of [second, takenOver]) {
        expect(run.exitCode, reasonsOf(run)).toBe(0);
        expect(uniqueIds(run)).toContain(id);
        expect(uniqueIds(run).length).toBeLessThan(rows.length / 2);
      }
    },
    5 * minutes,
  );
});

/** Ids without repeats, sorted: theirs reads rows near a boundary again. */
function uniqueIds(run: ProgramRun): readonly string[] {
  const ids = run.messages.flatMap((message) => (message.type === 'RECORD' ? [String(message.record.data['Id'])] : []));
  return [...new Set(ids)].sort();
}

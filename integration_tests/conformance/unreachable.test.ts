/** Orgs that never answer well: check gives up within its two minutes and says so. A file of its own, since it only waits. */
import { describe, test } from 'vitest';
import { openPracticeOrg } from '../practice-org.ts';
import { reasonsOf, runCheck } from '../program.ts';

describe('an org that cannot be reached', () => {
  test.concurrent('does not answer for ever: check gives up within its two minutes and says so', async ({ expect }) => {
    const closed = await openPracticeOrg({ rows: 1, seed: 1 });
    const config = closed.config();
    await closed.close();
    const run = await runCheck(config, { timeoutMs: 150_000 });
    expect(run.messages.at(-1)).toMatchObject({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED' } });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
  }, 160_000);

  test.concurrent('answers 503 for ever: the same', async ({ expect }) => {
    const sick = await openPracticeOrg({ rows: 1, seed: 1 });
    await sick.fault({ path: '/services', times: 0, status: 503, body: '<html>Service Unavailable</html>' });
    const run = await runCheck(sick.config(), { timeoutMs: 150_000 });
    await sick.close();
    expect(run.messages.at(-1)).toMatchObject({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED' } });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
  }, 160_000);
});

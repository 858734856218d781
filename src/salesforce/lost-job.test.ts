import { expect, test } from 'vitest';
import { createJob } from './bulk.ts';
import { recordCounts } from './limits.ts';
import { orgForTest } from './testing/org-for-test.ts';
import type { Played } from './testing/scripted-host.ts';

const signal = AbortSignal.timeout(20_000);
const created: Played = { body: { id: '750Tn000004ZoR3IAK', object: 'Account', state: 'UploadComplete' } };

/** Creates a job at a host that answers so, in turn; tells what was warned of. */
async function create(...answers: Played[]): Promise<string[]> {
  const warnings: string[] = [];
  const onNotice = (level: string, text: string) => warnings.push(`${level} ${text}`);
  const { connection } = await orgForTest(({ path }) => (path.endsWith('/jobs/query') ? answers.shift() : undefined), {
    onNotice,
    budgets: { hostMs: 5000 },
  });
  await createJob(connection, 'SELECT Id FROM Account', signal);
  return warnings;
}

test.each<[string, Played]>([
  ['before it began', { cut: 'before' }],
  ['in its middle', { cut: 'middle', body: { id: '750Tn000004ZoR2IAK' } }],
])('a creation whose answer broke off %s, however often, is warned of once', async (_, lost) => {
  expect(await create(lost, lost, created)).toEqual([expect.stringMatching(/^WARN .*create a Bulk job for Account/)]);
});

test('a creation that was refused for a moment has made no job', async () => {
  expect(await create({ status: 503, body: '' }, created)).toEqual([]);
});

test('other requests whose answer is lost leave nothing behind', async () => {
  const warnings: string[] = [];
  const answers: Played[] = [{ cut: 'before' }, { body: { sObjects: [] } }];
  const { connection } = await orgForTest(({ path }) => (path.endsWith('/recordCount') ? answers.shift() : undefined), {
    onNotice: (_, text) => warnings.push(text),
  });
  await recordCounts(connection, ['Account'], signal);
  expect(warnings).toEqual([]);
});

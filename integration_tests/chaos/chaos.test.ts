import { expect, test } from 'vitest';
import { runTrial } from './trial.ts';

/**
 * CHAOS_SEED is the first seed, CHAOS_RUNS how many follow each other; CHAOS_MINUTES goes on with further ones for so long. A
 * failure names its seed; this replays it alone:
 *
 *     CHAOS_SEED=17 CHAOS_RUNS=1 npm run chaos
 */
const firstSeed = Number(process.env['CHAOS_SEED'] ?? 1);
const minutes = Number(process.env['CHAOS_MINUTES'] ?? 0);
const runs = Number(process.env['CHAOS_RUNS'] ?? 8);
const seeds = Array.from({ length: minutes > 0 ? 0 : runs }, (_, index) => firstSeed + index);

async function hold(seed: number) {
  const { complaints, story, tally } = await runTrial(seed);
  expect(complaints, `CHAOS_SEED=${seed} CHAOS_RUNS=1 npm run chaos\n${story.join('\n')}`).toEqual([]);
  return tally;
}

if (minutes === 0) {
  test.each(seeds)('whatever goes wrong, the warehouse ends up as the org (seed %i)', async (seed) => {
    await hold(seed);
  });
} else {
  test(
    `whatever goes wrong for ${minutes} minutes, the warehouse ends up as the org`,
    async () => {
      const sum = { trials: 0, syncs: 0, killed: 0, stopped: 0, failed: 0 };
      const endMs = Date.now() + minutes * 60_000;
      for (let seed = firstSeed; Date.now() < endMs; seed++) {
        const { syncs, killed, stopped, failed } = await hold(seed);
        sum.trials += 1;
        sum.syncs += syncs;
        sum.killed += killed;
        sum.stopped += stopped;
        sum.failed += failed;
      }
      process.stdout.write(`${JSON.stringify(sum)}\n`);
    },
    (minutes + 5) * 60_000,
  );
}

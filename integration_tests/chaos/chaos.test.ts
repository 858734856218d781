import { expect, test } from 'vitest';
import { runTrial } from './trial.ts';

/**
 * CHAOS_SEED is the first seed, CHAOS_RUNS how many follow each other. A failure names its seed; this replays it alone:
 *
 *     CHAOS_SEED=17 CHAOS_RUNS=1 npx vitest run --project program integration_tests/chaos
 */
const firstSeed = Number(process.env['CHAOS_SEED'] ?? 1);
const runs = Number(process.env['CHAOS_RUNS'] ?? 8);
const seeds = Array.from({ length: runs }, (_, index) => firstSeed + index);

test.each(seeds)('whatever goes wrong, the warehouse ends up as the org (seed %i)', async (seed) => {
  const { complaints, story } = await runTrial(seed);
  const replay = `CHAOS_SEED=${seed} CHAOS_RUNS=1 npx vitest run --project program integration_tests/chaos`;
  expect(complaints, `${replay}\n${story.join('\n')}`).toEqual([]);
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      // A busy machine is ten times slower, and nobody waits for a test that passes.
      {
        test: { name: 'unit', include: ['{src,emulator,demo}/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        test: {
          name: 'program',
          include: ['integration_tests/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    // Two cores: one file of programs at a time beside the unit tests.
    maxWorkers: 2,
  },
});

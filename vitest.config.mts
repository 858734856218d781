import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['{src,emulator,demo}/**/*.test.ts'] } },
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

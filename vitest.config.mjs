import { readFile } from 'node:fs/promises';
import { defineConfig } from 'vitest/config';
import { compileKernel } from './kernel/compile.mjs';

await compileKernel();

/** What esbuild's binary loader does for the programs: a compiled module is imported as its bytes. */
const wasmBytes = {
  name: 'wasm-bytes',
  enforce: 'pre',
  async load(id) {
    if (!id.endsWith('.wasm')) return undefined;
    const base64 = await readFile(id, 'base64');
    return `export default Uint8Array.from(Buffer.from('${base64}', 'base64'));`;
  },
};

export default defineConfig({
  test: {
    projects: [
      // A busy machine is ten times slower, and nobody waits for a test that passes.
      {
        plugins: [wasmBytes],
        test: { name: 'unit', include: ['{src,emulator,demo}/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        plugins: [wasmBytes],
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

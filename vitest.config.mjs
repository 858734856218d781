import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { compileTranscoder, outputFolder } from './transcoder/compile.mjs';

// `vitest --mode debug`: the WebAssembly module with its assertions.
const debug = process.argv.includes('--mode') && process.argv[process.argv.indexOf('--mode') + 1] === 'debug';
await compileTranscoder(debug);

/** What esbuild's binary loader does for the programs: a compiled module is imported as its bytes. */
const wasmBytes = {
  name: 'wasm-bytes',
  enforce: 'pre',
  async load(id) {
    if (!id.endsWith('.wasm')) return undefined;
    const base64 = await readFile(join(outputFolder(debug), basename(id)), 'base64');
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

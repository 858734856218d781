// Bundles each program into one file that needs no node_modules, the main one into two. CommonJS, because Node starts it a little faster and a
// copied file runs whatever package.json lies beside it; modules behind `await import()` are evaluated only when used.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { bundledPackages, noticesOf, sbomOf } from './bundled-packages.mjs';
import { compileTranscoder, outputFolder } from './transcoder/compile.mjs';

const programs = {
  main: 'src/main.ts',
  login: 'src/login/oauth2.ts',
  org: 'emulator/main.ts',
  demo: 'demo/main.ts',
  bench: 'integration_tests/bench/main.ts',
  'bench-transcode': 'integration_tests/bench/transcode.ts',
};
// The WebAssembly module with assertions and source maps: docs/transcoder.md.
const debug = process.argv.includes('--debug');
// What is published and what the image holds; the other programs stay in the checkout.
const handedOut = new Set(['main', 'login']);
const project = JSON.parse(await readFile('package.json', 'utf8'));

// Of undici only the dispatchers are used; its index evaluates fetch, caches, mocks and the rest as well: 30 ms and 4 MB
// of each start. A version that moves them fails the build.
const leanUndici = {
  name: 'lean-undici',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'lean' }));
    onLoad({ filter: /^undici$/, namespace: 'lean' }, () => ({
      resolveDir: process.cwd(),
      contents: `
        const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');
        Object.assign(Dispatcher.prototype, require('undici/lib/api'));
        exports.Agent = require('undici/lib/dispatcher/agent.js');
        exports.EnvHttpProxyAgent = require('undici/lib/dispatcher/env-http-proxy-agent.js');
      `,
    }));
  },
};

/** Which of the compiled modules is bundled. */
const wasmOfBuild = {
  name: 'wasm-of-build',
  setup({ onResolve }) {
    onResolve({ filter: /dist\/[\w-]+\.wasm$/ }, ({ path }) => ({ path: join(outputFolder(debug), basename(path)) }));
  },
};

// A quarter as large as the rest of the program, and used by one command: a file of its own, so that no other start reads it.
const loginApart = {
  name: 'login-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/oauth2\.ts$/, namespace: 'file' }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './login.js', external: true } : undefined,
    );
  },
};

// node-fetch brings a URL class for Nodes that have none; on Node 24 its punycode prints a warning, and it is half of the file.
const nodesOwnUrl = {
  name: 'nodes-own-url',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^whatwg-url$/ }, ({ path }) => ({ path, namespace: 'own-url' }));
    onLoad({ filter: /.*/, namespace: 'own-url' }, () => ({ contents: 'exports.URL = URL;' }));
  },
};

await mkdir('dist', { recursive: true });
await compileTranscoder(debug);
const plugins = { main: [leanUndici, wasmOfBuild, loginApart], login: [nodesOwnUrl] };
await writeFile('dist/package.json', '{ "type": "commonjs" }\n');
const metafiles = [];
for (const [name, entry] of Object.entries(programs)) {
  if (!existsSync(entry)) continue;
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: `dist/${name}.js`,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: handedOut.has(name),
    // yargs asks import.meta.url where it lies; CommonJS has no such thing.
    banner: {
      js: '#!/usr/bin/env node\nconst bundleUrl = require("node:url").pathToFileURL(__filename).href;',
    },
    define: { 'import.meta.url': 'bundleUrl', 'process.env.MODSTAMP_VERSION': JSON.stringify(project.version) },
    plugins: plugins[name] ?? [wasmOfBuild],
    external: ['@duckdb/node-api'],
    loader: { '.wasm': 'binary' },
    logOverride: { 'empty-import-meta': 'silent' },
    metafile: true,
  });
  if (handedOut.has(name)) metafiles.push(metafile);
  await chmod(`dist/${name}.js`, 0o755);
  if (!process.argv.includes('--quiet')) {
    const bytes = Object.values(metafile.outputs)[0].bytes;
    console.error(`dist/${name}.js ${(bytes / 1024).toFixed(0)} KiB`);
  }
}
const packages = await bundledPackages(metafiles);
await writeFile('dist/THIRD-PARTY-NOTICES.txt', noticesOf(packages));
await writeFile('dist/sbom.cdx.json', sbomOf(packages, project));

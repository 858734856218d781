import { describe, expect, test } from 'vitest';
import { readCommandLine } from './cli.ts';

const read = (line: string) => readCommandLine(line.split(' ').filter(Boolean), '1.2.3');

describe('a command line', () => {
  test.each([
    ['spec', { name: 'spec' }],
    ['check --config c.json', { name: 'check', config: 'c.json' }],
    ['discover --config=c.json', { name: 'discover', config: 'c.json' }],
    ['read --config c --catalog k', { name: 'read', config: 'c', catalog: 'k', state: undefined }],
    ['read --state s --catalog k --config c', { name: 'read', config: 'c', catalog: 'k', state: 's' }],
    ['check --config a --config b', { name: 'check', config: 'b' }],
    ['catalog --config c', { name: 'catalog', config: 'c', select: undefined, exclude: undefined, syncMode: undefined, from: undefined }],
    ['catalog --config c --select accounts:id --exclude a --sync-mode full_refresh --from o', { name: 'catalog', config: 'c', select: 'accounts:id', exclude: 'a', syncMode: 'full_refresh', from: 'o' }],
    ['diff --config c --catalog k', { name: 'diff', config: 'c', catalog: 'k', apiVersion: undefined, json: false }],
    ['diff --config c --catalog k --api-version 66.0 --json', { name: 'diff', config: 'c', catalog: 'k', apiVersion: '66.0', json: true }],
  ])('%s is a command', async (line, command) => {
    expect(await read(line)).toEqual({ kind: 'command', command });
  }); // prettier-ignore

  test.each([
    ['', 'A command is missing; see modstamp --help.'],
    ['replicate', 'Unknown command: replicate; see modstamp --help.'],
    ['check', 'Missing required argument: --config; see modstamp --help.'],
    ['read', 'Missing required arguments: --config, --catalog; see modstamp --help.'],
    ['check --config', 'Not enough arguments following: --config; see modstamp --help.'],
    ['spec --confg c', 'Unknown argument: --confg; see modstamp --help.'],
    ['check --config c extra', 'Unknown command: extra; see modstamp --help.'],
    ['catalog --config c --sync-mode cdc', 'Invalid values: Argument: sync-mode, Given: "cdc", Choices: "full_refresh", "incremental"; see modstamp --help.'],
  ])('"%s" is refused', async (line, sentence) => {
    expect(await read(line)).toEqual({ kind: 'complaint', sentence });
  }); // prettier-ignore

  test('--version is the version, --help names every command, also of one command', async () => {
    expect(await read('--version')).toEqual({ kind: 'text', text: '1.2.3' });
    const help = await read('--help');
    for (const name of ['spec', 'check', 'discover', 'read', 'catalog', 'diff']) {
      expect(help).toMatchObject({ kind: 'text', text: expect.stringContaining(`modstamp ${name} `) });
    }
    expect(await read('read --help')).toMatchObject({ kind: 'text', text: expect.stringContaining('--state') });
  });

  test('process.stdout is what it was afterwards', async () => {
    const before = Object.getOwnPropertyDescriptor(process, 'stdout');
    await read('spec');
    expect(Object.getOwnPropertyDescriptor(process, 'stdout')).toEqual(before);
  });
});

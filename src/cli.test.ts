import { describe, expect, test } from 'vitest';
import { readCommandLine } from './cli.ts';
import { COMMANDS, findCommand } from './commands/list.ts';

const read = (line: string) => readCommandLine(line.split(' ').filter(Boolean), '1.2.3');

async function textOf(line: string): Promise<string> {
  const request = await read(line);
  if (request.kind !== 'text') throw new Error(`${line} is a ${request.kind}`);
  return request.text;
}

describe('a command line', () => {
  test.each([
    ['spec', 'spec', {}],
    ['check --config c.json', 'check', { config: 'c.json' }],
    ['check', 'check', { config: undefined }],
    ['discover --config=c.json', 'discover', { config: 'c.json' }],
    ['read --config c --catalog k', 'read', { config: 'c', catalog: 'k', state: undefined }],
    ['read --state s --catalog k --config c', 'read', { config: 'c', catalog: 'k', state: 's' }],
    ['check --config a --config b', 'check', { config: 'b' }],
    ['catalog --config c', 'catalog', { config: 'c', select: undefined, exclude: undefined, syncMode: undefined, from: undefined }],
    ['catalog --config c --select accounts:id --exclude a --sync-mode full_refresh --from o', 'catalog', { config: 'c', select: ['accounts:id'], exclude: ['a'], syncMode: 'full_refresh', from: 'o' }],
    ['catalog --select a --select b:c --config x --config c', 'catalog', { config: 'c', select: ['a', 'b:c'], exclude: undefined, syncMode: undefined, from: undefined }],
    ['diff --config c --catalog k', 'diff', { config: 'c', catalog: 'k', apiVersion: undefined, all: false, json: false, exitCode: false }],
    ['diff --config c --catalog k --api-version 66.0 --json', 'diff', { config: 'c', catalog: 'k', apiVersion: '66.0', all: false, json: true, exitCode: false }],
    ['state show', 'state', { action: 'show', streams: [], state: 'state.json' }],
    ['state reset a b c --state s', 'state', { action: 'reset', streams: ['a', 'b', 'c'], state: 's' }],
    ['completion zsh', 'completion', { shell: 'zsh' }],
  ])('%s is a command', async (line, name, args) => {
    expect(await read(line)).toEqual({ kind: 'command', command: findCommand(name), args });
  }); // prettier-ignore

  test.each([
    ['replicate', 'Unknown command: replicate; see modstamp --help.'],
    ['reed', 'Unknown command: reed (did you mean read?); see modstamp --help.'],
    ['chekc --config c', 'Unknown command: chekc (did you mean check?); see modstamp --help.'],
    ['read', 'Missing required argument: --catalog; see modstamp --help.'],
    ['check --config', 'Not enough arguments following: --config; see modstamp --help.'],
    ['spec --confg c', 'Unknown argument: --confg; see modstamp --help.'],
    ['check --confg c', 'Unknown argument: --confg (did you mean --config?); see modstamp --help.'],
    ['check --config c extra', 'Unknown command: extra; see modstamp --help.'],
    ['catalog --config c --sync-mode cdc', 'Invalid values: Argument: sync-mode, Given: "cdc", Choices: "full_refresh", "incremental"; see modstamp --help.'],
  ])('"%s" is refused', async (line, sentence) => {
    expect(await read(line)).toEqual({ kind: 'complaint', sentence });
  }); // prettier-ignore

  test.each(['--version', '-v'])('%s is the version', async (line) => {
    expect(await read(line)).toEqual({ kind: 'text', text: '1.2.3' });
  });

  test.each(['--help', '-h', ''])('"%s" prints the help, which names every command', async (line) => {
    const help = await textOf(line);
    for (const { name } of COMMANDS) expect(help).toContain(`modstamp ${name} `);
  });

  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    'the help of %s names its options and has its examples, each on a line, in 80 columns',
    async (name, { options, examples }) => {
      const lines = (await textOf(`${name} --help`)).split('\n');
      for (const option of Object.keys(options)) expect(lines.join('\n')).toContain(` --${option}`);
      for (const { line } of examples) expect(lines).toContain(`  ${line}`);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    },
  );

  test('no text has colours, whatever the terminal: NO_COLOR has nothing to switch off', async () => {
    for (const { name } of COMMANDS) expect(await textOf(`${name} --help`)).not.toContain('\u001b');
  });

  test('the help of the program fits into 80 columns too, with an example of each command on a line', async () => {
    const lines = (await textOf('--help')).split('\n');
    for (const { line } of COMMANDS.flatMap(({ examples }) => examples.slice(0, 1)))
      expect(lines).toContain(`  ${line}`);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test('process.stdout is what it was afterwards', async () => {
    const before = Object.getOwnPropertyDescriptor(process, 'stdout');
    await read('spec');
    expect(Object.getOwnPropertyDescriptor(process, 'stdout')).toEqual(before);
  });
});

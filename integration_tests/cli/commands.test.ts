/** The command line without a host: what a person meets who types it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programPath, reasonsOf, runProgram, runSpec } from '../program.ts';
import type { ProgramRun } from '../program.ts';
import { complaintsOfMessages } from '../protocol.ts';

const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string;
};

/** --help and --version print text, not messages, so runProgram is not the one to ask. */
function words(...args: string[]): { exitCode: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [programPath, ...args], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { exitCode: status, text: stdout + stderr };
}

describe('the command line', () => {
  test('--version prints the version of package.json', () => {
    expect(words('--version')).toEqual({ exitCode: 0, text: `${version}\n` });
  });

  test.each([[[]], [['-h']], [['--help']], [['read', '-h']]])('%j prints the help', (args) => {
    expect(words(...args)).toEqual({ exitCode: 0, text: expect.stringMatching(/^modstamp .*^Options:/ms) });
  });

  test.each(['spec', 'login', 'check', 'discover', 'read', 'catalog', 'diff', 'state', 'completion'])(
    '--help names %s',
    (command) => {
      const { exitCode, text } = words('--help');
      expect(exitCode).toBe(0);
      expect(text).toMatch(new RegExp(`\\b${command}\\b`));
    },
  );

  test.each([
    [['replicate']],
    [['discover', '--confg', 'x.json']],
    [['read', '--config', 'x.json']],
    [['check', '--config']],
  ])('%j is refused with a hint and without a stack', (args) => {
    const { exitCode, text } = words(...args);
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/--config|--catalog|--help|[Uu]nknown|command/);
    expect(text).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });

  test('without --config, MODSTAMP_CONFIG names the configuration, then ./config.json is it, or a sentence asks for one', async () => {
    const files = { 'config.json': '{"naming":"here"}', 'other.json': '{"naming":"there"}' };
    const said = async (run: Promise<ProgramRun>) => JSON.stringify((await run).messages);
    expect(await said(runProgram(['check'], { files }))).toMatch(/file config\.json has .*got \\"here/);
    const env = { MODSTAMP_CONFIG: './other.json' };
    expect(await said(runProgram(['check'], { files, env }))).toMatch(/file \.\/other\.json has .*got \\"there/);
    expect(await said(runProgram(['check', '--config', 'config.json'], { files, env }))).toMatch(/got \\"here/);
    const none = await runProgram(['check'], { env: { MODSTAMP_CONFIG: '' } });
    expect(none.exitCode).toBe(1);
    expect(reasonsOf(none)).toMatch(/No configuration is named: pass --config FILE, or set MODSTAMP_CONFIG/);
  });

  test('spec needs no config, no network and no writable folder, and says one thing', async () => {
    const run = await runSpec({ cwd: '/', env: { HOME: '/nonexistent' } });
    expect(run).toMatchObject({ exitCode: 0, tail: '', stderr: '' });
    expect(complaintsOfMessages(run)).toEqual([]);
    expect(run.messages.map(({ type }) => type)).toEqual(['SPEC']);
  });
});

/** The commands that look into files: states shown and reset, catalogs compared, what discover printed read as it is. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { catalogOf, configureAll } from '../catalog.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { programPath, reasonsOf, runDiscover, runRead } from '../program.ts';
import type { ProgramRun } from '../program.ts';

let org: OrgUnderTest;
let discovered: ProgramRun;
let folder: string;
beforeAll(async () => {
  org = await openPracticeOrg({ rows: 3, seed: 9 });
  discovered = await runDiscover(org.config());
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modstamp-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(org.config()));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(() => org?.close());

/** A command for persons, in a folder with a configuration. */
async function say(...args: string[]): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [programPath, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [exitCode, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
}

const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('modstamp state', () => {
  let lines: string;
  beforeAll(async () => {
    const catalog = configureAll(discovered, ['accounts', 'contacts', 'leads']);
    const run = await runRead({ config: org.config(), catalog });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    lines = run.lines.filter((line) => line.includes('"type":"STATE"')).join('\n') + '\n';
  });

  test('show lists every stream of what a read wrote', async () => {
    write('state.json', lines);
    const { exitCode, stdout, stderr } = await say('state', 'show');
    expect(exitCode, stderr).toBe(0);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^stream +cursor +whole read +resume +deletes$/);
    expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(['accounts', 'contacts', 'leads']);
    expect(rows[0]).toMatch(/^accounts +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ +\d{4}-\S+Z +- /);
  });

  test('reset takes streams out, keeps the form of the file and leaves no other file', async () => {
    write('states.jsonl', lines);
    const { exitCode, stdout } = await say('state', 'reset', 'accounts', 'leads', '--state', 'states.jsonl');
    expect([exitCode, stdout]).toEqual([0, 'accounts, leads: without a state from now on; the next sync reads all rows.\n']);
    const left = read('states.jsonl').trimEnd().split('\n');
    expect(left.length).toBeGreaterThan(0);
    for (const line of left) expect(line).toMatch(/^\{"type":"STATE".*"name":"contacts"/);
    expect(readdirSync(folder).toSorted()).toEqual(['config.json', 'states.jsonl']);

    write('state.json', JSON.stringify([{ type: 'STREAM', stream: { stream_descriptor: { name: 'a', namespace: 'n' }, stream_state: {} } }]));
    await say('state', 'reset', 'n.a');
    expect(JSON.parse(read('state.json'))).toEqual([]);
  }); // prettier-ignore

  test('reset of a stream that has no state changes nothing', async () => {
    write('state.json', lines);
    const { mtimeMs } = statSync(join(folder, 'state.json'));
    const { exitCode, stderr } = await say('state', 'reset', 'accounts', 'contact');
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'modstamp: state.json has no state of contact (did you mean contacts?); nothing was changed.\n',
    );
    expect(statSync(join(folder, 'state.json')).mtimeMs).toBe(mtimeMs);
  });

  test.each([
    [['state', 'show'], /state file state\.json does not exist/],
    [['state', 'reset'], /Name the streams to reset/],
    [['state', 'drop'], /Invalid values.*"show", "reset"/],
  ])('%j is refused in a sentence', async (args, sentence) => {
    const { exitCode, stdout, stderr } = await say(...args);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(sentence);
  });
});

describe('what discover printed', () => {
  test('is compared as it is, log messages and all', async () => {
    const log = JSON.stringify({ type: 'LOG', log: { level: 'INFO', message: 'Hello.' } });
    write('found.jsonl', [log, ...discovered.lines, log].join('\n'));
    const { exitCode, stdout, stderr } = await say('diff', '--catalog', 'found.jsonl', '--exit-code');
    expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
    expect(stdout).toBe('Nothing changed at API 58.0.\n');
  });

  test('is no configured catalog, and the sentence says how to make one', async () => {
    const log = JSON.stringify({ type: 'LOG', log: { level: 'INFO', message: 'Hello.' } });
    const catalog = [log, ...discovered.lines].join('\n');
    const run = await runRead({ config: org.config(), catalog });
    expect(run.exitCode).toBe(1);
    expect(reasonsOf(run)).toContain('make one with \\"modstamp catalog > catalog.json\\"');
    write('found.jsonl', catalog);
    expect((await say('catalog', '--from', 'found.jsonl')).stderr).toContain('"modstamp catalog > catalog.json"');
  });
});

describe('modstamp diff', () => {
  /** Accounts as they were: a column more, another one of another type, most of today's missing. */
  function oldCatalog(): string {
    const accounts = catalogOf(discovered).streams.find(({ name }) => name === 'accounts');
    if (accounts === undefined) throw new Error('the org has no accounts');
    const { id } = accounts.json_schema.properties;
    const json_schema = {
      ...accounts.json_schema,
      properties: { id, gone_c: { type: ['null', 'string'] }, annual_revenue: { type: ['null', 'string'] } },
    };
    return JSON.stringify({ streams: [{ stream: { ...accounts, json_schema }, sync_mode: 'full_refresh' }] });
  }

  test('puts losses first, counts the rest, and tells by its exit code', async () => {
    write('catalog.json', oldCatalog());
    const { exitCode, stdout, stderr } = await say('diff', '--catalog', 'catalog.json');
    expect(exitCode, stderr).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 3).map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['change', 'collection', 'property'],
      ['removed', 'accounts', 'gone_c'],
      ['retyped', 'accounts', 'annual_revenue'],
    ]);
    expect(lines.slice(4).join('\n')).toMatch(/^API 58\.0\. Collections: \d+ added\. Properties: 1 removed, 1 retyped, \d+ added\.\n.*--all/);
    expect((await say('diff', '--catalog', 'catalog.json', '--exit-code')).exitCode).toBe(1);
    const all = await say('diff', '--catalog', 'catalog.json', '--all');
    expect(all.stdout).toMatch(/^added +accounts +name /m);
    expect(JSON.parse((await say('diff', '--catalog', 'catalog.json', '--json')).stdout)).toMatchObject({ apiVersion: '58.0' });
  }); // prettier-ignore

  test('with --exit-code fails with 2, as 1 means a difference', async () => {
    expect((await say('diff', '--catalog', 'absent.json', '--exit-code')).exitCode).toBe(2);
    expect((await say('diff', '--catalog', 'absent.json')).exitCode).toBe(1);
  });
});

test('an API version without Bulk queries is refused by diff and read alike, with the reason', async () => {
  const why = '47.0 or later, the first with Bulk API 2.0 queries, got';
  write('catalog.json', '{"streams":[]}');
  const diff = await say('diff', '--catalog', 'catalog.json', '--api-version', '46.0');
  expect([diff.exitCode, diff.stderr]).toEqual([1, expect.stringContaining(why)]);
  const config = org.config({ api_version: '46.0' });
  expect(reasonsOf(await runRead({ config, catalog: { streams: [] } }))).toContain(why);
});

describe('completion', () => {
  /** What bash would offer for a line that ends at the cursor. */
  function offered(line: string): string[] {
    const words = line.split(' ');
    const script = `source <(${process.execPath} ${programPath} completion bash)
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
      _modstamp; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  }

  test('of bash knows commands, options and their values, and leaves files to bash', () => {
    expect(offered('modstamp dis')).toEqual(['discover']);
    expect(offered('modstamp read --c')).toEqual(['--config', '--catalog']);
    expect(offered('modstamp catalog --sync-mode ')).toEqual(['full_refresh', 'incremental']);
    expect(offered('modstamp state re')).toEqual(['reset']);
    expect(offered('modstamp read --config ')).toEqual([]);
  });

  test.each(['bash', 'zsh', 'fish'])('of %s names every command and option', async (shell) => {
    const { exitCode, stdout } = await say('completion', shell);
    expect(exitCode).toBe(0);
    for (const word of ['discover', 'login', 'sync-mode', 'from-sf']) expect(stdout).toContain(word);
    if (spawnSync(shell, ['-c', 'true']).status === 0) {
      write('script', stdout);
      expect(spawnSync(shell, ['-n', join(folder, 'script')], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    }
  }); // prettier-ignore
});

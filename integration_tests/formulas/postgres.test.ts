/** The vectors in a real PostgreSQL, started for this file where its programs are there. */
import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparable, queryOf, translate, type Translated } from './translate.ts';
import { VECTORS } from './vectors.ts';

const TYPES = { number: 'numeric', currency: 'numeric', percent: 'double precision', boolean: 'boolean', date: 'date', datetime: 'timestamptz', time: 'time' }; // prettier-ignore
const binaries = findBinaries();

/** Debian keeps the server's programs out of PATH. */
function findBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort() : [];
  const folders = versions.map((version) => join(root, version, 'bin'));
  const found = folders.reverse().find((folder) => existsSync(join(folder, 'initdb')));
  if (found === undefined) process.stderr.write('\nLEFT OUT: formulas in PostgreSQL: needs the package postgresql.\n');
  return found;
}

describe.runIf(binaries !== undefined)('PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'modstamp-pg-'));
  let translated: readonly Translated[];
  let results: readonly (string | null)[];

  /** The server refuses to run as root. */
  function run(program: string, args: readonly string[], options: ExecFileSyncOptions = {}): string {
    const path = join(binaries ?? '', program);
    const isRoot = process.getuid?.() === 0;
    const command = isRoot ? ['runuser', '-u', 'postgres', '--', path, ...args] : [path, ...args];
    return execFileSync(command[0] as string, command.slice(1), {
      encoding: 'utf8',
      stdio: 'pipe',
      ...options,
    }) as string;
  }

  beforeAll(() => {
    chmodSync(folder, 0o777);
    run('initdb', ['-D', join(folder, 'data'), '-A', 'trust', '-U', 'postgres', '--no-sync'], { cwd: folder });
    const settings = `-k ${folder} -h '' -c fsync=off -c timezone=America/New_York`;
    run('pg_ctl', ['-w', '-D', join(folder, 'data'), '-l', join(folder, 'log'), '-o', settings, 'start'], {
      cwd: folder,
      stdio: 'ignore',
    });
    translated = translate(VECTORS, 'postgres');
    // One call for all of them: a line each, NULL told apart from a text.
    const queries = VECTORS.map(
      (vector, index) =>
        `SELECT to_json(value) FROM (${queryOf(translated[index] ?? {}, vector, TYPES)}) AS q (value);`,
    );
    const psql = ['-h', folder, '-U', 'postgres', '-Atq', '-P', 'null=NULL', '-v', 'ON_ERROR_STOP=1', '-f', '-'];
    const output = run('psql', psql, { cwd: folder, input: queries.join('\n') });
    results = output
      .trimEnd()
      .split('\n')
      .map((line) => (line === 'NULL' ? null : (JSON.parse(line) as string | null)));
  });
  afterAll(() => {
    run('pg_ctl', ['-D', join(folder, 'data'), '-m', 'immediate', 'stop'], { cwd: folder });
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(VECTORS.map((vector, index) => [vector[0], index, vector] as const))(
    'computes %s (%i) as Salesforce does',
    (_, index, vector) => {
      expect(translated[index]?.reason).toBeUndefined();
      expect(comparable(vector, results[index] ?? null)).toBe(vector[3]);
    },
  );
});

/** The demo as its reader starts it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWarehouse } from '../../demo/warehouse.ts';

const demo = resolve(import.meta.dirname, '../../dist/demo.js');
let folder: string;
let database: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modstamp-demo-test-'));
  database = join(folder, 'warehouse.duckdb');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => promisify(execFile)(process.execPath, [demo, ...args]);

test('lands an org twice, says what it cost, and leaves a file with 48 tables that equal the org', async () => {
  const { stdout, stderr } = await run('--rows', '25', '--seed', '7', '--database', database);
  expect(stderr.match(/All tables equal the org/g)).toHaveLength(2);
  expect(stdout).toMatch(/^ {2}First sync +[\d,]+ +\d+ +[\d.]+\n {2}Second sync +[\d,]+ +\d+ +[\d.]+$/m);
  const warehouse = await openWarehouse(database);
  const tables = await warehouse.query("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'sfdc'");
  expect(tables).toHaveLength(48);
  expect(await warehouse.query("SELECT count(*) > 0 AS there FROM sfdc.leads WHERE last_name LIKE 'Visitor %'")).toEqual([{ there: true }]); // prettier-ignore
  warehouse.close();
});

test('runs a query on the warehouse of the last demo', async () => {
  const { stdout } = await run('--database', database, '--query', 'SELECT count(*) > 0 AS filled FROM sfdc.accounts');
  expect(stdout).toBe('  filled\n  ------\n  true\n');
});

test.each([
  ['a number of rows that is none', ['--rows', '0'], '--rows must be a whole number from 1 on.\n'],
  ['a folder that is not there', ['--database', '/nowhere/warehouse.duckdb'], /Cannot open file .*nowhere/],
  ['a query that is wrong', ['--query', 'SELEC 1'], /^Parser Error: syntax error at or near "SELEC"/],
])('%s is told in words, and the exit code is 1', async (_, args, sentence) => {
  const failed = run('--rows', '1', '--database', join(folder, 'other.duckdb'), ...args);
  await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(sentence) });
});

/** Views over synced tables give what the org computed, field by field. */
import { writeFile, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { runProgram } from '../program.ts';
import { configure, discoverStreams, sync, type Sync } from '../sync/sync.ts';

let org: OrgUnderTest;
let folder: string;
let connection: DuckDBConnection;
let read: Sync;
let catalog: Awaited<ReturnType<typeof configure>>;
const names = ['invoice_c', 'invoice_line_c', 'project_c', 'opportunities', 'accounts'];

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 200, seed: 12 });
  folder = await mkdtemp(join(tmpdir(), 'modstamp-views-'));
  const streams = await discoverStreams(org.config());
  catalog = configure(streams, Object.fromEntries(names.map((name) => [name, {}])));
  read = await sync(org.config(), catalog);
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const name of names) await load(name);
});
afterAll(async () => {
  await org?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The records of a stream as a table, as a destination types them. */
async function load(name: string): Promise<void> {
  const path = join(folder, `${name}.json`);
  await writeFile(
    path,
    read
      .records(name)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(''),
  );
  await connection.run(`CREATE TABLE "${name}" AS SELECT * FROM read_json_auto('${path}', sample_size = -1)`);
}

async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[];
}

test('each formula field of the views equals what the org has computed', async () => {
  const out = join(folder, 'views');
  const args = [
    'formulas',
    '--dialect',
    'duckdb',
    '--config',
    'config.json',
    '--catalog',
    'catalog.json',
    '--out',
    out,
  ];
  const run = await runProgram(args, { files: { 'config.json': org.config(), 'catalog.json': catalog } });
  expect(run.exitCode, run.stderr).toBe(0);
  const files = (await readdir(out)).sort();
  expect(files).toEqual(
    ['accounts', 'invoice_c', 'invoice_line_c', 'opportunities', 'project_c'].map((name) => `${name}_formulas.sql`),
  );
  for (const file of files) await connection.run(await readFile(join(out, file), 'utf8'));
  const formulas = { invoice_c: ['balance_c', 'overdue_c', 'summary_c'], invoice_line_c: ['amount_c'], project_c: ['remaining_c'], opportunities: ['weighted_c'] }; // prettier-ignore
  for (const [name, columns] of Object.entries(formulas)) {
    for (const column of columns) {
      // A double has no cents left in numbers of 15 digits and more, of which the practice org has some.
      const isNumber =
        typeof (await rowsOf(`SELECT max("${column}") AS most FROM "${name}"`))[0]?.['most'] === 'number';
      const beyond = isNumber ? `COALESCE(abs(v."${column}") >= 1e13, FALSE)` : 'FALSE';
      const different = `SELECT t.id, t."${column}" AS org, v."${column}" AS ours FROM "${name}" t JOIN "${name}_formulas" v USING (id) WHERE t."${column}" IS DISTINCT FROM v."${column}" AND NOT ${beyond}`;
      expect(await rowsOf(different), `${name}.${column}`).toEqual([]);
      const [{ known } = {}] = await rowsOf(`SELECT count("${column}") AS known FROM "${name}_formulas"`);
      expect(Number(known), `${name}.${column}`).toBeGreaterThan(0);
    }
  }
});

test('a formula follows its parents, and the formulas that it is made of', async () => {
  const field = (name: string, calculatedFormula: string, type = 'double') => ({
    op: 'addField' as const,
    sobject: 'Invoice_Line__c',
    field: { name, type, calculated: true, calculatedFormula, scale: 2, nillable: true },
  });
  await org.change(
    field('Share__c', 'Amount__c / Invoice__r.Amount__c'),
    field('Open__c', 'Invoice__r.Balance__c * 2'),
    field('Customer__c', 'Invoice__r.Account__r.Name', 'string'),
    field('Mine__c', 'Invoice__r.Owner.Name', 'string'),
  );
  const streams = await discoverStreams(org.config());
  const own = configure(streams, { invoice_c: {}, invoice_line_c: {}, accounts: {} });
  await connection.run('DROP VIEW IF EXISTS invoice_line_c_formulas');
  for (const column of ['share_c', 'open_c'])
    await connection.run(`ALTER TABLE invoice_line_c ADD COLUMN ${column} DOUBLE`);
  for (const column of ['customer_c', 'mine_c'])
    await connection.run(`ALTER TABLE invoice_line_c ADD COLUMN ${column} VARCHAR`);
  const args = ['formulas', '--dialect', 'duckdb', '--config', 'config.json', '--catalog', 'catalog.json'];
  const run = await runProgram([...args, '--out', folder], {
    files: { 'config.json': org.config(), 'catalog.json': own },
  });
  expect(run.stderr).toMatch(/Mine__c is as it was synced: Owner of Invoice__c may lead to /);
  await connection.run(await readFile(join(folder, 'invoice_line_c_formulas.sql'), 'utf8'));
  const wrong = await rowsOf(`
    SELECT v.id FROM invoice_line_c_formulas v JOIN invoice_c i ON i.id = v.invoice_c LEFT JOIN accounts a ON a.id = i.account_c
    WHERE v.customer_c IS DISTINCT FROM a.name OR abs(v.open_c - 2 * (i.amount_c - i.paid_c)) > 0.01
      OR abs(v.share_c - v.amount_c / i.amount_c) > 0.01`);
  expect(wrong).toEqual([]);
  expect(
    Number((await rowsOf('SELECT count(customer_c) AS known FROM invoice_line_c_formulas'))[0]?.['known']),
  ).toBeGreaterThan(0);
});

test('without a catalog the command says what is missing', async () => {
  const run = await runProgram(['formulas', '--dialect', 'duckdb', '--config', 'config.json'], {
    files: { 'config.json': org.config() },
  });
  expect(run.exitCode).toBe(1);
  expect(run.stderr).toMatch(/--catalog names the streams/);
});

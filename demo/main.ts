/** The demo: a practice org lands in a DuckDB file, changes, and lands again as an increment. Checked, timed, counted. */
import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import type { PracticeOrg } from '../emulator/model.ts';
import { startPracticeOrg } from '../emulator/server.ts';
import { changeOrg } from './changes.ts';
import { openConnector } from './connector.ts';
import type { Connector } from './connector.ts';
import { say, startProgress } from './progress.ts';
import { formatCount, formatTable } from './text-table.ts';
import { findDifferences } from './verification.ts';
import { openWarehouse } from './warehouse.ts';
import type { ConfiguredCatalog, Warehouse } from './warehouse.ts';

interface Options {
  readonly rows: number;
  readonly seed: number;
  readonly keep: boolean;
  readonly query: string | undefined;
  readonly database: string;
}

/** What one sync cost. */
interface Bill {
  readonly name: string;
  readonly rows: number;
  readonly apiCalls: number;
  readonly seconds: number;
}

interface Scene {
  readonly org: PracticeOrg;
  readonly url: string;
  readonly connector: Connector;
  readonly warehouse: Warehouse;
  readonly database: string;
}

const SCHEMA = 'sfdc';
const program = join(dirname(process.argv[1] ?? ''), 'main.js');
const usualDatabase = join(dirname(program), '../demo/warehouse.duckdb');

const aboutWhat = `SELECT n.type AS about, count(DISTINCT n.id) AS records, count(*) AS tasks, count(*) FILTER (t.is_closed) AS closed
FROM ${SCHEMA}.tasks t JOIN ${SCHEMA}.names n ON n.id = t.what_id
WHERE NOT t.is_deleted
GROUP BY ALL ORDER BY tasks DESC, about LIMIT 6`;

main(hideBin(process.argv)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

function parse(args: readonly string[]): Options {
  const options = yargs(args)
    .scriptName('npm run demo --')
    .usage('$0 [options]\n\nLands a practice org in demo/warehouse.duckdb, twice.')
    .option('rows', { type: 'number', default: 1000, describe: 'Rows of each collection' })
    .option('seed', { type: 'number', default: 1, describe: 'Another seed, another org' })
    .option('keep', { type: 'boolean', default: false, describe: 'Leave the practice org running at the end' })
    .option('query', { type: 'string', describe: 'Only run this SQL on the warehouse of the last demo' })
    .option('database', { type: 'string', default: usualDatabase, defaultDescription: 'demo/warehouse.duckdb' })
    .describe('database', 'The DuckDB file; it is made anew')
    .strict()
    .parserConfiguration({ 'duplicate-arguments-array': false })
    .parseSync();
  if (!Number.isInteger(options.rows) || options.rows < 1) throw new Error('--rows must be a whole number from 1 on.');
  const { rows, seed, keep, query, database } = options;
  return { rows, seed, keep, query, database };
}

async function main(args: readonly string[]): Promise<void> {
  const options = parse(args);
  const { database } = options;
  if (options.query !== undefined) return showQuery(database, options.query);
  await rm(database, { force: true });
  await rm(`${database}.wal`, { force: true });
  const warehouse = await openWarehouse(database);
  try {
    await playAtOrg(options, warehouse);
  } finally {
    warehouse.close();
  }
}

async function playAtOrg({ rows, seed, keep, database }: Options, warehouse: Warehouse): Promise<void> {
  const { url, org, close } = await startPracticeOrg({ rows, seed });
  try {
    const connector = await openConnector(program, configFor(url));
    try {
      await play({ org, url, connector, warehouse, database });
      if (keep) await keepOpen(url, connector);
    } finally {
      await connector.remove();
    }
  } finally {
    await close();
  }
}

async function play(scene: Scene): Promise<void> {
  const { org, url, connector } = scene;
  say(`A practice org runs at ${url}.`);
  const refusal = await connector.check();
  if (refusal !== null) throw new Error(`check: ${refusal}`);
  const streams = await connector.discover();
  const catalog = await connector.catalog();
  say(`It lets us in and has ${formatCount(streams)} streams; ${catalog.streams.length} collections are selected.`);
  const first = await sync(scene, catalog, 'First sync');
  const { inserted, edited, deleted } = changeOrg(org);
  say(`The org changes: ${inserted} new rows, ${edited} edits, ${deleted} soft deletes.`);
  const second = await sync(scene, catalog, 'Second sync');
  await report(scene, [first, second]);
}

async function sync(scene: Scene, catalog: ConfiguredCatalog, name: string): Promise<Bill> {
  const { org, url, connector, warehouse } = scene;
  const progress = startProgress(name);
  const startedMs = performance.now();
  const callsBefore = await apiCallsOf(url);
  let exitCode = 0;
  const lines = connector.read(catalog, await warehouse.states(), (code) => {
    exitCode = code;
  });
  const landing = await warehouse.land(catalog, lines, progress.watcher).finally(progress.stop);
  const seconds = (performance.now() - startedMs) / 1000;
  const incomplete = landing.streams.filter((stream) => stream.status !== 'COMPLETE');
  if (exitCode !== 0 || incomplete.length > 0) {
    const reasons = landing.errors.map((error) => error.message).join(' ');
    throw new Error(`${name} ended with exit code ${exitCode}; not complete: ${namesOf(incomplete)}. ${reasons}`);
  }
  const differences = await findDifferences(warehouse, catalog, org);
  if (differences.length > 0) throw new Error(`${name}: the warehouse differs from the org. ${differences.join(' ')}`);
  const apiCalls = (await apiCallsOf(url)) - callsBefore;
  say(`${name}: ${formatCount(landing.rows)} rows in ${seconds.toFixed(1)} s. All tables equal the org.`);
  return { name, rows: landing.rows, apiCalls, seconds };
}

function namesOf(streams: readonly { readonly descriptor: { readonly name: string } }[]): string {
  return streams.map((stream) => stream.descriptor.name).join(', ') || 'none';
}

async function apiCallsOf(url: string): Promise<number> {
  const answer = await fetch(`${url}/_control/usage`);
  return ((await answer.json()) as { apiCalls: number }).apiCalls;
}

async function report({ warehouse, database }: Scene, bills: readonly Bill[]): Promise<void> {
  const costs = bills.map((bill) => [bill.name, bill.rows, bill.apiCalls, Math.round(bill.seconds * 10) / 10]);
  const biggest = await warehouse.query(
    `SELECT table_name AS name, estimated_size AS rows FROM duckdb_tables()
     WHERE schema_name = '${SCHEMA}' ORDER BY rows DESC, name LIMIT 5`,
  );
  const total = await warehouse.query(`SELECT count(*) AS tables FROM duckdb_tables() WHERE schema_name = '${SCHEMA}'`);
  console.log(`\n${formatTable(['sync', 'rows', 'API calls', 'seconds'], costs)}`);
  console.log('\n  The second sync has the changes; names and the collections without a cursor come whole every time.');
  console.log(`\n${total[0]?.['tables']} tables in ${relative(process.cwd(), database)}, the biggest of them:\n`);
  console.log(formatTable(['table', 'rows'], biggest.map((row) => [`${SCHEMA}.${row['name']}`, row['rows'] ?? null]))); // prettier-ignore
  console.log(`\nWhat tasks are about, whatever object that is:\n\n${indent(aboutWhat)}\n`);
  console.log(tableOfRows(await warehouse.query(aboutWhat)));
  console.log(`\nYour own: npm run demo -- --query "SELECT * FROM ${SCHEMA}.leads LIMIT 3"`);
}

async function showQuery(database: string, sql: string): Promise<void> {
  const warehouse = await openWarehouse(database);
  try {
    console.log(tableOfRows(await warehouse.query(sql)));
  } finally {
    warehouse.close();
  }
}

function tableOfRows(rows: readonly Record<string, string | number | boolean | null>[]): string {
  return formatTable(Object.keys(rows[0] ?? { 'no rows': null }), rows.map((row) => Object.values(row))); // prettier-ignore
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

async function keepOpen(url: string, connector: Connector): Promise<void> {
  say(`\nThe practice org goes on at ${url} until Ctrl-C. Its config, catalog and state are in ${connector.dir}.`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

function configFor(url: string): { readonly [key: string]: string | { readonly [key: string]: string } } {
  return {
    credentials: {
      auth_type: 'oauth',
      client_id: 'practice-client',
      client_secret: 'practice-secret',
      refresh_token: 'practice-refresh-token',
    },
    login_url: url,
    schema_name: SCHEMA,
  };
}

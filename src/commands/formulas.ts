/** `modstamp formulas`: Salesforce's formulas as SQL. */
import { createInterface } from 'node:readline';
import type { Dialect } from '../formulas/dialect.ts';
import type { FormulaView } from '../formulas/view.ts';
import { ModstampError } from '../errors.ts';
import { readCatalogFile } from './catalog-file.ts';
import { CONFIG_OPTION, configPath, startPersonalRun } from './config-file.ts';
import { defineCommand, type CommandContext } from './definition.ts';

const DIALECT_NAMES = ['duckdb', 'postgres', 'snowflake', 'bigquery'] as const;

export const formulas = defineCommand({
  name: 'formulas',
  summary: 'Write formula fields as SQL views, or try formulas one by one',
  audience: 'person',
  positionals: {
    action: {
      type: 'string',
      choices: ['views', 'try'] as const,
      default: 'views',
      describe: 'try: formulas from stdin, one JSON object a line; see docs/formulas.md',
    },
  },
  options: {
    dialect: { choices: DIALECT_NAMES, demandOption: true, requiresArg: true, describe: 'Warehouse to write SQL for' },
    config: CONFIG_OPTION,
    catalog: {
      type: 'string',
      requiresArg: true,
      describe: 'File with a configured catalog, or with what discover printed',
    },
    out: { type: 'string', requiresArg: true, describe: 'Folder for a file of each view; left out: all to stdout' },
    zone: {
      type: 'string',
      requiresArg: true,
      default: 'UTC',
      describe: 'Time zone of TODAY and DATEVALUE: that of the user who looks at the formulas, e.g. Europe/Paris',
    },
  },
  examples: [
    { line: 'modstamp formulas --dialect duckdb --catalog catalog.json', purpose: 'Print a view for each stream' },
    { line: 'modstamp formulas try --dialect duckdb < formulas.ndjson', purpose: 'Translate formulas one by one' },
  ],
  run: async ({ action, dialect: name, config, catalog, out, zone }, context) => {
    const [{ DIALECTS }, { readZone }] = await Promise.all([
      import('../formulas/dialects.ts'),
      import('../formulas/zone.ts'),
    ]);
    const dialect = DIALECTS[name];
    const known = readZone(zone);
    if (action === 'try') return tryLines(dialect, known, context);
    if (catalog === undefined) {
      throw new ModstampError('--catalog names the streams to write views for.', { failureType: 'config_error' });
    }
    const run = await startPersonalRun(configPath(config), context);
    const { formulaViews } = await import('../sync/catalog/formula-views.ts');
    const views = await formulaViews(run, { catalog: await readCatalogFile(catalog), dialect, zone: known });
    await writeViews(views, out, context);
    return 0;
  },
});

async function tryLines(dialect: Dialect, zone: string, context: CommandContext): Promise<number> {
  const { tryFormula } = await import('../formulas/trial.ts');
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    context.signal.throwIfAborted();
    if (line.trim() !== '') await context.print('stdout', `${JSON.stringify(tryFormula(line, dialect, zone))}\n`);
  }
  return 0;
}

async function writeViews(
  views: readonly FormulaView[],
  out: string | undefined,
  context: CommandContext,
): Promise<void> {
  for (const { name, sql, translated, copied } of views) {
    if (out === undefined) await context.print('stdout', `${sql}\n`);
    else await writeView(out, name, sql);
    await context.print('stderr', `${name}: ${translated.length} of ${translated.length + copied.length} formulas\n`);
    for (const { field, reason } of copied)
      await context.print('stderr', `  ${field} is as it was synced: ${reason}\n`);
  }
  if (views.length === 0) await context.print('stderr', 'No stream of the catalog has formula fields.\n');
}

async function writeView(folder: string, name: string, sql: string): Promise<void> {
  const [{ mkdir, writeFile }, { join }] = await Promise.all([import('node:fs/promises'), import('node:path')]);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${name}.sql`), sql);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ModstampError(`--out ${folder} can't be written: ${why}`, { failureType: 'config_error', cause });
  }
}

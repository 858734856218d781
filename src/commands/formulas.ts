/** `modstamp formulas`: Salesforce's formulas as SQL. */
import { createInterface } from 'node:readline';
import { defineCommand } from './definition.ts';

const DIALECT_NAMES = ['duckdb', 'postgres', 'snowflake', 'bigquery'] as const;

export const formulas = defineCommand({
  name: 'formulas',
  summary: 'Translate formulas of Salesforce into SQL',
  audience: 'person',
  positionals: {
    action: {
      type: 'string',
      choices: ['try'] as const,
      demandOption: true,
      describe: 'try: formulas from stdin, one JSON object a line; see docs/formulas.md',
    },
  },
  options: {
    dialect: { choices: DIALECT_NAMES, demandOption: true, requiresArg: true, describe: 'Warehouse to write SQL for' },
    zone: {
      type: 'string',
      requiresArg: true,
      default: 'UTC',
      describe: 'Time zone of TODAY and DATEVALUE: that of the user who looks at the formulas, e.g. Europe/Paris',
    },
  },
  examples: [
    { line: 'modstamp formulas try --dialect duckdb < formulas.ndjson', purpose: 'Translate formulas one by one' },
  ],
  run: async ({ dialect, zone }, context) => {
    const [{ DIALECTS }, { tryFormula }, { readZone }] = await Promise.all([
      import('../formulas/dialects.ts'),
      import('../formulas/trial.ts'),
      import('../formulas/zone.ts'),
    ]);
    const known = readZone(zone);
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      context.signal.throwIfAborted();
      if (line.trim() === '') continue;
      await context.print('stdout', `${JSON.stringify(tryFormula(line, DIALECTS[dialect], known))}\n`);
    }
    return 0;
  },
});

/** `modstamp diff`: what the org has gained and lost since a catalog was made. */
import { ModstampError } from '../errors.ts';
import { readCatalogFile } from './catalog-file.ts';
import { CONFIG_OPTION, configPath, startPersonalRun } from './config-file.ts';
import { defineCommand } from './definition.ts';

/** As GNU diff: 1 means that there are differences, so a failure has to be told apart. */
const DIFFERENT = 1;
const FAILED = 2;

export const diff = defineCommand({
  name: 'diff',
  summary: 'Compare a catalog with what the org has now',
  audience: 'person',
  options: {
    config: CONFIG_OPTION,
    catalog: {
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: 'File with a configured catalog, or with what discover printed',
    },
    'api-version': { type: 'string', requiresArg: true, describe: 'API version to compare with, e.g. 66.0' },
    all: { type: 'boolean', default: false, describe: 'Show also what the org has and the catalog does not list' },
    json: { type: 'boolean', default: false, describe: 'Print all changes as JSON instead of a table' },
    'exit-code': {
      type: 'boolean',
      default: false,
      describe:
        'Exit with 1 where anything listed is gone, renamed or of another type (with --all: or new), 2 on failure',
    },
  },
  examples: [{ line: 'modstamp diff --catalog catalog.json', purpose: 'See what the org has gained and lost' }],
  failureExitCode: ({ exitCode }) => (exitCode ? FAILED : 1),
  run: async ({ config, catalog, apiVersion, all, json, exitCode }, context) => {
    const version = apiVersion === undefined ? {} : { apiVersion: await checkedVersion(apiVersion) };
    const run = await startPersonalRun(configPath(config), context);
    const [{ diff }, { changeTable, isLoss }] = await Promise.all([
      import('../sync/catalog/diff.ts'),
      import('../terminal/change-table.ts'),
    ]);
    const found = await diff(run, { catalog: await readCatalogFile(catalog), ...version });
    const text = json ? `${JSON.stringify(found, null, 2)}\n` : changeTable(found.changes, found.apiVersion, all);
    await context.print('stdout', text);
    const differs = all ? found.changes.length > 0 : found.changes.some(isLoss);
    return exitCode && differs ? DIFFERENT : 0;
  },
});

/** The same versions as a configuration may name: what read refuses, diff can't promise. */
async function checkedVersion(text: string): Promise<string> {
  const [{ readApiVersion }, { complaintsOf }] = await Promise.all([
    import('../config/api-version.ts'),
    import('../config/complaint.ts'),
  ]);
  const [complaint] = complaintsOf('--api-version', () => readApiVersion(text));
  if (complaint !== undefined) throw new ModstampError(`${complaint}.`, { failureType: 'config_error' });
  return readApiVersion(text);
}

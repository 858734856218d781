/** `modstamp diff`: what the org has gained and lost since a catalog was made. */
import { readJsonLines } from '../json/file.ts';
import { isJsonObject } from '../json/value.ts';
import { CONFIG_OPTION, configPath, startPersonalRun } from './config-file.ts';
import { defineCommand } from './definition.ts';

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
    json: { type: 'boolean', default: false, describe: 'Print JSON instead of a table' },
  },
  examples: [{ line: 'modstamp diff --catalog catalog.json', purpose: 'See what the org has gained and lost' }],
  run: async ({ config, catalog: path, apiVersion, json }, context) => {
    const run = await startPersonalRun(configPath(config), context);
    const found = await readJsonLines(path, 'catalog');
    // What discover printed: log messages, and a CATALOG.
    const catalog = Array.isArray(found)
      ? found.find((line) => isJsonObject(line) && line['type'] === 'CATALOG')
      : found;
    const { diff } = await import('../sync/catalog/diff.ts');
    const text = await diff(run, { catalog, json, ...(apiVersion === undefined ? {} : { apiVersion }) });
    await context.print('stdout', text.endsWith('\n') ? text : `${text}\n`);
    return 0;
  },
});

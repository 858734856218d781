/** `modstamp read`: a sync. */
import { readStateFile } from '../json/file.ts';
import { collectOften } from '../process/heap.ts';
import { isStdoutClosed } from '../process/closed-output.ts';
import { CONFIG_OPTION, configPath, startHostRun } from './config-file.ts';
import { readCatalogFile } from './catalog-file.ts';
import { defineCommand } from './definition.ts';

/** So many plans are about as much as all else that a read keeps in memory. */
const MANY_STREAMS = 200;

export const read = defineCommand({
  name: 'read',
  summary: 'Read the streams of a configured catalog',
  audience: 'host',
  options: {
    config: CONFIG_OPTION,
    catalog: {
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: 'File with the configured catalog (JSON), as modstamp catalog writes it',
    },
    state: {
      type: 'string',
      requiresArg: true,
      describe: 'File with the states of the last sync: a JSON list, or STATE messages line by line',
    },
  },
  examples: [
    { line: 'modstamp read --catalog catalog.json > messages.jsonl', purpose: 'Read all rows' },
    { line: 'modstamp read --catalog catalog.json --state state.json', purpose: 'Read what changed since' },
  ],
  run: async ({ config, catalog, state }, context) => {
    if (isStdoutClosed()) {
      await context.print(
        'stderr',
        'modstamp: stdout is closed, so no record could arrive; let stdout lead to a file or a program.\n',
      );
      return 1;
    }
    const run = await startHostRun(configPath(config), context);
    const [{ readConfiguredCatalog }, { readStates }] = await Promise.all([
      import('../airbyte/configured-catalog.ts'),
      import('../airbyte/state.ts'),
    ]);
    const streams = readConfiguredCatalog(await readCatalogFile(catalog), `The catalog file ${catalog}`);
    const states = state === undefined ? [] : readStates(await readStateFile(state), `The state file ${state}`);
    collectOften(streams.length >= MANY_STREAMS);
    const { read } = await import('../sync/read.ts');
    return read(run, streams, states);
  },
});

/** `modstamp catalog`: a configured catalog, so that nobody edits one by hand. */
import { readCatalogFile } from './catalog-file.ts';
import { CONFIG_OPTION, configPath, startPersonalRun } from './config-file.ts';
import { defineCommand } from './definition.ts';

export const catalog = defineCommand({
  name: 'catalog',
  summary: 'Write a configured catalog, so that nobody edits one by hand',
  audience: 'person',
  options: {
    config: CONFIG_OPTION,
    select: {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'Streams, each with its columns if not all: "accounts;contacts:id,email"; "all" for every object',
    },
    exclude: { type: 'string', array: true, requiresArg: true, describe: 'Streams and columns to leave out' },
    'sync-mode': {
      choices: ['full_refresh', 'incremental'],
      requiresArg: true,
      describe: 'For all streams; left out: incremental wherever a stream can',
    },
    from: { type: 'string', requiresArg: true, describe: 'File with an older configured catalog to go by' },
  },
  examples: [
    { line: 'modstamp catalog > catalog.json', purpose: "Segment's 48 collections, as far as the org has them" },
    {
      line: 'modstamp catalog --select "accounts;contacts:email,phone" > catalog.json',
      purpose: 'Choose streams and columns; key, cursor and is_deleted come along',
    },
  ],
  run: async ({ config, select, exclude, syncMode, from }, context) => {
    const run = await startPersonalRun(configPath(config), context);
    const { writeCatalog } = await import('../sync/catalog/catalog.ts');
    const catalog = await writeCatalog(run, {
      ...(select === undefined ? {} : { select: select.join(';') }),
      ...(exclude === undefined ? {} : { exclude: exclude.join(';') }),
      ...(syncMode === undefined ? {} : { syncMode }),
      ...(from === undefined ? {} : { from: await readCatalogFile(from) }),
    });
    await context.print('stdout', `${JSON.stringify(catalog, null, 2)}\n`);
    return 0;
  },
});

/** `modstamp discover`: every object that can be read. */
import { CONFIG_OPTION, configPath, startHostRun } from './config-file.ts';
import { defineCommand } from './definition.ts';

export const discover = defineCommand({
  name: 'discover',
  summary: 'Print the catalog: every object that can be read',
  audience: 'host',
  options: { config: CONFIG_OPTION },
  examples: [],
  run: async ({ config }, context) => {
    const run = await startHostRun(configPath(config), context);
    const { discover } = await import('../sync/discover.ts');
    await context.messages.send({ type: 'CATALOG', catalog: await discover(run) });
    return 0;
  },
});

/** `npm run org`: the practice org as a program. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import type { PracticeOrgOptions } from './model.ts';
import { practiceApp, practiceUser } from './login/credential.ts';
import { startPracticeOrg, type ServerOptions } from './server.ts';

/** Starts the org that the arguments ask for, and prints its URL and a config for the connector on one line. */
async function main(): Promise<void> {
  const options = readArguments();
  const running = await startPracticeOrg(options);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void running.close().then(() => process.exit(0)));
  }
  console.log(`${running.url} ${JSON.stringify(connectorConfig(running.url))}`);
  console.error(
    `User ${practiceUser.username}, password ${practiceUser.password}, token ${practiceUser.securityToken}`,
  );
}

function readArguments(): PracticeOrgOptions & ServerOptions {
  const { port, host, rows, seed, objects, rowsOf, latencyMs } = yargs(hideBin(process.argv))
    .scriptName('npm run org --')
    .usage('$0 [options]\n\nA Salesforce org to practise on, seeded and deterministic.')
    .option('port', { type: 'number', default: 8123, describe: 'Port to listen on; 0 for any' })
    .option('host', { type: 'string', default: '127.0.0.1', describe: 'Address to listen on' })
    .option('rows', { type: 'number', default: 1000, describe: 'Rows of each collection' })
    .option('rows-of', { type: 'string', array: true, default: [], describe: 'Rows of one object: Account=20000' })
    .option('seed', { type: 'number', default: 1, describe: 'The same seed makes the same org' })
    .option('objects', { type: 'number', default: 300, describe: 'Objects in describe global' })
    .option('latency-ms', { type: 'number', default: 0, describe: 'Every answer waits so long' })
    .strict()
    .parseSync();
  return { port, host, rows, seed, objects, rowsOf: readRowsOf(rowsOf), settings: { latencyMs } };
}

/** A config that the connector takes as it is. */
function connectorConfig(url: string): Record<string, unknown> {
  const credentials = {
    auth_type: 'oauth',
    client_id: practiceApp.clientId,
    client_secret: practiceApp.clientSecret,
    refresh_token: practiceApp.refreshToken,
  };
  return { credentials, login_url: url };
}

function readRowsOf(pairs: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', count] = pair.split('=');
      if (!/^\d+$/.test(count ?? '')) throw new Error(`--rows-of wants Object=count, not ${pair}`);
      return [name, Number(count)];
    }),
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

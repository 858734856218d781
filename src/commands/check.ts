/** `modstamp check`: can this configuration read the org? */
import { traceOf } from '../airbyte/trace.ts';
import { asModstampError } from '../errors.ts';
import { isJsonObject } from '../json/value.ts';
import { requireWebAssembly } from '../process/web-assembly.ts';
import { CONFIG_OPTION, configPath, parseConfig, readRawConfig, warnOfKeys } from './config-file.ts';
import { defineCommand, type CommandContext } from './definition.ts';

export const check = defineCommand({
  name: 'check',
  summary: 'Say whether the configuration can read the org',
  audience: 'host',
  options: { config: CONFIG_OPTION },
  examples: [{ line: 'modstamp check --config config.json', purpose: 'Try the login' }],
  run: async ({ config }, context) => {
    await answerCheck(configPath(config), context);
    return 0;
  },
});

/** Any configuration that is a JSON object gets its answer as CONNECTION_STATUS, a bad one too. */
async function answerCheck(path: string, context: CommandContext): Promise<void> {
  const { messages, signal, hold } = context;
  const raw = await readRawConfig(path, context);
  try {
    requireWebAssembly();
    const run = { config: await parseConfig(raw, path), messages, signal, hold };
    await warnOfKeys(run.config, messages);
    const { check } = await import('../sync/check.ts');
    await messages.send({ type: 'CONNECTION_STATUS', connectionStatus: await check(run) });
  } catch (thrown) {
    signal.throwIfAborted();
    const error = asModstampError(thrown);
    if (!isJsonObject(raw)) throw error;
    if (error.failureType === 'system_error') messages.log('ERROR', traceOf(error).stack_trace ?? error.message);
    await messages.send({
      type: 'CONNECTION_STATUS',
      connectionStatus: { status: 'FAILED', message: error.message },
    });
  }
}

/** The configuration file that commands are given, and the run that begins with it. */
import { existsSync } from 'node:fs';
import { secretsIn } from '../airbyte/redaction.ts';
import type { Config } from '../config/config.ts';
import { ModstampError } from '../errors.ts';
import { readJsonFile } from '../json/file.ts';
import { collectOften } from '../process/heap.ts';
import { requireWebAssembly } from '../process/web-assembly.ts';
import type { Run } from '../sync/run.ts';
import type { CommandContext } from './definition.ts';

/** In the working folder, where nothing else names the file. */
export const USUAL_FILE = 'config.json';

/** The option that names the configuration file; pass what was typed to `configPath`. */
export const CONFIG_OPTION = {
  type: 'string',
  requiresArg: true,
  describe: 'File with the configuration (JSON); if left out, the one that MODSTAMP_CONFIG names, or ./config.json',
} as const;

/** The path of the configuration file: what was typed, else $MODSTAMP_CONFIG, else ./config.json. Throws config_error. */
export function configPath(typed: string | undefined): string {
  const path = typed ?? process.env['MODSTAMP_CONFIG'];
  if (path !== undefined && path !== '') return path;
  if (existsSync(USUAL_FILE)) return USUAL_FILE;
  throw new ModstampError(
    'No configuration is named: pass --config FILE, or set MODSTAMP_CONFIG, or run modstamp in a folder with a config.json; see modstamp --help.',
    { failureType: 'config_error' },
  );
}

/** The run of a command whose log a host reads, as messages on stdout. Throws config_error. */
export function startHostRun(path: string, context: CommandContext): Promise<Run> {
  return startRun(path, context, context.messages);
}

/** The run of a command that a person has typed: its log are lines on stderr. Throws config_error. */
export async function startPersonalRun(path: string, context: CommandContext): Promise<Run> {
  const { createPersonalMessages } = await import('../terminal/personal-messages.ts');
  return startRun(path, context, createPersonalMessages(path, context));
}

/** Whatever starts so may describe every object of an org, but for a read of few streams, which then says so. */
async function startRun(path: string, context: CommandContext, messages: Run['messages']): Promise<Run> {
  collectOften(true);
  requireWebAssembly();
  const config = await parseConfig(await readRawConfig(path, context), path);
  await warnOfKeys(config, messages);
  return { config, messages, signal: context.signal, hold: context.hold };
}

/** A WARN for each key of the configuration that its author may think has an effect. */
export async function warnOfKeys({ raw }: Config, messages: Pick<Run['messages'], 'log'>): Promise<void> {
  const { unheededKeys } = await import('../config/unheeded-key.ts');
  for (const sentence of unheededKeys(raw)) messages.log('WARN', sentence);
}

/** Longer ones are refused before anything of them could leave: each text would have to be searched for a dozen forms of them. */
const SECRETS_LENGTH_MAX = 65_536;

/** From here on no text gives the configuration's secrets away, also where the rest of it is wrong. */
export async function readRawConfig(path: string, { messages }: CommandContext): Promise<unknown> {
  const raw = await readJsonFile(path, 'configuration');
  const secrets = secretsIn(raw);
  if (lengthOf(secrets) <= SECRETS_LENGTH_MAX) messages.addSecrets(secrets);
  return raw;
}

/** The configuration of a file's content. Throws config_error with all that is wrong in it. */
export async function parseConfig(raw: unknown, path: string): Promise<Config> {
  if (lengthOf(secretsIn(raw)) > SECRETS_LENGTH_MAX) {
    throw new ModstampError(
      `The configuration file ${path} has secrets of more than ${SECRETS_LENGTH_MAX} characters, and the longest that Salesforce takes, a private key, has about 3,000; put the right values in.`,
      { failureType: 'config_error' },
    );
  }
  const { readConfig } = await import('../config/config.ts');
  return readConfig(raw, `The configuration file ${path}`);
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((length, { length: own }) => length + own, 0);
}

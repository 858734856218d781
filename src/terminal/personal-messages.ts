/** Messages for the commands whose host is a person: words on stderr, and the configuration file kept up to date. */
import { isLoudEnough } from '../airbyte/log-level.ts';
import type { Messages } from '../airbyte/messages.ts';
import type { LogLevel, Message } from '../airbyte/protocol.ts';
import type { JsonObject } from '../json/value.ts';
import { writeJsonFile } from '../json/write.ts';
import { secretsIn } from '../airbyte/redaction.ts';
import { ModstampError } from '../errors.ts';

/** What is needed of the process. */
export interface PersonalOutput {
  readonly messages: { redact(text: string): string; addSecrets(secrets: readonly string[]): void };
  readonly print: (stream: 'stderr', text: string) => Promise<void>;
  readonly level: LogLevel;
}

/**
 * Makes the messages of `catalog` and `diff`. Log lines and errors are printed to stderr, redacted. A CONTROL message, by
 * which a rotated refresh token reaches a host, is written into the configuration file, since nobody else would keep it;
 * it rejects with ModstampError (config_error) where that can't be done: the login in the file is void then.
 */
export function createPersonalMessages(configPath: string, { messages, print, level }: PersonalOutput): Messages {
  const say = (text: string) => print('stderr', `${messages.redact(text)}\n`);
  const send = async (message: Message): Promise<void> => {
    if (message.type === 'LOG') {
      if (isLoudEnough(message.log.level, level)) await say(`${message.log.level}: ${message.log.message}`);
    } else if (message.type === 'TRACE' && message.trace.type === 'ERROR') {
      await say(`ERROR: ${message.trace.error.message}`);
    } else if (message.type === 'CONTROL') {
      const { config } = message.control.connectorConfig;
      messages.addSecrets(secretsIn(config));
      await keepConfig(configPath, config);
      await say(`INFO: The org has replaced the refresh token; the new one is in ${configPath}.`);
    }
  };
  return {
    records: () => Promise.reject(new TypeError('catalog and diff write no records')),
    send,
    // A closed stderr must not end the command: its answer goes to stdout.
    log: (severity, text) => void send({ type: 'LOG', log: { level: severity, message: text } }).catch(() => {}),
  };
}

async function keepConfig(path: string, config: JsonObject): Promise<void> {
  await writeJsonFile(path, config).catch((cause: unknown) => {
    throw new ModstampError(
      `The org has replaced the refresh token, and the new one could not be written to ${path}: make the file writable, and give it a new refresh token (modstamp login), since the old one is void.`,
      { failureType: 'config_error', cause },
    );
  });
}

import type { Messages } from '../airbyte/messages.ts';
import type { Config } from '../config.ts';

/** What every command of sync/ is given. */
export interface Run {
  readonly config: Config;
  readonly messages: Messages;
  /** Aborted by SIGTERM, SIGINT and a closed stdout. */
  readonly signal: AbortSignal;
}

/** The way out, as commands see it. */
import type { LogLevel, Message } from './protocol.ts';

/** What a command may say to its host. Everything leaves in the order of the calls, whole lines only. */
export interface Messages {
  /**
   * Writes RECORD lines as they are: whole lines, each ending in "\n". Resolves when the kernel took them, which is the
   * back-pressure; until then the caller must not touch the bytes.
   */
  records(lines: Uint8Array): Promise<void>;
  /** Writes one message, secrets redacted. Resolves as `records` does. */
  send(message: Message): Promise<void>;
  /** A LOG message; levels below LOG_LEVEL (default INFO) are dropped. Order is kept, nobody needs to wait. */
  log(level: LogLevel, text: string): void;
}

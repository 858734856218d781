/** The way out, as commands see it. */
import type { LogLevel, Message } from './protocol.ts';

/** What a command may say to its host. Everything but what is sent first leaves in the order of the calls, whole lines only. */
export interface Messages {
  /**
   * Writes RECORD lines as they are: whole lines, each ending in "\n". Resolves when the kernel took them, which is the
   * back-pressure; until then the caller must not touch the bytes.
   */
  records(lines: Uint8Array): Promise<void>;
  /**
   * Writes one message, secrets redacted. Resolves as `records` does. 'first' is for what exists only once: it leaves ahead of
   * records that wait for the reader, and also while the process is being stopped. A STATE only where every record that it
   * covers is out.
   */
  send(message: Message, order?: 'first'): Promise<void>;
  /** A LOG message; levels below LOG_LEVEL (default INFO) are dropped. Order is kept, nobody needs to wait. */
  log(level: LogLevel, text: string): void;
}

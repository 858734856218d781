/** The way out to an Airbyte host: messages as JSON lines on stdout, redacted, in the order of the calls. */
import type { ModstampError } from '../errors.ts';
import { LineOutput } from './line-output.ts';
import { isLoudEnough } from './log-level.ts';
import type { Messages } from './messages.ts';
import { escapeSeparators } from '../json/line.ts';
import type { LogLevel, Message, Trace } from './protocol.ts';
import { createRedaction, secretsIn } from './redaction.ts';
import type { Redact } from './redaction.ts';

export interface WriterOptions {
  /** stdout unless told. */
  readonly fd?: number;
  readonly secrets: readonly string[];
  /** Quieter LOG messages are dropped. */
  readonly level: LogLevel;
  /** Called once where nothing can be written any more: the reader went away, or the disk is full. */
  readonly onClosed?: (reason: ModstampError) => void;
}

/** Messages with what only the process edge needs. */
export interface Writer extends Messages {
  /** Resolves when everything said so far is out. */
  flush(): Promise<void>;
  /** Drops what has not begun to leave, but for what was sent first, and resolves when the rest is out: no half line stays behind. */
  halt(): Promise<void>;
  /** Takes these out of every text from now on. */
  addSecrets(secrets: readonly string[]): void;
  /** A text without secrets, for what leaves by another way. */
  redact(text: string): string;
}

const LINE_END = 0x0a;

/**
 * Makes the messages of one process. `records` and `send` reject with ModstampError once the output has ended; `log`
 * drops its message then. Secrets are taken out of LOG, TRACE and CONNECTION_STATUS; CONTROL carries them by design,
 * and those it carries are taken out of what follows.
 */
export function createMessages({ fd = 1, secrets, level, onClosed }: WriterOptions): Writer {
  const output = new LineOutput(fd, onClosed);
  let known = secrets;
  let redact = createRedaction(known);
  const addSecrets = (more: readonly string[]) => {
    known = [...known, ...more];
    redact = createRedaction(known);
  };
  const send = (message: Message, order?: 'first') => {
    if (message.type === 'LOG' && !isLoudEnough(message.log.level, level)) return Promise.resolve();
    // A rotated refresh token becomes known here first.
    if (message.type === 'CONTROL') addSecrets(secretsIn(message.control.connectorConfig.config));
    const line = lineOf(escapeSeparators(encode(message, redact)));
    return order === 'first' ? output.writeFirst(line) : output.write(line);
  };
  return {
    records: (lines) => output.write(lines),
    send,
    // What nobody waits for may fail unheard: the next record or state meets the same end, and that one is heard.
    log: (severity, text) => void send({ type: 'LOG', log: { level: severity, message: text } }).catch(() => {}),
    flush: () => output.flush(),
    halt: () => output.halt(),
    addSecrets,
    redact: (text) => redact(text),
  };
}

/** The text and a line end, in one buffer: a catalog has megabytes, so it is not put together as text once more. */
function lineOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(text) + 1);
  bytes.writeUInt8(LINE_END, bytes.write(text));
  return bytes;
}

function encode(message: Message, redact: Redact): string {
  switch (message.type) {
    case 'LOG':
      return JSON.stringify({ type: 'LOG', log: { ...message.log, message: redact(message.log.message) } });
    case 'TRACE':
      return JSON.stringify({
        type: 'TRACE',
        trace: { ...redactedTrace(message.trace, redact), emitted_at: Date.now() },
      });
    case 'STATE': {
      const { sourceStats, ...state } = message.state;
      // The protocol wants a decimal point in the count (airbyte_protocol.yaml, AirbyteStateStats); JSON.stringify gives none.
      const count = `${sourceStats.recordCount}.0`;
      return `{"type":"STATE","state":${JSON.stringify(state).slice(0, -1)},"sourceStats":{"recordCount":${count}}}}`;
    }
    case 'CONNECTION_STATUS': {
      const status = message.connectionStatus;
      const connectionStatus = status.status === 'FAILED' ? { ...status, message: redact(status.message) } : status;
      return JSON.stringify({ type: 'CONNECTION_STATUS', connectionStatus });
    }
    case 'CONTROL':
      return JSON.stringify({ type: 'CONTROL', control: { ...message.control, emitted_at: Date.now() } });
    case 'SPEC':
    case 'CATALOG':
      return JSON.stringify(message);
    default:
      return message satisfies never;
  }
}

function redactedTrace(trace: Trace, redact: Redact): Trace {
  if (trace.type !== 'ERROR') return trace;
  const { message, internal_message, stack_trace, ...others } = trace.error;
  const error = {
    ...others,
    message: redact(message),
    ...(internal_message === undefined ? {} : { internal_message: redact(internal_message) }),
    ...(stack_trace === undefined ? {} : { stack_trace: redact(stack_trace) }),
  };
  return { type: 'ERROR', error };
}

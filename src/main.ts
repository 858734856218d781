/** The process edge: arguments, signals, exit code. */
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { LineOutput, READER_GONE } from './airbyte/line-output.ts';
import { readLogLevel } from './airbyte/log-level.ts';
import { createMessages } from './airbyte/writer.ts';
import { readCommandLine } from './cli.ts';
import { reportFailure, runCommand } from './command.ts';
import type { Command, CommandContext } from './commands/definition.ts';
import { findCommand } from './commands/list.ts';
import { asModstampError, ModstampError } from './errors.ts';
import { keepParserSimple, shrinkNursery } from './process/heap.ts';
import { createHold } from './process/hold.ts';

/** The line that is on its way may take so long to end: hosts kill 10 s after their SIGTERM, and want it done at once. */
const LINE_END_MS = 2000;
/** A login or the creation of a job under way may take so long; with the line, it is less than the 10 s. */
const HELD_MS = 7000;
/** When nobody reads any more, a command may take so long to let go of what it holds in the org. */
const LET_GO_MS = 3000;

const stopping = new AbortController();
const level = readLogLevel(process.env['LOG_LEVEL']);
const messages = createMessages({ secrets: [], level, onClosed: (reason) => void endUnheard(reason) });
const outputs = {
  stdout: new LineOutput(1, (reason) => void endUnheard(reason)),
  stderr: new LineOutput(2),
};
/** What a stopped process still waits for. */
const held = createHold();
const context: CommandContext = {
  messages,
  signal: stopping.signal,
  hold: held.hold,
  level,
  print: (stream, text) => outputs[stream].write(Buffer.from(text)),
};

/** True once spec, check or discover has given its answer: what ends the process from then on is a good end. */
let answered = false;
/** True once the process is being ended; whoever came first picks the exit code. */
let ending = false;

shrinkNursery();
keepParserSimple();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void endBySignal(signal));
process.on('uncaughtException', (thrown) => void endByBug(thrown));
const running = main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<void> {
  const request = await readCommandLine(argv, process.env['MODSTAMP_VERSION'] ?? 'unbuilt');
  if (request.kind === 'text') {
    await context.print('stdout', `${request.text.trimEnd()}\n`);
    return end(0);
  }
  if (request.kind === 'complaint') {
    const error = new ModstampError(request.sentence, { failureType: 'config_error' });
    await reportFailure(error, context, audienceOf(argv[0]));
    return end(1);
  }
  try {
    const exitCode = await runCommand(request.command, request.args, context);
    answered = exitCode === 0 && request.command.name !== 'read';
    end(exitCode);
  } catch (thrown) {
    // A command that was stopped throws; whoever stopped it ends the process.
    if (!stopping.signal.aborted) throw thrown;
  }
}

/** Who listens to a command; what is no command was typed by a person. */
function audienceOf(name: string | undefined): Command['audience'] {
  return findCommand(name)?.audience ?? 'person';
}

/** Ends at once: everything is written, and a kept-alive connection must not hold the process. */
function end(exitCode: number): void {
  if (!ending) process.exit(exitCode);
}

/**
 * Ends by the signal itself, so that whoever sent it sees it in the exit status: PyAirbyte takes -15 for a good end and
 * 143 for a failure, the platform takes 143. The kernel spares process 1 the default action of a signal, so there it is
 * an exit code.
 */
async function endBySignal(signal: 'SIGTERM' | 'SIGINT'): Promise<void> {
  if (answered) process.exit(0);
  ending = true;
  stopping.abort(new ModstampError(`Stopped by ${signal}.`, { failureType: 'transient_error', stopsSync: true }));
  // Records are dropped at once; what exists only once leaves ahead of them, and is waited for.
  void messages.halt();
  await Promise.race([held.settled(), delay(HELD_MS)]);
  await Promise.race([messages.halt(), delay(LINE_END_MS)]);
  if (process.pid === 1) process.exit(128 + constants.signals[signal]);
  process.kill(process.pid, signal);
}

/** Nobody reads stdout any more, or it can't be written. */
async function endUnheard(reason: ModstampError): Promise<void> {
  if (ending) return;
  ending = true;
  stopping.abort(reason);
  await Promise.race([running.catch(() => {}), delay(LET_GO_MS)]);
  if (reason.fault !== READER_GONE) {
    const told = context.print('stderr', `modstamp: ${reason.message}\n`).catch(() => {});
    await Promise.race([told, delay(LINE_END_MS)]);
  }
  process.exit(reason.fault === READER_GONE ? 128 + constants.signals.SIGPIPE : 1);
}

/** What no command has caught; after it, nothing in the process can be relied on. */
async function endByBug(thrown: unknown): Promise<void> {
  if (ending) return;
  ending = true;
  await reportFailure(asModstampError(thrown), context, audienceOf(process.argv[2])).catch(() => {});
  process.exit(1);
}

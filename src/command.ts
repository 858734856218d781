/** Runs commands: the one place that catches everything, and tells it to whoever listens. */
import { isatty } from 'node:tty';
import { traceOf } from './airbyte/trace.ts';
import type { Command, CommandContext } from './commands/definition.ts';
import { asModstampError, type ModstampError } from './errors.ts';

/**
 * Runs a command to its end, answer written. Returns the exit code: the command's own, also where it failed, which a TRACE
 * has told then (of a command for persons: a line on stderr). Never throws, but for a writer that can't write any more, or
 * the reason of `signal` once that is aborted.
 */
export async function runCommand(
  command: Command,
  args: Readonly<Record<string, unknown>>,
  context: CommandContext,
): Promise<number> {
  try {
    const exitCode = await command.run(args, context);
    await context.messages.flush();
    return exitCode;
  } catch (thrown) {
    context.signal.throwIfAborted();
    await reportFailure(asModstampError(thrown), context, command.audience);
    return command.failureExitCode(args);
  }
}

/** Tells a failure: as TRACE on stdout where a host listens, and in words on stderr where a person does. */
export async function reportFailure(
  error: ModstampError,
  { messages, print }: Pick<CommandContext, 'messages' | 'print'>,
  audience: Command['audience'],
): Promise<void> {
  const asTrace = audience === 'host';
  if (asTrace) await messages.send({ type: 'TRACE', trace: { type: 'ERROR', error: traceOf(error) } });
  if (!asTrace || isatty(2)) await print('stderr', `modstamp: ${messages.redact(error.message)}\n`);
}

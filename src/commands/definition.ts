/** What a command is: one file of this room, and one entry in list.ts. */
import type { InferredOptionType, Options, PositionalOptions } from 'yargs';
import type { LogLevel } from '../airbyte/protocol.ts';
import type { Writer } from '../airbyte/writer.ts';

/** What the process gives a command. */
export interface CommandContext {
  readonly messages: Writer;
  /** Aborted when the process has to end: a signal, or a reader that went away. */
  readonly signal: AbortSignal;
  /** Work that a stopped process waits for, as long as its host leaves it: what it brings exists only once. */
  readonly hold: (work: Promise<unknown>) => void;
  /** Writes text to stderr or, for commands whose answer is not a message, to stdout. */
  readonly print: (stream: 'stdout' | 'stderr', text: string) => Promise<void>;
  /** Of the log. */
  readonly level: LogLevel;
}

/** Options by their names without the dashes (`api-version`), in yargs' own form. */
type OptionTable = Readonly<Record<string, Options>>;
/** Arguments without dashes, in their order; the last one may take several words (`array: true`). */
type PositionalTable = Readonly<Record<string, PositionalOptions>>;

type CamelCase<Name> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Name;

/** What is typed on a command line for these options, under their camelCase names; undefined where one was left out. */
type Arguments<Table extends OptionTable | PositionalTable> = {
  readonly [Name in keyof Table as CamelCase<Name>]: InferredOptionType<Table[Name]>;
};

export interface Example {
  /** What is typed, e.g. `modstamp check`. With its two spaces of indentation it must fit into 80 columns. */
  readonly line: string;
  readonly purpose: string;
}

interface Definition<Opts extends OptionTable, Pos extends PositionalTable> {
  readonly name: string;
  /** In the list of commands: what it does, without a full stop. */
  readonly summary: string;
  /** A host reads messages and errors as JSON on stdout; a person reads words, and errors on stderr. */
  readonly audience: 'host' | 'person';
  readonly options: Opts;
  readonly positionals?: Pos;
  /** The first one stands in the help of the program too. */
  readonly examples: readonly Example[];
  /** Exit code where `run` throws; 1 unless told. */
  readonly failureExitCode?: (args: Arguments<Opts> & Arguments<Pos>) => number;
  /** Runs to the end, answer written, and returns the exit code. What it throws is told by whoever runs it. */
  readonly run: (args: Arguments<Opts> & Arguments<Pos>, context: CommandContext) => Promise<number>;
}

/** A command as the rest of the program handles it: what it takes is checked by the command line, not by the compiler. */
export interface Command extends Omit<Definition<OptionTable, PositionalTable>, 'run' | 'failureExitCode'> {
  readonly failureExitCode: (args: Readonly<Record<string, unknown>>) => number;
  readonly run: (args: Readonly<Record<string, unknown>>, context: CommandContext) => Promise<number>;
}

/**
 * Makes a command of its definition. The types of the arguments follow from the tables of options and positionals. Keep the
 * file small and load what the command needs within `run`, by `await import()`: every start of the program reads it.
 */
export function defineCommand<const Opts extends OptionTable, const Pos extends PositionalTable = Record<never, never>>(
  definition: Definition<Opts, Pos>,
): Command {
  const { run, failureExitCode = () => 1 } = definition;
  return {
    ...definition,
    failureExitCode: (args) => failureExitCode(args as Arguments<Opts> & Arguments<Pos>),
    run: (args, context) => run(args as Arguments<Opts> & Arguments<Pos>, context),
  };
}

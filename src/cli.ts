/** The command line: what may be typed, and which command that means. */
import type { Argv } from 'yargs';
import type { Command, Example } from './commands/definition.ts';
import { COMMANDS, findCommand } from './commands/list.ts';
import { didYouMean } from './config/near-name.ts';

/** What a command line asks for: a command, a text to print (help, version), or a complaint about it. */
export type Request =
  | { readonly kind: 'command'; readonly command: Command; readonly args: Readonly<Record<string, unknown>> }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'complaint'; readonly sentence: string };

type Chosen = Omit<Extract<Request, { kind: 'command' }>, 'kind'>;

/** Typed twice, an option has its last value; an option that takes a list takes one value each time it is typed. */
const PARSING = { 'duplicate-arguments-array': false, 'greedy-arrays': false, 'boolean-negation': false };

/** What a terminal has at least. */
const HELP_COLUMNS = 80;

/** Reads the arguments after the program's name. Prints nothing and ends nothing; no arguments at all ask for the help. */
export async function readCommandLine(argv: readonly string[], version: string): Promise<Request> {
  const unknown = complaintOfName(argv);
  if (unknown !== undefined) return { kind: 'complaint', sentence: unknown };
  const typed = argv.length === 0 ? ['--help'] : [...argv];
  const yargs = await loadYargs();
  let chosen: Chosen | undefined;
  const parser = describeProgram(yargs(typed), version, (command, args) => {
    chosen = { command, args };
  });
  let outcome: { readonly complaint: string | undefined; readonly text: string } = { complaint: undefined, text: '' };
  await parser.parse(typed, {}, (error, _parsed, text) => {
    outcome = { complaint: error ? error.message : undefined, text };
  });
  const { complaint, text } = outcome;
  if (complaint !== undefined) return { kind: 'complaint', sentence: sentenceOf(complaint, argv) };
  return chosen && !text ? { kind: 'command', ...chosen } : { kind: 'text', text };
}

/**
 * While yargs loads it asks process.stdout for its width, and merely touching that makes a pipe non-blocking, for this
 * process and for every other that shares it (seen in /proc/self/fdinfo/1). So it is shown a stdout without a width.
 */
async function loadYargs(): Promise<(argv: string[]) => Argv> {
  const stdout = Object.getOwnPropertyDescriptor(process, 'stdout') ?? {};
  Object.defineProperty(process, 'stdout', { configurable: true, value: {} });
  try {
    return (await import('yargs')).default;
  } finally {
    Object.defineProperty(process, 'stdout', stdout);
  }
}

type Choose = (command: Command, args: Chosen['args']) => void;

function describeProgram(yargs: Argv, version: string, choose: Choose): Argv {
  const program = yargs
    .scriptName('modstamp')
    .usage('Salesforce into any warehouse, over the Airbyte protocol.\n\n  $0 <command> [options]')
    .epilogue(examplesText(COMMANDS.flatMap(({ examples }) => examples.slice(0, 1))))
    .epilogue('\nMessages leave on stdout, one JSON object a line.\nLOG_LEVEL (default INFO) sets how much is logged.')
    .demandCommand(1, 1, 'A command is missing', 'One command at a time')
    .strictCommands()
    .strictOptions()
    .parserConfiguration(PARSING)
    .locale('en')
    .version(version)
    .help()
    .alias({ h: 'help', v: 'version' })
    .wrap(HELP_COLUMNS)
    .exitProcess(false);
  return COMMANDS.reduce((sofar, command) => describeCommand(sofar, command, choose), program);
}

function describeCommand(program: Argv, command: Command, choose: Choose): Argv {
  const positionals = Object.entries(command.positionals ?? {});
  const words = positionals.map(([name, { array, demandOption }]) => {
    const several = array ? `${name}..` : name;
    return demandOption ? `<${several}>` : `[${several}]`;
  });
  return program.command(
    [command.name, ...words].join(' '),
    command.summary,
    (parser) => {
      for (const [name, option] of positionals) parser.positional(name, option);
      // yargs hands the words of a list to its parser as if the option were typed once for each.
      if ([...positionals.map(([, option]) => option), ...Object.values(command.options)].some(({ array }) => array)) {
        parser.parserConfiguration({ ...PARSING, 'duplicate-arguments-array': true });
      }
      return parser.options({ ...command.options }).epilogue(examplesText(command.examples));
    },
    (parsed) => choose(command, argumentsOf(command, parsed)),
  );
}

/** Of what yargs has parsed, what the command declares; under camelCase names. */
function argumentsOf(command: Command, parsed: Readonly<Record<string, unknown>>): Chosen['args'] {
  const declared = Object.entries({ ...command.options, ...command.positionals });
  return Object.fromEntries(
    declared.map(([name, { array }]) => {
      const value = parsed[name];
      return [camelCase(name), Array.isArray(value) && !array ? value.at(-1) : value];
    }),
  );
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** yargs sets examples in two columns and breaks the lines; a line to copy has to stay in one. */
function examplesText(examples: readonly Example[]): string {
  if (examples.length === 0) return '';
  return ['Examples:', ...examples.flatMap(({ line, purpose }) => [`  # ${purpose}`, `  ${line}`])].join('\n');
}

/** yargs' complaint as a sentence, with the options written as they are typed and, for a slip, what may have been meant. */
function sentenceOf(complaint: string, argv: readonly string[]): string {
  const asTyped = (name: string) => (argv.includes(name) ? name : `--${name}`);
  const named = complaint
    .trim()
    .replace(/\s+/g, ' ')
    .replace(
      /((?:required arguments?|Unknown arguments?|following): )(\S.*)$/,
      (_, words: string, names: string) => words + names.split(', ').map(asTyped).join(', '),
    );
  return `${named.replace(/[.:?]$/, '')}${hintOf(named, argv)}; see modstamp --help.`;
}

/** What may have been meant by an option that the command doesn't know. */
function hintOf(complaint: string, argv: readonly string[]): string {
  const [, option] = /^Unknown argument: (\S+)$/.exec(complaint) ?? [];
  if (option === undefined) return '';
  const options = Object.keys(findCommand(argv[0])?.options ?? {});
  return didYouMean(
    option,
    options.map((name) => `--${name}`),
  );
}

/** yargs would complain first of the options that come with a command it doesn't know. */
function complaintOfName([name]: readonly string[]): string | undefined {
  if (name === undefined || name.startsWith('-') || findCommand(name) !== undefined) return undefined;
  const names = COMMANDS.map((command) => command.name);
  return `Unknown command: ${name}${didYouMean(name, names)}; see modstamp --help.`;
}

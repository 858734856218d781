/** The command line: what may be typed, and which command that means. */
import type { Argv } from 'yargs';
import type { SyncMode } from './airbyte/protocol.ts';

/** A command with its arguments, checked as far as a command line can be. */
export type Command =
  | { readonly name: 'spec' }
  | { readonly name: 'check' | 'discover'; readonly config: string }
  | { readonly name: 'read'; readonly config: string; readonly catalog: string; readonly state: string | undefined }
  | {
      readonly name: 'catalog';
      readonly config: string;
      readonly select: string | undefined;
      readonly exclude: string | undefined;
      readonly syncMode: SyncMode | undefined;
      readonly from: string | undefined;
    }
  | {
      readonly name: 'diff';
      readonly config: string;
      readonly catalog: string;
      readonly apiVersion: string | undefined;
      readonly json: boolean;
    };

/** What a command line asks for: a command, a text to print (help, version), or a complaint about it. */
export type Request =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'complaint'; readonly sentence: string };

/** Reads the arguments after the program's name. Prints nothing and ends nothing. */
export async function readCommandLine(argv: readonly string[], version: string): Promise<Request> {
  const yargs = await loadYargs();
  let command: Command | undefined;
  const parser = describeCommands(yargs([...argv]), version, (chosen) => {
    command = chosen;
  });
  let outcome: { readonly complaint: string | undefined; readonly text: string } = { complaint: undefined, text: '' };
  await parser.parse([...argv], {}, (error, _parsed, text) => {
    outcome = { complaint: error ? error.message : undefined, text };
  });
  const { complaint, text } = outcome;
  if (complaint !== undefined) return { kind: 'complaint', sentence: sentenceOf(complaint, argv) };
  return command && !text ? { kind: 'command', command } : { kind: 'text', text };
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

function describeCommands(yargs: Argv, version: string, choose: (command: Command) => void): Argv {
  return yargs
    .scriptName('modstamp')
    .usage('Salesforce into any warehouse, over the Airbyte protocol.\n\n  $0 <command> [options]')
    .command('spec', 'Print the specification of the configuration', {}, () => choose({ name: 'spec' }))
    .command('check', 'Say whether the configuration can read the org', withConfig, ({ config }) =>
      choose({ name: 'check', config }),
    )
    .command('discover', 'Print the catalog: every object that can be read', withConfig, ({ config }) =>
      choose({ name: 'discover', config }),
    )
    .command('read', 'Read the streams of a configured catalog', withRead, ({ config, catalog, state }) =>
      choose({ name: 'read', config, catalog, state }),
    )
    .command('catalog', 'Write a configured catalog, so that nobody edits one by hand', withCatalog, (chosen) => {
      const { config, select, exclude, syncMode, from } = chosen;
      choose({ name: 'catalog', config, select, exclude, syncMode, from });
    })
    .command('diff', 'Compare a catalog with what the org has now', withDiff, ({ config, catalog, apiVersion, json }) =>
      choose({ name: 'diff', config, catalog, apiVersion, json }),
    )
    .example('$0 check --config config.json', 'Try the login')
    .example(
      '$0 catalog --config config.json --select "accounts,contacts:id,email" > catalog.json',
      'Choose streams and columns',
    )
    .example('$0 read --config config.json --catalog catalog.json > messages.jsonl', 'Read them whole')
    .example('$0 read --config config.json --catalog catalog.json --state state.json', 'Read what changed since')
    .epilogue('Messages leave on stdout, one JSON object a line. LOG_LEVEL (default INFO) sets how much is logged.')
    .demandCommand(1, 1, 'A command is missing', 'One command at a time')
    .strictCommands()
    .strictOptions()
    .parserConfiguration({ 'duplicate-arguments-array': false, 'boolean-negation': false })
    .locale('en')
    .version(version)
    .help()
    .wrap(110)
    .exitProcess(false);
}

function withConfig(yargs: Argv) {
  return yargs.option('config', {
    type: 'string',
    demandOption: true,
    requiresArg: true,
    describe: 'File with the configuration (JSON, as spec describes it)',
  });
}

function withRead(yargs: Argv) {
  return withConfig(yargs)
    .option('catalog', {
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: 'File with the configured catalog (JSON)',
    })
    .option('state', {
      type: 'string',
      requiresArg: true,
      describe: 'File with the states of the last sync: a JSON list, or STATE messages line by line',
    });
}

function withCatalog(yargs: Argv) {
  return withConfig(yargs)
    .option('select', {
      type: 'string',
      requiresArg: true,
      describe: 'Streams, each with its columns if not all: "accounts,contacts:id,email"; "all" for every object',
    })
    .option('exclude', { type: 'string', requiresArg: true, describe: 'Streams and columns to leave out' })
    .option('sync-mode', {
      choices: ['full_refresh', 'incremental'] as const,
      requiresArg: true,
      describe: 'For all streams; left out: incremental wherever a stream can',
    })
    .option('from', { type: 'string', requiresArg: true, describe: 'File with an older configured catalog to go by' })
    .example('$0 catalog --config config.json > catalog.json', "Segment's 48 collections, as far as the org has them");
}

function withDiff(yargs: Argv) {
  return withConfig(yargs)
    .option('catalog', {
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: 'File with a configured catalog, or with what discover printed',
    })
    .option('api-version', { type: 'string', requiresArg: true, describe: 'API version to compare with, e.g. 66.0' })
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON instead of a table' });
}

/** yargs' complaint as a sentence, with the options written as they are typed. */
function sentenceOf(complaint: string, argv: readonly string[]): string {
  const asTyped = (name: string) => (argv.includes(name) ? name : `--${name}`);
  const named = complaint
    .trim()
    .replace(/\s+/g, ' ')
    .replace(
      /((?:required arguments?|Unknown arguments?|following): )(\S.*)$/,
      (_, words: string, names: string) => words + names.split(', ').map(asTyped).join(', '),
    );
  return `${named.replace(/[.:?]$/, '')}; see modstamp --help.`;
}

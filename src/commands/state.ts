/** `modstamp state`: what a state file says, and streams taken out of it. */
import { ModstampError } from '../errors.ts';
import { defineCommand, type CommandContext } from './definition.ts';

const USUAL_FILE = 'state.json';

export const state = defineCommand({
  name: 'state',
  summary: 'Show the states of a file, or reset streams in it',
  audience: 'person',
  options: {
    state: {
      type: 'string',
      requiresArg: true,
      default: USUAL_FILE,
      describe: 'File with the states, in any form that read takes',
    },
  },
  positionals: {
    action: {
      choices: ['show', 'reset'],
      demandOption: true,
      describe: 'show: a table. reset: the next sync reads these streams from the beginning',
    },
    streams: { type: 'string', array: true, default: [], describe: 'Streams to reset, as show names them' },
  },
  examples: [
    { line: 'modstamp state show --state state.json', purpose: 'See where every stream stands' },
    { line: 'modstamp state reset accounts leads', purpose: 'Read two streams from the beginning at the next sync' },
  ],
  run: async ({ action, streams, state: path }, context) => {
    if (action === 'show') return showStates(path, context);
    return resetStreams(path, streams, context);
  },
});

async function showStates(path: string, { print }: CommandContext): Promise<number> {
  const [{ readStates }, { stateTable }, { readJsonForm }] = await Promise.all([
    import('../airbyte/state.ts'),
    import('../terminal/state-table.ts'),
    import('../json/file.ts'),
  ]);
  const { content } = await readJsonForm(path, 'state');
  await print('stdout', `${stateTable(readStates(content, `The state file ${path}`))}\n`);
  return 0;
}

async function resetStreams(path: string, words: readonly string[], { print }: CommandContext): Promise<number> {
  if (words.length === 0) throw refusal('Name the streams to reset, as modstamp state show lists them.');
  const [{ readStates }, { withoutStreams }, { stateName }, { readJsonForm }, { replaceFile }, { didYouMean }] =
    await Promise.all([
      import('../airbyte/state.ts'),
      import('../airbyte/state-file.ts'),
      import('../terminal/state-table.ts'),
      import('../json/file.ts'),
      import('../json/write.ts'),
      import('../config/near-name.ts'),
    ]);
  const { content, isLines } = await readJsonForm(path, 'state');
  const streams = readStates(content, `The state file ${path}`).map((each) => each.stream);
  const names = streams.map(stateName);
  const means = (word: string, stream: (typeof streams)[number]) => word === stateName(stream) || word === stream.name;
  const unknown = words.find((word) => !streams.some((stream) => means(word, stream)));
  if (unknown !== undefined) {
    throw refusal(`${path} has no state of ${unknown}${didYouMean(unknown, names)}; nothing was changed.`);
  }
  const left = withoutStreams(content, (stream) => words.some((word) => means(word, stream)));
  await replaceFile(path, textOf(left, isLines)).catch((cause: unknown) => {
    throw new ModstampError(`${path} could not be written, and is as it was: make it writable.`, {
      failureType: 'config_error',
      cause,
    });
  });
  const gone = streams.filter((stream) => words.some((word) => means(word, stream))).map(stateName);
  await print('stdout', `${gone.join(', ')}: without a state from now on; the next sync reads all rows.\n`);
  return 0;
}

/** In the form of the file: hosts append to one that holds messages line by line. */
function textOf(left: unknown, isLines: boolean): string {
  if (!isLines) return `${JSON.stringify(left ?? [], null, 2)}\n`;
  const messages: unknown[] = Array.isArray(left) ? left : left === undefined ? [] : [left];
  return messages.map((message) => `${JSON.stringify(message)}\n`).join('');
}

function refusal(sentence: string): ModstampError {
  return new ModstampError(sentence, { failureType: 'config_error' });
}

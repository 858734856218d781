/** The built connector as a host runs it: a child process, files in, lines out. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../src/json/value.ts';
import { linesOf } from './lines.ts';
import type { ConfiguredCatalog } from './warehouse.ts';

export interface Connector {
  /** The folder with config.json, and catalog.json and state.json once a read was started. */
  readonly dir: string;
  /** Null when the org lets us in, else the sentence that says why not. */
  check(): Promise<string | null>;
  /** How many streams the org has. */
  discover(): Promise<number>;
  /** The configured catalog that `modstamp catalog` proposes. */
  catalog(): Promise<ConfiguredCatalog>;
  /** The lines of a sync. Ends when the connector ends; `onExit` is told its exit code. */
  read(catalog: ConfiguredCatalog, states: readonly unknown[], onExit: (code: number) => void): AsyncIterable<string>;
  /** Removes `dir`. */
  remove(): Promise<void>;
}

/**
 * A connector for one config. `program` is the path of the built main.js. Its stderr is passed through.
 * Every verb throws an Error that names the exit code when the program fails without an answer.
 */
export async function openConnector(program: string, config: JsonObject): Promise<Connector> {
  const dir = await mkdtemp(join(tmpdir(), 'modstamp-demo-'));
  const file = async (name: string, content: unknown): Promise<string> => {
    await writeFile(join(dir, name), JSON.stringify(content, null, 2), { mode: 0o600 });
    return join(dir, name);
  };
  const configFile = await file('config.json', config);
  return {
    dir,
    async check() {
      const status = (await answer(program, ['check', '--config', configFile], 'connectionStatus')) as {
        status: string;
        message?: string;
      };
      return status.status === 'SUCCEEDED' ? null : (status.message ?? 'The check failed without a reason.');
    },
    async discover() {
      const catalog = await answer(program, ['discover', '--config', configFile], 'catalog');
      return (catalog as { streams: unknown[] }).streams.length;
    },
    async catalog() {
      const lines = await collect(run(program, ['catalog', '--config', configFile], mustSucceed('catalog')));
      return JSON.parse(lines.join('\n')) as ConfiguredCatalog;
    },
    async *read(catalog, states, onExit) {
      const catalogFile = await file('catalog.json', catalog);
      const stateFile = await file('state.json', states);
      yield* run(program, ['read', '--config', configFile, '--catalog', catalogFile, '--state', stateFile], onExit);
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

async function* run(program: string, args: readonly string[], onExit: (code: number) => void): AsyncGenerator<string> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const ended = once(child, 'close');
    yield* linesOf(child.stdout);
    const [code] = (await ended) as [number | null];
    onExit(code ?? 1);
  } finally {
    // A reader that stops early must not leave the program behind; after its end this does nothing.
    child.kill();
  }
}

/** The payload of the one message of an answering verb. */
async function answer(program: string, args: readonly string[], payload: string): Promise<unknown> {
  const lines = await collect(run(program, args, mustSucceed(args[0] ?? '')));
  const messages = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const found = messages.find((message) => payload in message)?.[payload];
  if (found === undefined) throw new Error(`modstamp ${args[0]} gave no answer.`);
  return found;
}

function mustSucceed(verb: string): (code: number) => void {
  return (code) => {
    if (code !== 0) throw new Error(`modstamp ${verb} ended with exit code ${code}.`);
  };
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

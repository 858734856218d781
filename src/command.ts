/** The commands: files in, one command of sync/ run, its answer out; and the one place that catches everything. */
import { isatty } from 'node:tty';
import { isJsonObject } from './json/value.ts';
import type { Messages } from './airbyte/messages.ts';
import type { LogLevel } from './airbyte/protocol.ts';
import { secretsIn } from './airbyte/redaction.ts';
import { traceOf } from './airbyte/trace.ts';
import type { Writer } from './airbyte/writer.ts';
import type { Command } from './cli.ts';
import type { Config } from './config/config.ts';
import { asModstampError, type ModstampError } from './errors.ts';
import { collectOften } from './process/heap.ts';
import { requireWebAssembly } from './process/web-assembly.ts';
import { readJsonFile, readJsonLines, readStateFile } from './json/file.ts';
import type { Run } from './sync/run.ts';

/** What the process gives a command. */
export interface Edge {
  readonly messages: Writer;
  /** Aborted when the process has to end: a signal, or a reader that went away. */
  readonly signal: AbortSignal;
  /** Writes text to stderr or, for commands whose answer is not a message, to stdout. */
  readonly print: (stream: 'stdout' | 'stderr', text: string) => Promise<void>;
  /** Of the log. */
  readonly level: LogLevel;
}

/** So many plans are about as much as all else that a read keeps in memory. */
const MANY_STREAMS = 200;

/**
 * Runs a command to its end, answer written. Returns the exit code: 0, or 1 where the command failed, which a TRACE has
 * told then (of catalog and diff: a line on stderr). Never throws, but for a writer that can't write any more.
 */
export async function runCommand(command: Command, edge: Edge): Promise<number> {
  try {
    const exitCode = await runNamed(command, edge);
    await edge.messages.flush();
    return exitCode;
  } catch (thrown) {
    edge.signal.throwIfAborted();
    await reportFailure(asModstampError(thrown), edge, speaksProtocol(command.name));
    return 1;
  }
}

/** Tells a failure: as TRACE on stdout where a host listens, and in words on stderr where a person does. */
export async function reportFailure(error: ModstampError, edge: Edge, asTrace: boolean): Promise<void> {
  if (asTrace) await edge.messages.send({ type: 'TRACE', trace: { type: 'ERROR', error: traceOf(error) } });
  if (!asTrace || isatty(2)) await edge.print('stderr', `modstamp: ${edge.messages.redact(error.message)}\n`);
}

function speaksProtocol(name: Command['name']): boolean {
  return name !== 'catalog' && name !== 'diff';
}

async function runNamed(command: Command, edge: Edge): Promise<number> {
  switch (command.name) {
    case 'spec': {
      const { default: spec } = await import('../spec.json', { with: { type: 'json' } });
      await edge.messages.send({ type: 'SPEC', spec });
      return 0;
    }
    case 'check':
      await runCheck(command.config, edge);
      return 0;
    case 'discover': {
      const run = await startRun(command.config, edge);
      const { discover } = await import('./sync/offer/discover.ts');
      await edge.messages.send({ type: 'CATALOG', catalog: await discover(run) });
      return 0;
    }
    case 'read':
      return runRead(command, edge);
    case 'catalog':
      await runCatalog(command, edge);
      return 0;
    case 'diff':
      await runDiff(command, edge);
      return 0;
    default:
      return command satisfies never;
  }
}

/** Any configuration that is a JSON object gets its answer as CONNECTION_STATUS, a bad one too. */
async function runCheck(path: string, edge: Edge): Promise<void> {
  const raw = await readRawConfig(path, edge);
  try {
    requireWebAssembly();
    const run = { config: await configOf(raw, path), messages: edge.messages, signal: edge.signal };
    const { check } = await import('./sync/check.ts');
    await edge.messages.send({ type: 'CONNECTION_STATUS', connectionStatus: await check(run) });
  } catch (thrown) {
    edge.signal.throwIfAborted();
    const error = asModstampError(thrown);
    if (!isJsonObject(raw)) throw error;
    if (error.failureType === 'system_error') edge.messages.log('ERROR', traceOf(error).stack_trace ?? error.message);
    await edge.messages.send({
      type: 'CONNECTION_STATUS',
      connectionStatus: { status: 'FAILED', message: error.message },
    });
  }
}

async function runRead(command: Extract<Command, { name: 'read' }>, edge: Edge): Promise<number> {
  const run = await startRun(command.config, edge);
  const [{ readConfiguredCatalog }, { readStates }] = await Promise.all([
    import('./airbyte/configured-catalog.ts'),
    import('./airbyte/state.ts'),
  ]);
  const catalog = await readJsonFile(command.catalog, 'catalog');
  const streams = readConfiguredCatalog(catalog, `The catalog file ${command.catalog}`);
  const states =
    command.state === undefined
      ? []
      : readStates(await readStateFile(command.state), `The state file ${command.state}`);
  collectOften(streams.length >= MANY_STREAMS);
  const { read } = await import('./sync/read.ts');
  return read(run, streams, states);
}

async function runCatalog(command: Extract<Command, { name: 'catalog' }>, edge: Edge): Promise<void> {
  const run = await startRun(command.config, edge, await personalMessages(command.config, edge));
  const { select, exclude, syncMode, from } = command;
  const { writeCatalog } = await import('./sync/catalog/catalog.ts');
  const catalog = await writeCatalog(run, {
    ...(select === undefined ? {} : { select }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(syncMode === undefined ? {} : { syncMode }),
    ...(from === undefined ? {} : { from: await readJsonFile(from, 'catalog') }),
  });
  await edge.print('stdout', `${JSON.stringify(catalog, null, 2)}\n`);
}

async function runDiff(command: Extract<Command, { name: 'diff' }>, edge: Edge): Promise<void> {
  const run = await startRun(command.config, edge, await personalMessages(command.config, edge));
  const { apiVersion, json } = command;
  const found = await readJsonLines(command.catalog, 'catalog');
  // What discover printed: log messages, and a CATALOG.
  const catalog = Array.isArray(found) ? found.find((line) => isJsonObject(line) && line['type'] === 'CATALOG') : found;
  const { diff } = await import('./sync/catalog/diff.ts');
  const text = await diff(run, { catalog, json, ...(apiVersion === undefined ? {} : { apiVersion }) });
  await edge.print('stdout', text.endsWith('\n') ? text : `${text}\n`);
}

async function personalMessages(configPath: string, edge: Edge): Promise<Messages> {
  const { createPersonalMessages } = await import('./terminal/personal-messages.ts');
  return createPersonalMessages(configPath, edge);
}

/** Whatever starts so may describe every object of an org, but for a read of few streams, which then says so. */
async function startRun(path: string, edge: Edge, messages: Messages = edge.messages): Promise<Run> {
  collectOften(true);
  requireWebAssembly();
  const config = await configOf(await readRawConfig(path, edge), path);
  return { config, messages, signal: edge.signal };
}

/** From here on no text gives the configuration's secrets away, also where the rest of it is wrong. */
async function readRawConfig(path: string, edge: Edge): Promise<unknown> {
  const raw = await readJsonFile(path, 'configuration');
  edge.messages.addSecrets(secretsIn(raw));
  return raw;
}

async function configOf(raw: unknown, path: string): Promise<Config> {
  const { readConfig } = await import('./config/config.ts');
  return readConfig(raw, `The configuration file ${path}`);
}

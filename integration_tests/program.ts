/** The built program as a host meets it: a process with files, pipes, signals and an exit code. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Message } from '../src/airbyte/protocol.ts';
import type { JsonObject } from '../src/json/value.ts';

export interface RecordMessage {
  readonly type: 'RECORD';
  readonly record: {
    readonly stream: string;
    readonly namespace?: string;
    readonly data: JsonObject;
    readonly emitted_at: number;
    readonly meta?: {
      readonly changes?: readonly { readonly field: string; readonly change: string; readonly reason: string }[];
    };
  };
}

/** Any message as it comes out of the program; TRACE and CONTROL carry `emitted_at` besides what they are made of. */
export type ProgramMessage = Message | RecordMessage;

export interface ProgramOptions {
  /** Files of the run's own temporary folder, by name: a string is written as it is, anything else as JSON. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** Added to PATH, HOME and TMPDIR, which is all that the program inherits. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working folder; the run's own temporary folder unless told. */
  readonly cwd?: string;
  /** The reader goes away after so many lines: the program meets EPIPE. */
  readonly closeAfterLines?: number;
  /** The process is killed with SIGTERM, SIGKILL … once so many lines were read, or so long after its start. */
  readonly kill?: { readonly signal: NodeJS.Signals; readonly afterLines?: number; readonly afterMs?: number };
  /** Called for each line as it is read, and waited for: a slow reader is a callback that takes its time. */
  readonly onLine?: (line: string, child: ChildProcess) => void | Promise<void>;
  /** False where millions of lines pass: `lines` and `messages` stay empty, onLine sees them all. */
  readonly keep?: boolean;
  /** Killed, and the run rejected, after that long; 60 s unless told. */
  readonly timeoutMs?: number;
  /** Another program than dist/main.js, e.g. ['docker', 'run', …]; `args` are appended. */
  readonly command?: readonly string[];
}

export interface ProgramRun {
  readonly args: readonly string[];
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** stdout line by line, without the line ends; a last line without one is kept in `tail`. */
  readonly lines: readonly string[];
  /** What stood on stdout after the last line end: half a line, or nothing. */
  readonly tail: string;
  readonly messages: readonly ProgramMessage[];
  readonly stderr: string;
  readonly elapsedMs: number;
  /** Peak resident memory by the kernel (VmHWM), looked at every 50 ms; 0 where there is no /proc. */
  readonly peakRssBytes: number;
}

/** Absolute path of the built program. */
export const programPath = resolve(import.meta.dirname, '../dist/main.js');

/**
 * Runs the built program to its end. Arguments that name one of `files` are replaced by that file's path.
 * @throws Error when the program was not built, a line of stdout is no JSON, or the time is over (stderr in the text)
 */
export async function runProgram(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramRun> {
  const folder = await mkdtemp(join(tmpdir(), 'modstamp-'));
  // Readable for another user: in a container the program is uid 1000, whoever runs the tests.
  await chmod(folder, 0o755);
  try {
    const paths = new Map<string, string>();
    for (const [name, content] of Object.entries(options.files ?? {})) {
      const path = join(folder, name);
      await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
      paths.set(name, path);
    }
    return await runIn(
      folder,
      args.map((arg) => paths.get(arg) ?? arg),
      options,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `spec`. */
export function runSpec(options: ProgramOptions = {}): Promise<ProgramRun> {
  return runProgram(['spec'], options);
}

/** `check` of a config: an object, or a text to be written as it is. */
export function runCheck(config: unknown, options: ProgramOptions = {}): Promise<ProgramRun> {
  return runProgram(['check', '--config', 'config.json'], withFiles(options, { 'config.json': config }));
}

/** `discover` with a config. */
export function runDiscover(config: unknown, options: ProgramOptions = {}): Promise<ProgramRun> {
  return runProgram(['discover', '--config', 'config.json'], withFiles(options, { 'config.json': config }));
}

/** `read`; without `state` no --state is passed, as the platform does on a first sync. */
export function runRead(
  input: { readonly config: unknown; readonly catalog: unknown; readonly state?: unknown },
  options: ProgramOptions = {},
): Promise<ProgramRun> {
  const files: Record<string, unknown> = { 'config.json': input.config, 'catalog.json': input.catalog };
  const args = ['read', '--config', 'config.json', '--catalog', 'catalog.json'];
  if (input.state !== undefined) {
    files['state.json'] = input.state;
    args.push('--state', 'state.json');
  }
  return runProgram(args, withFiles(options, files));
}

/** What a run says went wrong, for the message of a failed expectation: its TRACE errors, and stderr. */
export function reasonsOf(run: ProgramRun): string {
  const errors = run.messages.flatMap((message) =>
    message.type === 'TRACE' && message.trace.type === 'ERROR' ? [JSON.stringify(message.trace.error)] : [],
  );
  return [...run.args, ...errors, run.stderr].join('\n');
}

function withFiles(options: ProgramOptions, files: Record<string, unknown>): ProgramOptions {
  return { ...options, files: { ...options.files, ...files } };
}

async function runIn(folder: string, args: readonly string[], options: ProgramOptions): Promise<ProgramRun> {
  const started = performance.now();
  const child = startIn(folder, args, options);
  const rss = watchPeakRss(child);
  const timeoutMs = options.timeoutMs ?? 60_000;
  const { signal: deadly, afterMs } = options.kill ?? {};
  const killTimer = afterMs === undefined ? undefined : setTimeout(() => child.kill(deadly), afterMs);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const ended = new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>((done, failed) => {
    child.once('error', failed);
    child.once('close', (exitCode, signal) => done({ exitCode, signal }));
  });
  try {
    const [end, out, stderr] = await Promise.all([ended, collect(child, options), text(child.stderr)]);
    if (late) throw new Error(`${args.join(' ')} did not end within ${timeoutMs} ms; stderr: ${stderr}`);
    const messages = out.lines.map((line) => parse(line, args));
    return { args, ...end, ...out, messages, stderr, elapsedMs: performance.now() - started, peakRssBytes: rss() };
  } finally {
    clearTimeout(timer);
    clearTimeout(killTimer);
    rss();
  }
}

function startIn(folder: string, args: readonly string[], options: ProgramOptions): ReturnType<typeof spawnPiped> {
  if (options.command === undefined && !existsSync(programPath)) {
    throw new Error(`${programPath} is missing: run "npm run build" first`);
  }
  const [program = process.execPath, ...before] = options.command ?? [process.execPath, programPath];
  const { PATH = '', HOME = '', TMPDIR = tmpdir() } = process.env;
  return spawnPiped(program, [...before, ...args], options.cwd ?? folder, { PATH, HOME, TMPDIR, ...options.env });
}

function spawnPiped(program: string, args: readonly string[], cwd: string, env: Record<string, string>) {
  return spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function collect(
  child: ReturnType<typeof spawnPiped>,
  options: ProgramOptions,
): Promise<{ lines: string[]; tail: string }> {
  const lines: string[] = [];
  let count = 0;
  let tail = '';
  for await (const { line, whole } of linesOf(child.stdout)) {
    if (!whole) {
      tail = line;
      break;
    }
    count++;
    if (options.keep !== false) lines.push(line);
    await options.onLine?.(line, child);
    if (options.kill?.afterLines === count) child.kill(options.kill.signal);
    // Leaving the loop destroys the stream, which closes our end of the pipe.
    if (options.closeAfterLines === count) break;
  }
  return { lines, tail };
}

async function* linesOf(stream: Readable): AsyncGenerator<{ line: string; whole: boolean }> {
  let rest: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      yield { line: Buffer.concat([...rest, chunk.subarray(from, end)]).toString('utf8'), whole: true };
      rest = [];
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield { line: Buffer.concat(rest).toString('utf8'), whole: false };
}

function parse(line: string, args: readonly string[]): ProgramMessage {
  try {
    return JSON.parse(line) as ProgramMessage;
  } catch (error) {
    throw new Error(`${args[0]} wrote a line that is no JSON: ${line.slice(0, 200)}`, { cause: error });
  }
}

/** Ends its watch, and tells the peak in bytes, when called. */
function watchPeakRss(child: ChildProcess): () => number {
  let peakBytes = 0;
  const look = () => {
    try {
      const kiB = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      peakBytes = Math.max(peakBytes, Number(kiB ?? 0) * 1024);
    } catch {
      // The process has ended, or this system has no /proc; the peak seen so far stands.
    }
  };
  const timer = setInterval(look, 50);
  look();
  return () => {
    clearInterval(timer);
    return peakBytes;
  };
}

/** A program measured from outside: time, first record, peak memory and CPU by the kernel, what it wrote. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

export interface Program {
  readonly command: readonly [string, ...string[]];
  /** Besides PATH, HOME and TMPDIR. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface MeasureOptions {
  /** The reader stops for so long once it has seen the first record. */
  readonly stallMs?: number;
  /** Killed, and the measurement rejected, after that long. */
  readonly limitMs: number;
}

export interface Measurement {
  readonly elapsedMs: number;
  /** From the start of the process to the first RECORD line; undefined where none came. */
  readonly firstRecordMs: number | undefined;
  /** Epoch ms of the start of the process. */
  readonly startedAtMs: number;
  readonly records: number;
  /** Bytes of all lines. */
  readonly bytes: number;
  /** VmHWM of the process; of a program that starts others, its own alone. */
  readonly peakRssBytes: number;
  /** User and system time, of all its threads. */
  readonly cpuMs: number;
  /** Lines that are no records. */
  readonly others: readonly string[];
}

/** How often the kernel's figures are read: what a process adds in its last moments is missed. */
const LOOK_MS = 20;
/** The kernel counts CPU time in ticks of 10 ms on every Linux that Node runs on (USER_HZ). */
const TICK_MS = 10;
const LF = 10;
/** How every connector measured here begins a record's line. */
const RECORD_START = /^\{"type": ?"RECORD"/;
const START_BYTES = 20;

/**
 * Runs a program to its end, reading its stdout as fast as it comes.
 * Throws an Error with the end of its output where its exit code is not 0 or the limit has passed.
 */
export async function measureProgram(program: Program, options: MeasureOptions): Promise<Measurement> {
  const [file, ...args] = program.command;
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const startedAtMs = Date.now();
  const started = performance.now();
  const child = spawn(file, args, {
    cwd: program.cwd,
    env: { PATH, HOME, TMPDIR, ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kernel = watchKernel(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), options.limitMs);
  try {
    const ended = new Promise<number | string>((done, failed) => {
      child.once('error', failed);
      child.once('exit', (code, signal) => done(code ?? signal ?? 'no exit code'));
    });
    const errors = keepEnd(child.stderr);
    const [lines, outcome] = await Promise.all([sortLines(child.stdout, started, options.stallMs), ended]);
    const elapsedMs = performance.now() - started;
    if (outcome !== 0) {
      const told = [errors(), ...lines.others.slice(-5).map((line) => line.slice(0, 2000))].join('\n');
      throw new Error(
        `${program.command.join(' ').slice(0, 300)} ended with ${outcome} after ${elapsedMs} ms:\n${told}`,
      );
    }
    return { elapsedMs, startedAtMs, ...lines, ...kernel() };
  } finally {
    clearTimeout(timer);
    kernel();
  }
}

type Lines = Pick<Measurement, 'firstRecordMs' | 'records' | 'bytes' | 'others'>;

/** Counts record lines and keeps the others. */
async function sortLines(output: Readable, started: number, stallMs: number | undefined): Promise<Lines> {
  let firstRecordMs: number | undefined;
  let records = 0;
  let bytes = 0;
  const others: string[] = [];
  let line: Buffer[] = [];
  for await (const chunk of output as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      line.push(chunk.subarray(from, end));
      from = end + 1;
      if (isRecord(line)) {
        records++;
        if (firstRecordMs === undefined) {
          firstRecordMs = performance.now() - started;
          if (stallMs !== undefined) await delay(stallMs);
        }
      } else others.push(Buffer.concat(line).toString());
      line = [];
    }
    if (from < chunk.length) line.push(chunk.subarray(from));
  }
  if (line.length > 0) others.push(Buffer.concat(line).toString());
  return { firstRecordMs, records, bytes, others };
}

function isRecord(line: readonly Buffer[]): boolean {
  const [first] = line;
  const whole = line.length === 1 || (first !== undefined && first.length >= START_BYTES) ? first : Buffer.concat(line);
  return whole !== undefined && RECORD_START.test(whole.toString('latin1', 0, START_BYTES));
}

/** Reads a stream to its end and gives the last 2,500 characters. */
function keepEnd(stream: Readable): () => string {
  let end = '';
  stream.setEncoding('utf8').on('data', (text: string) => (end = (end + text).slice(-2500)));
  return () => end;
}

/** Ends its watch, and tells what it saw last, when called. */
function watchKernel({ pid }: ChildProcess): () => { peakRssBytes: number; cpuMs: number } {
  const seen = { peakRssBytes: 0, cpuMs: 0 };
  const look = () => {
    try {
      const kiB = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      if (kiB !== undefined) seen.peakRssBytes = Number(kiB) * 1024;
      // utime and stime are the 14th and 15th field of proc(5)'s stat; the second, in brackets, may hold blanks.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      seen.cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    } catch {
      // The process has ended; what was seen of it stands.
    }
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  return () => {
    clearInterval(timer);
    return seen;
  };
}

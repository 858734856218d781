import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LineOutput, READER_GONE } from './line-output.ts';

let folder: string;
let fifoCount = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'line-output-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Pipe {
  readonly readFd: number;
  readonly writeFd: number;
}

/** A real pipe of 64 KiB. Its reading end must not block the test's only thread, the writing end is as asked. */
function openPipe(writeFlags = 0): Pipe {
  const path = join(folder, `fifo-${fifoCount++}`);
  execFileSync('mkfifo', [path]);
  const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { readFd, writeFd: openSync(path, constants.O_WRONLY | writeFlags) };
}

/** Reads to the end of a pipe, `pauseMs` after each chunk. */
async function readAll({ readFd }: Pipe, pauseMs = 0, chunkBytes = 65_536): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const buffer = Buffer.alloc(chunkBytes);
  for (;;) {
    const byteCount = readNow(readFd, buffer);
    if (byteCount === 0) return Buffer.concat(chunks);
    if (byteCount !== undefined) chunks.push(Buffer.from(buffer.subarray(0, byteCount)));
    await wait(byteCount === undefined ? 1 : pauseMs);
  }
}

/** Undefined where the pipe is empty, 0 where it has ended. */
function readNow(fd: number, buffer: Buffer): number | undefined {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}

const wait = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

describe('lines leave', () => {
  test('in the order of the calls, whoever waits and whoever does not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 100 }), async (lengths) => {
        const path = join(folder, `file-${fifoCount++}`);
        const fd = openSync(path, 'w');
        const output = new LineOutput(fd);
        const lines = lengths.map((length, index) => `${index} ${'x'.repeat(length)}\n`);
        const settled: number[] = [];
        const writes = lines.map((line, index) => output.write(Buffer.from(line)).then(() => settled.push(index)));
        await output.flush();
        expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
        await Promise.all(writes);
        expect(settled).toEqual(lines.map((_, index) => index));
        closeSync(fd);
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['a blocking pipe', 0],
    ['a non-blocking pipe, which takes a part and refuses the rest', constants.O_NONBLOCK],
  ])('whole through %s with a slow reader, a line of 20 MB too', async (_, flags) => {
    const pipe = openPipe(flags);
    const output = new LineOutput(pipe.writeFd);
    const long = Buffer.alloc(20_000_001, 'a');
    long[long.length - 1] = 10;
    const reading = readAll(pipe, 0);
    await Promise.all([output.write(Buffer.from('first\n')), output.write(long), output.write(Buffer.from('last\n'))]);
    closeSync(pipe.writeFd);
    const read = await reading;
    expect(read.length).toBe(20_000_012);
    expect(read.subarray(0, 6).toString()).toBe('first\n');
    expect(read.subarray(-6).toString()).toBe('\nlast\n');
    expect(Buffer.compare(read.subarray(6, -5), long)).toBe(0);
    closeSync(pipe.readFd);
  });

  test('only as fast as they are read, while the event loop goes on', async () => {
    const pipe = openPipe();
    const output = new LineOutput(pipe.writeFd);
    let written = false;
    const write = output.write(Buffer.alloc(1_000_000, '\n')).then(() => (written = true));
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 5);
    await wait(150);
    clearInterval(ticking);
    expect(written).toBe(false);
    expect(ticks).toBeGreaterThan(10);
    const reading = readAll(pipe);
    await write;
    closeSync(pipe.writeFd);
    expect((await reading).length).toBe(1_000_000);
    closeSync(pipe.readFd);
  });

  test('more of them than one system call takes', async () => {
    const path = join(folder, 'many');
    const fd = openSync(path, 'w');
    const output = new LineOutput(fd);
    for (let index = 0; index < 5000; index++) void output.write(Buffer.from(`${index}\n`));
    await output.flush();
    closeSync(fd);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(5001);
  });
});

describe('the end', () => {
  test('a reader that goes away rejects what waits and what comes, and is told once', async () => {
    const pipe = openPipe();
    const reasons: unknown[] = [];
    const output = new LineOutput(pipe.writeFd, (reason) => reasons.push(reason.fault));
    const waiting = [output.write(Buffer.alloc(500_000)), output.write(Buffer.from('x\n'))];
    await wait(20);
    closeSync(pipe.readFd);
    const settled = await Promise.allSettled([...waiting, output.flush()]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(output.write(Buffer.from('y\n'))).rejects.toMatchObject({ fault: READER_GONE });
    expect(reasons).toEqual([READER_GONE]);
    closeSync(pipe.writeFd);
  });

  test('a disk that is full says so', async () => {
    const fd = openSync('/dev/full', 'w');
    const reasons: string[] = [];
    const output = new LineOutput(fd, (reason) => reasons.push(reason.message));
    await expect(output.write(Buffer.from('x\n'))).rejects.toThrow('the disk is full');
    expect(reasons).toHaveLength(1);
    closeSync(fd);
  });

  test('halt finishes the lines on their way, drops the others, and lets no new ones in', async () => {
    const pipe = openPipe();
    const output = new LineOutput(pipe.writeFd);
    const line = Buffer.from(`${'a'.repeat(299_999)}\n`);
    const onTheirWay = output.write(line);
    const dropped = output.write(Buffer.from('dropped\n'));
    dropped.catch(() => {});
    await wait(20);
    const halted = output.halt();
    await expect(output.write(Buffer.from('late\n'))).rejects.toThrow('stopping');
    await expect(dropped).rejects.toThrow('stopping');
    const reading = readAll(pipe);
    await halted;
    await onTheirWay;
    closeSync(pipe.writeFd);
    expect(Buffer.compare(await reading, line)).toBe(0);
    closeSync(pipe.readFd);
  });

  test('what is urgent goes ahead of what waits, in order, and leaves after halt too', async () => {
    const pipe = openPipe();
    const output = new LineOutput(pipe.writeFd);
    const line = Buffer.from(`${'a'.repeat(299_999)}\n`);
    const onTheirWay = output.write(line);
    output.write(Buffer.from('dropped\n')).catch(() => {});
    const first = output.writeFirst(Buffer.from('first\n'));
    void output.halt();
    const second = output.writeFirst(Buffer.from('second\n'));
    const reading = readAll(pipe);
    await output.halt();
    await Promise.all([onTheirWay, first, second]);
    closeSync(pipe.writeFd);
    expect((await reading).subarray(line.length).toString()).toBe('first\nsecond\n');
    closeSync(pipe.readFd);
  });

  test('nothing is written, however urgent, where the reader is gone', async () => {
    const pipe = openPipe();
    closeSync(pipe.readFd);
    const output = new LineOutput(pipe.writeFd, () => {});
    await expect(output.write(Buffer.from('a\n'))).rejects.toMatchObject({ fault: READER_GONE });
    await expect(output.writeFirst(Buffer.from('b\n'))).rejects.toMatchObject({ fault: READER_GONE });
    closeSync(pipe.writeFd);
  });

  test('halt of an idle output is over at once', async () => {
    const pipe = openPipe();
    await new LineOutput(pipe.writeFd).halt();
    closeSync(pipe.writeFd);
    closeSync(pipe.readFd);
  });
});

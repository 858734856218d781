/** The runner of programs itself, on small scripts: what it reports is what other tests believe. */
import { describe, expect, test } from 'vitest';
import { runProgram } from './program.ts';

const node = (script: string) => [process.execPath, '-e', script];
const log = (text: string) => JSON.stringify({ type: 'LOG', log: { level: 'INFO', message: text } });

describe('runProgram', () => {
  test('tells exit code, messages, stderr and peak memory', async () => {
    const script = `console.log(${JSON.stringify(log('one'))}); console.error('aside'); setTimeout(() => process.exit(3), 150)`;
    const run = await runProgram([], { command: node(script) });
    expect(run).toMatchObject({ exitCode: 3, signal: null, stderr: 'aside\n', tail: '' });
    expect(run.messages).toEqual([JSON.parse(log('one'))]);
    expect(run.peakRssBytes).toBeGreaterThan(10_000_000);
  });

  test('writes texts as they are and values as JSON, and passes their paths', async () => {
    const script = `const [a, b] = process.argv.slice(1).map((path) => require('fs').readFileSync(path, 'utf8'));
      console.log(JSON.stringify({ a, b }))`;
    const run = await runProgram(['broken.json', 'whole.json'], {
      command: node(script),
      files: { 'broken.json': '{"x":', 'whole.json': { x: 1 } },
    });
    expect(run.lines).toEqual(['{"a":"{\\"x\\":","b":"{\\"x\\":1}"}']);
  });

  test('keeps half a line apart', async () => {
    const run = await runProgram([], {
      command: node(`process.stdout.write(${JSON.stringify(`${log('whole')}\n{"type":"RE`)})`),
    });
    expect(run.lines).toEqual([log('whole')]);
    expect(run.tail).toBe('{"type":"RE');
  });

  test('refuses a line that is no JSON', async () => {
    await expect(runProgram(['read'], { command: node(`console.log('Exception in thread main')`) })).rejects.toThrow(
      'read wrote a line that is no JSON: Exception in thread main',
    );
  });

  test('kills with the signal asked for, after the line asked for', async () => {
    const script = `setInterval(() => console.log(${JSON.stringify(log('tick'))}), 5)`;
    const run = await runProgram([], { command: node(script), kill: { signal: 'SIGTERM', afterLines: 3 } });
    expect(run.signal).toBe('SIGTERM');
    expect(run.lines.length).toBeGreaterThanOrEqual(3);
  });

  test('a reader that goes away is an EPIPE for the program', async () => {
    const script = `process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 42 : 1));
      setInterval(() => console.log(${JSON.stringify(log('tick'))}), 5)`;
    const run = await runProgram([], { command: node(script), closeAfterLines: 2 });
    expect(run.exitCode).toBe(42);
    expect(run.lines).toHaveLength(2);
  });

  test('a run that never ends is killed and rejected with its stderr', async () => {
    const script = `console.error('still here'); setInterval(() => {}, 1000)`;
    await expect(runProgram(['check'], { command: node(script), timeoutMs: 500 })).rejects.toThrow(
      /check did not end within 500 ms; stderr: still here/,
    );
  });
});

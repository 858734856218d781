/** The two scripts that do for plain hosts what a platform does. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const examples = resolve(import.meta.dirname, '../../examples');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modstamp-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, file: string, content: unknown, input = ''): string {
  const path = join(folder, file);
  if (content !== undefined) writeFileSync(path, JSON.stringify(content));
  return execFileSync(process.execPath, [join(examples, script), path], { input, encoding: 'utf8' });
}

const state = (name: string, bound: string, namespace?: string) => ({
  type: 'STREAM',
  stream: { stream_descriptor: namespace === undefined ? { name } : { name, namespace }, stream_state: { bound } },
});
const line = (value: ReturnType<typeof state>) => `${JSON.stringify({ type: 'STATE', state: value })}\n`;

describe('keep-states.mjs', () => {
  const kept = (): unknown => JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));

  test('keeps the newest state of each stream, and those that the sync did not touch', () => {
    const input = line(state('a', '2')) + line(state('b', '1', 'x')) + line(state('a', '3'));
    run('keep-states.mjs', 'state.json', [state('a', '1'), state('c', '1'), state('b', '0')], input);
    expect(kept()).toEqual([state('a', '3'), state('c', '1'), state('b', '0'), state('b', '1', 'x')]);
  });

  test('logs, half a line and a missing file do not disturb it', () => {
    const log = '{"type":"LOG","log":{"level":"INFO","message":"no \\"STATE\\" here"}}\n';
    run('keep-states.mjs', 'state.json', undefined, `starting\n${log}${line(state('a', '1'))}{"type":"STATE","sta`);
    expect(kept()).toEqual([state('a', '1')]);
  });

  test('a sync without a state leaves the file as it was', () => {
    run('keep-states.mjs', 'state.json', [state('a', '1')]);
    expect(kept()).toEqual([state('a', '1')]);
  });

  test('states are written while the sync goes on, and at SIGTERM', async () => {
    const keeper = spawn(process.execPath, [join(examples, 'keep-states.mjs'), join(folder, 'state.json')]);
    const ended = new Promise((end) => keeper.once('close', (_code, signal) => end(signal)));
    keeper.stdin.write(line(state('a', '1')));
    await expect.poll(kept, { timeout: 8000 }).toEqual([state('a', '1')]);
    const written = statSync(join(folder, 'state.json')).mtimeMs;
    // The next write by the clock is two seconds away: this state is there because of the signal.
    keeper.stdin.write(line(state('a', '2')));
    await new Promise((read) => setTimeout(read, 300));
    keeper.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
    expect(kept()).toEqual([state('a', '2')]);
    expect(statSync(join(folder, 'state.json')).mtimeMs - written).toBeLessThan(1900);
  }, 20_000);
});

describe('number-run.mjs', () => {
  const stream = (sync_mode: string, destination_sync_mode: string) => ({
    stream: { name: `${sync_mode} ${destination_sync_mode}` },
    sync_mode,
    destination_sync_mode,
  });

  test('a whole table that is replaced gets a new generation, everything else generation 0', () => {
    const streams = [stream('full_refresh', 'overwrite'), stream('incremental', 'append_dedup')];
    const numbered = JSON.parse(run('number-run.mjs', 'catalog.json', { streams })) as {
      streams: { sync_id: number; generation_id: number; minimum_generation_id: number }[];
    };
    const [replaced, merged] = numbered.streams;
    expect(replaced?.generation_id).toBe(replaced?.sync_id);
    expect(replaced?.minimum_generation_id).toBe(replaced?.generation_id);
    expect(merged).toMatchObject({
      ...streams[1],
      sync_id: replaced?.sync_id,
      generation_id: 0,
      minimum_generation_id: 0,
    });
  });

  test('two runs never have the same sync_id', () => {
    const ids = [1, 2].map(() => {
      const text = run('number-run.mjs', 'catalog.json', { streams: [stream('incremental', 'append')] });
      return (JSON.parse(text) as { streams: { sync_id: number }[] }).streams[0]?.sync_id;
    });
    expect(ids[0]).not.toBe(ids[1]);
  });
});

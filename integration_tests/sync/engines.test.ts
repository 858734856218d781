/** The program on processors and engines that lack what it likes best: the same rows without vectors, a sentence without WebAssembly. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/json/value.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { programPath, type ProgramRun, runCheck, runDiscover, runRead, runSpec } from '../program.ts';
import { configure, discoverStreams, sync } from './sync.ts';

let org: OrgUnderTest;
let catalog: JsonObject;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 300, seed: 6 });
  const streams = await discoverStreams(org.config());
  catalog = configure(streams, { leads: {}, accounts: {}, attachments: {}, names: {}, tasks: {} });
});
afterAll(() => org.close());

const node = (...flags: readonly string[]) => ({ command: [process.execPath, ...flags, programPath] });
const linesOf = ({ lines }: ProgramRun) =>
  lines.filter((line) => line.startsWith('{"type":"RECORD"')).map((line) => line.replace(/"emitted_at":\d+/, ''));

test('without SSE4.1, and so without vectors, the records are the same bytes', async () => {
  const vector = await sync(org.config(), catalog);
  const scalar = await sync(org.config(), catalog, undefined, node('--no-enable-sse4-1'));
  const expected = linesOf(vector.run).toSorted();
  expect(expected.length).toBeGreaterThan(500);
  expect(linesOf(scalar.run).toSorted()).toEqual(expected);
});

describe.each(['--jitless', '--no-expose-wasm'])('without WebAssembly (%s)', (flag) => {
  const sentence = /^This Node\.js runs without WebAssembly, .* start it without --jitless \(or --no-expose-wasm\)/;

  test('read and discover fail at once with one sentence, before they ask the org for anything', async () => {
    await org.clearLog();
    for (const run of [
      await runRead({ config: org.config(), catalog }, node(flag)),
      await runDiscover(org.config(), node(flag)),
    ]) {
      expect(run.exitCode).toBe(1);
      const traces = run.messages.flatMap((message) =>
        message.type === 'TRACE' && message.trace.type === 'ERROR' ? [message.trace.error] : [],
      );
      expect(traces).toMatchObject([{ failure_type: 'config_error', message: expect.stringMatching(sentence) }]);
    }
    expect(await org.log()).toEqual([]);
  });

  test('check says it as its answer', async () => {
    const { messages } = await runCheck(org.config(), node(flag));
    const connectionStatus = { status: 'FAILED', message: expect.stringMatching(sentence) };
    expect(messages).toContainEqual(expect.objectContaining({ type: 'CONNECTION_STATUS', connectionStatus }));
  });

  test('spec needs none', async () => {
    expect((await runSpec(node(flag))).exitCode).toBe(0);
  });
});

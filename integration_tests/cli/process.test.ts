/** The program as a process: signals, pipes that close, readers that dawdle, and an end that comes by itself. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { catalogOf, configure, configureAll } from '../catalog.ts';
import type { HostCatalog } from '../catalog.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runCheck, runDiscover, runRead, runSpec } from '../program.ts';
import { complaintsOfMessages, complaintsOfOrder } from '../protocol.ts';

let org: OrgUnderTest;
let accounts: HostCatalog;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 20, seed: 5, rowsOf: { Account: 4000 } });
  accounts = configureAll(await runDiscover(org.config()), ['accounts']);
});
afterEach(() => org.clearFaults());
afterAll(() => org?.close());

const isRecord = (line: string) => line.startsWith('{"type":"RECORD"');

describe('a signal', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends a read at once, in whole lines, and is what the host sees',
    async (signal) => {
      const input = { config: org.config(), catalog: accounts };
      let sentAt = 0;
      const run = await runRead(input, {
        onLine: (line, child) => {
          if (sentAt > 0 || !isRecord(line)) return;
          sentAt = performance.now();
          child.kill(signal);
        },
      });
      expect(performance.now() - sentAt).toBeLessThan(3000);
      // PyAirbyte takes 0 and -15 for a good end, and nothing else.
      expect(run).toMatchObject({ exitCode: null, signal, tail: '' });
      expect(complaintsOfMessages(run)).toEqual([]);
    },
  );

  test('SIGTERM ends a program that waits for the org', async () => {
    await org.fault({ path: '/query', delayMs: 60_000, times: 0 });
    const input = { config: org.config(), catalog: accounts };
    const run = await runRead(input, { kill: { signal: 'SIGTERM', afterMs: 2000 }, timeoutMs: 15_000 });
    expect(run).toMatchObject({ signal: 'SIGTERM', tail: '' });
    expect((await org.log()).at(-1)?.path).toMatch(/query|recordCount/);
    expect(run.elapsedMs).toBeLessThan(5000);
  });

  test('SIGTERM after the answer of check, discover or spec is a good end', async () => {
    const answered = /^\{"type":"(SPEC|CONNECTION_STATUS|CATALOG)"/;
    const options = {
      onLine: (line: string, child: { kill(signal: NodeJS.Signals): unknown }) =>
        void (answered.test(line) && child.kill('SIGTERM')),
    };
    for (const run of [
      await runSpec(options),
      await runCheck(org.config(), options),
      await runDiscover(org.config(), options),
    ]) {
      expect([0, null], `${run.args[0]} ended with ${run.exitCode}`).toContain(run.exitCode);
      expect([null, 'SIGTERM']).toContain(run.signal);
    }
  });

  test('SIGKILL leaves whole lines before the last one', async () => {
    const run = await runRead(
      { config: org.config(), catalog: accounts },
      { kill: { signal: 'SIGKILL', afterLines: 500 } },
    );
    expect(run.signal).toBe('SIGKILL');
    expect(complaintsOfMessages({ ...run, tail: '' })).toEqual([]);
  });
});

describe('a pipe', () => {
  test('that its reader closes ends the program, quietly and soon', async () => {
    const run = await runRead({ config: org.config(), catalog: accounts }, { closeAfterLines: 5, timeoutMs: 15_000 });
    expect(run.stderr).not.toMatch(/EPIPE|^\s+at /m);
    expect(run.elapsedMs).toBeLessThan(8000);
    // Not 0: a host must not take a read that nobody heard to its end for a whole one.
    expect(run.exitCode).not.toBe(0);
  });

  test('that is closed before the first line ends the program too', async () => {
    const run = await runSpec({ closeAfterLines: 1 });
    expect(run.stderr).not.toMatch(/EPIPE|^\s+at /m);
  });

  test('whose reader pauses at every line loses nothing', async () => {
    const few = { streams: accounts.streams.map((entry) => configure(entry.stream, 'full_refresh')) };
    const fast = await runRead({ config: org.config(), catalog: few });
    let lines = 0;
    const slow = await runRead(
      { config: org.config(), catalog: few },
      {
        onLine: () => (++lines % 50 === 0 ? new Promise((wake) => setTimeout(wake, 10)) : undefined),
      },
    );
    expect(slow.exitCode, reasonsOf(slow)).toBe(0);
    expect(slow.messages.filter(({ type }) => type === 'RECORD')).toHaveLength(
      fast.messages.filter(({ type }) => type === 'RECORD').length,
    );
    expect(complaintsOfOrder(slow, few)).toEqual([]);
  });
});

describe('the end', () => {
  test('comes by itself within a second of the answer', async () => {
    const answeredAt = new Map<string, number>();
    const options = {
      onLine: (line: string) =>
        void (/"type":"(CONNECTION_STATUS|CATALOG)"/.test(line) && answeredAt.set('last', performance.now())),
    };
    for (const run of [() => runCheck(org.config(), options), () => runDiscover(org.config(), options)]) {
      expect((await run()).exitCode).toBe(0);
      expect(performance.now() - (answeredAt.get('last') ?? 0)).toBeLessThan(1000);
    }
  });

  test('stderr stays free of messages and stdout free of anything else', async () => {
    const discovered = await runDiscover(org.config());
    const run = await runRead({ config: org.config(), catalog: accounts }, { env: { LOG_LEVEL: 'DEBUG' } });
    for (const { stderr } of [discovered, run]) expect(stderr).not.toContain('"type"');
    expect(catalogOf(discovered).streams.length).toBeGreaterThan(40);
  });
});

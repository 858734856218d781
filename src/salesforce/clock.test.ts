import { expect, test } from 'vitest';
import { startClock } from './clock.ts';
import type { OpenAnswer } from './connection.ts';

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** A clock on a machine whose own clock the test turns, and a way to let it see Date headers. */
function clockAt(machine: { ms: number }) {
  const clock = startClock(() => machine.ms);
  const see = (date: string) => {
    const answer: OpenAnswer = { status: 200, headers: { date }, body: nothing() };
    const { signal } = new AbortController();
    return clock.wrap(async () => answer)({ method: 'GET', path: '/', purpose: 'ask', signal });
  };
  return { clock, see };
}

const noon = Date.parse('2026-01-01T12:00:00Z');
const at = (ms: number) => new Date(ms).toUTCString();

test("it runs on from the server's time, whatever this machine thinks", async () => {
  const machine = { ms: 5 };
  const { clock, see } = clockAt(machine);
  await see(at(noon));
  expect(clock.now()).toBe(noon);
  machine.ms += 1500;
  expect(clock.now()).toBe(noon + 1500);
});

test('a header that is late or cut to its second never turns it back', async () => {
  const machine = { ms: 0 };
  const { clock, see } = clockAt(machine);
  await see(at(noon));
  machine.ms = 10_000;
  await see(at(noon + 8000));
  expect(clock.now()).toBe(noon + 10_000);
  await see('not a date');
  expect(clock.isTold()).toBe(true);
  expect(clock.now()).toBe(noon + 10_000);
});

test('a header that is ahead of it sets it forward, so it stays a lower bound that closes in', async () => {
  const machine = { ms: 0 };
  const { clock, see } = clockAt(machine);
  await see(at(noon));
  machine.ms = 200;
  await see(at(noon + 1000));
  expect(clock.now()).toBe(noon + 1000);
});

test("it goes by this machine's clock, and says so, as long as no header has told the time", async () => {
  const { clock, see } = clockAt({ ms: 0 });
  await see('not a date');
  expect(clock.isTold()).toBe(false);
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
});

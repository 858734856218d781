import { expect, test } from 'vitest';
import { startClock } from './clock.ts';
import type { OpenAnswer } from './connection.ts';

async function* nothing(): AsyncGenerator<Uint8Array> {}

interface Seen {
  readonly status?: number;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What passes between the request and its answer. */
  readonly takesMs?: number;
}

/** A clock on a machine whose own clock the test turns, and a way to let it see Date headers. */
function clockAt(machine: { ms: number }) {
  const clock = startClock(() => machine.ms);
  const see = (
    date: string,
    { status = 200, path = '/services/data/v58.0/limits', headers, takesMs = 0 }: Seen = {},
  ) => {
    const answer: OpenAnswer = { status, headers: { date, ...headers }, body: nothing() };
    const { signal } = new AbortController();
    const send = async () => {
      machine.ms += takesMs;
      return answer;
    };
    return clock.wrap(send)({ method: 'GET', path, purpose: 'ask', signal });
  };
  return { clock, see };
}

const noon = Date.parse('2026-01-01T12:00:00Z');
const hourMs = 3_600_000;
const at = (ms: number) => new Date(ms).toUTCString();

test("it runs on from the server's time, whatever this machine thinks", async () => {
  const machine = { ms: 5 };
  const { clock, see } = clockAt(machine);
  await see(at(noon));
  expect(clock.now()).toBe(noon);
  machine.ms += 1500;
  expect(clock.now()).toBe(noon + 1500);
});

test('an answer that took its time, or whose date is cut to its second, does not turn it back', async () => {
  const machine = { ms: 0 };
  const { clock, see } = clockAt(machine);
  await see(at(noon));
  await see(at(noon + 8000), { takesMs: 10_000 });
  expect(clock.now()).toBe(noon + 10_000);
  machine.ms = 10_900;
  await see(at(noon + 10_000));
  await see('not a date');
  expect(clock.isTold()).toBe(true);
  expect(clock.now()).toBe(noon + 10_900);
});

test('a later second sets it forward, so it stays a lower bound that closes in', async () => {
  const machine = { ms: 0 };
  const { clock, see } = clockAt(machine);
  await see(at(noon));
  machine.ms = 200;
  await see(at(noon + 1000));
  expect(clock.now()).toBe(noon + 1000);
});

test.each([
  ['before', [hourMs, 0, 0]],
  ['between', [0, hourMs, 0]],
  ['after', [0, 0, hourMs]],
  ['twice among', [hourMs, 0, hourMs]],
])('a date that is an hour ahead, %s honest ones, does not move it', async (_, aheadMs) => {
  const machine = { ms: 0 };
  const { clock, see } = clockAt(machine);
  for (const ms of aheadMs) {
    await see(at(noon + machine.ms + ms), { takesMs: 20 });
    clock.now();
    machine.ms += 980;
  }
  expect(noon + machine.ms - clock.now()).toBeGreaterThanOrEqual(0);
  expect(noon + machine.ms - clock.now()).toBeLessThan(2000);
});

test('where answers contradict each other, the earlier time holds', async () => {
  const machine = { ms: 0 };
  const { clock, see } = clockAt(machine);
  await see(at(noon));
  await see(at(noon - hourMs));
  await see(at(noon));
  expect(clock.now()).toBe(noon - hourMs);
});

test.each<[string, Seen]>([
  ['the login host', { path: '/services/oauth2/token' }],
  ["a proxy's error page", { status: 503 }],
  ['a refusal', { status: 404 }],
  ['a page instead of data', { headers: { 'content-type': 'text/html; charset=utf-8' } }],
  ['a cache', { headers: { age: '3600' } }],
])('the date of %s is not heard', async (_, seen) => {
  const { clock, see } = clockAt({ ms: 0 });
  await see(at(noon + hourMs), seen);
  expect(clock.isTold()).toBe(false);
  await see(at(noon));
  expect(clock.now()).toBe(noon);
});

test("it goes by this machine's clock, and says so, as long as no header has told the time", async () => {
  const { clock, see } = clockAt({ ms: 0 });
  await see('not a date');
  expect(clock.isTold()).toBe(false);
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
});

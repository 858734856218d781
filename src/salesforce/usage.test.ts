import { expect, test } from 'vitest';
import type { OpenAnswer } from './connection.ts';
import { readLimitInfo, startUsage } from './usage.ts';

async function* piece(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(10);
}

async function countOf(path: string, status: number): Promise<number> {
  const usageCounter = startUsage();
  const answer: OpenAnswer = { status, headers: {}, body: piece() };
  const { signal } = new AbortController();
  const { body } = await usageCounter.wrap(async () => answer)({ method: 'GET', path, purpose: 'ask', signal });
  for await (const chunk of body) expect(chunk).toHaveLength(10);
  expect(usageCounter.usage().bytesReceived).toBe(10);
  return usageCounter.usage().apiCalls;
}

test.each([200, 204, 400, 404])('an answer of the API itself is a call: %s', async (status) => {
  expect(await countOf('/services/data/v58.0/limits', status)).toBe(1);
});

test.each([401, 403, 414, 420, 429, 431, 500, 502, 503])(
  'an answer from before the API is none: %s',
  async (status) => {
    expect(await countOf('/services/data/v58.0/limits', status)).toBe(0);
  },
);

test.each(['/services/data', '/services/oauth2/token'])(
  'logins and the list of versions are free: %s',
  async (path) => {
    expect(await countOf(path, 200)).toBe(0);
  },
);

test.each<[string | undefined, { used: number; max: number } | undefined]>([
  ['api-usage=10018/100000', { used: 10_018, max: 100_000 }],
  ['api-usage=25/5000; per-app-api-usage=17/250(appName=sample-connected-app)', { used: 25, max: 5000 }],
  ['API-Usage=7/100', { used: 7, max: 100 }],
  ['api-bursts=1/750; api-usage=25/5000', { used: 25, max: 5000 }],
  ['per-app-api-usage=17/250(appName=x)', undefined],
  ['', undefined],
  [undefined, undefined],
])('the header %j says %j', (value, usage) => {
  expect(readLimitInfo(value)).toEqual(usage);
});

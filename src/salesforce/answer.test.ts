import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { connectionForTest, hostForTest, inTurn, requestFor, textOf } from './testing/org-for-test.ts';
import type { Played } from './testing/scripted-host.ts';

test.each<[string, Played]>([
  ['a page of an edge server', { body: '<html>We are down for maintenance</html>' }],
  ['half an answer without a length', { body: '{"half":', headers: { connection: 'close' } }],
  ['nothing', { body: '' }],
])('%s with a good status is asked for again, a few times', async (_, played) => {
  const org = await hostForTest(inTurn(played, played, { body: '\n {"ok":true} \n' }));
  const connection = await connectionForTest(org, { budgets: { serverMs: 5000 } });
  expect(JSON.parse(textOf((await connection.call(requestFor('limits'))).bytes))).toEqual({ ok: true });

  const down = await hostForTest(inTurn(played));
  const hurried = await connectionForTest(down, { budgets: { fewTries: 3, serverMs: 5000 } });
  await expect(hurried.call(requestFor('limits'))).rejects.toMatchObject({
    fault: 'no_json',
    failureType: 'transient_error',
    stopsSync: false,
  });
  expect(down.count('/limits')).toBe(3);
});

test('compressed bodies arrive inflated, and a compressed body that breaks off never looks whole', async () => {
  const text = `[${'1,'.repeat(100_000)}1]`;
  const gzip = { 'content-encoding': 'gzip' };
  const org = await hostForTest(
    inTurn({ body: gzipSync(text), headers: gzip }, { body: gzipSync(text).subarray(0, 200), headers: gzip }),
  );
  const connection = await connectionForTest(org);
  expect(textOf((await connection.call(requestFor('limits'))).bytes)).toBe(text);
  expect(org.asked.at(-1)?.headers['accept-encoding']).toContain('gzip');
  const { body } = await connection.open(requestFor('limits'));
  await expect(readAll(body)).rejects.toMatchObject({ fault: 'body_cut', failureType: 'transient_error' });
});

test.each(['cut', 'stall'] as const)('an open body that ends early throws instead of ending: %s', async (how) => {
  const org = await hostForTest(
    inTurn({ body: 'x'.repeat(1000), ...(how === 'cut' ? { cut: 'middle' } : { stall: true }) }),
  );
  const connection = await connectionForTest(org);
  const { body } = await connection.open(requestFor('limits'));
  await expect(readAll(body)).rejects.toMatchObject({ fault: 'body_cut' });
});

test.each(['plain', 'gzip'] as const)(
  'an open body that broke off before anyone read it throws as well: %s',
  async (how) => {
    const text = 'x'.repeat(1000);
    const isPlain = how === 'plain';
    const played = isPlain ? { body: text } : { body: gzipSync(text), headers: { 'content-encoding': 'gzip' } };
    const org = await hostForTest(inTurn({ ...played, cut: 'middle' }));
    const connection = await connectionForTest(org);
    const { body } = await connection.open(requestFor('limits'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(readAll(body)).rejects.toMatchObject({ fault: 'body_cut' });
  },
);

test('a body that nobody reads keeps neither the connection from closing nor an abort from ending', async () => {
  const org = await hostForTest(inTurn({ body: 'x'.repeat(1_000_000) }));
  const connection = await connectionForTest(org);
  const stop = new AbortController();
  await connection.open(requestFor('limits', { signal: stop.signal }));
  await connection.open(requestFor('limits'));
  stop.abort(new Error('told to stop'));
  await connection.close();
});

async function readAll(body: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.length;
  return bytes;
}

test.each<[string, (text: string) => Played]>([
  ['plain', (text) => ({ body: text })],
  ['compressed', (text) => ({ body: gzipSync(text), headers: { 'content-encoding': 'gzip' } })],
])('an answer that grows longer than allowed is given up and not asked for again: %s', async (_, play) => {
  const text = `[${'1,'.repeat(50_000)}1]`;
  const org = await hostForTest(inTurn(play(text)));
  const connection = await connectionForTest(org);
  const just = await connection.call(requestFor('limits', { maxBytes: text.length }));
  expect(textOf(just.bytes)).toBe(text);
  const tooLong = connection.call(requestFor('limits', { maxBytes: text.length - 1 }));
  await expect(tooLong).rejects.toMatchObject({ fault: 'answer_too_long', stopsSync: false });
  expect(org.count('/limits')).toBe(2);
});

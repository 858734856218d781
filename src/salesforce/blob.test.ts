import { expect, test } from 'vitest';
import { openBlob } from './blob.ts';
import { orgForTest } from './testing/org-for-test.ts';
import { NOT_FOUND } from './testing/scripted-host.ts';

const signal = AbortSignal.timeout(20_000);
const path = '/services/data/v58.0/sobjects/Attachment/00Pxx0000000001AAA/Body';

test('a file comes as the bytes that it is', async () => {
  const content = Buffer.from([0, 255, 10, 13, 34]);
  const { connection } = await orgForTest((asked) => (asked.path === path ? { body: content } : undefined));
  const answer = await openBlob(connection, path, signal);
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer?.body ?? []) chunks.push(chunk);
  expect(Buffer.concat(chunks)).toEqual(content);
});

test.each([
  'https://elsewhere.example/x',
  '//elsewhere.example/x',
  '/services/data/v58.0/limits',
  '/services/data/v58.0/sobjects/A/../../x',
  'SGVsbG8=',
])('only the path of a blob is asked: not %s', async (value) => {
  const { connection, host } = await orgForTest(() => undefined);
  const before = host.asked.length;
  expect(await openBlob(connection, value, signal)).toBeUndefined();
  expect(host.asked).toHaveLength(before);
});

test('a file that is gone is undefined', async () => {
  const { connection } = await orgForTest((asked) =>
    asked.path === path ? { status: 404, body: NOT_FOUND } : undefined,
  );
  expect(await openBlob(connection, path, signal)).toBeUndefined();
});

test('an outage is no answer: the file is not taken for one that is gone', async () => {
  const { connection } = await orgForTest((asked) =>
    asked.path === path ? { status: 503, body: '<html>Server too busy</html>' } : undefined,
  );
  await expect(openBlob(connection, path, signal)).rejects.toMatchObject({ failureType: 'transient_error' });
});

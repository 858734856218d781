import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spooled } from './spool.ts';

const pause = () => new Promise((wake) => setImmediate(wake));

test('the bytes come whole and in order, whatever lies in memory and whatever in the file', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 40 }),
      fc.integer({ min: 0, max: 200 }),
      fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }),
      async (chunks, memoryBytes, pauses) => {
        async function* source() {
          for (const [i, chunk] of chunks.entries()) {
            for (let left = pauses[i % pauses.length] ?? 0; left > 0; left--) await pause();
            yield chunk;
          }
        }
        const got: Uint8Array[] = [];
        for await (const chunk of spooled(Readable.from(source(), { objectMode: false }), memoryBytes)) {
          got.push(Buffer.from(chunk));
          for (let left = pauses[got.length % pauses.length] ?? 0; left > 0; left--) await pause();
        }
        expect(Buffer.concat(got)).toEqual(Buffer.concat(chunks));
      },
    ),
  );
});

test('a body of 256 MiB that nobody reads takes little memory, and is read whole then', async () => {
  const chunk = new Uint8Array(64 * 1024).fill(7);
  const count = 4096;
  const body = Readable.from(
    (function* () {
      for (let i = 0; i < count; i++) yield Uint8Array.from(chunk);
    })(),
    { objectMode: false },
  );
  const before = process.memoryUsage().rss;
  const iterable = spooled(body);
  while (!body.readableEnded) await new Promise((wake) => setTimeout(wake, 5));
  expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
  let bytes = 0;
  for await (const piece of iterable) bytes += piece.length;
  expect(bytes).toBe(count * chunk.length);
}, 30_000);

test('an error comes behind the bytes that came before it', async () => {
  const body = new Readable({ read() {} });
  const iterable = spooled(body, 2);
  body.push('one');
  body.push('two');
  await pause();
  body.destroy(new Error('cut'));
  let text = '';
  const reading = (async () => {
    for await (const piece of iterable) text += Buffer.from(piece).toString();
  })();
  await expect(reading).rejects.toThrow('cut');
  expect(text).toBe('onetwo');
});

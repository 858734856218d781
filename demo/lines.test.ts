import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from './lines.ts';

async function collect(chunks: Uint8Array[]): Promise<string[]> {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  const lines: string[] = [];
  for await (const line of linesOf(source())) lines.push(line);
  return lines;
}

test('any chunking of the bytes gives the same lines, also inside a character', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), fc.integer({ min: 1, max: 7 }), async (texts, size) => {
      const expected = texts.map((text) => text.replaceAll('\n', ' ').replace(/^\uFEFF/, ''));
      const bytes = new TextEncoder().encode(expected.map((text) => `${text}\n`).join(''));
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      expect(await collect(chunks)).toEqual(expected);
    }),
  );
});

test('a line separator of Unicode inside a JSON string does not end the line', async () => {
  expect(await collect([new TextEncoder().encode('{"a":"x\u2028y\u2029z"}\n')])).toEqual(['{"a":"x\u2028y\u2029z"}']);
});

test('a last line without its newline is no message', async () => {
  expect(await collect([new TextEncoder().encode('{"type":"LOG"}\n{"type":"REC')])).toEqual(['{"type":"LOG"}']);
});

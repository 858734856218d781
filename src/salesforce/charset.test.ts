import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { transcoded } from './charset.ts';

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

test('text is the same however its bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 7 }), async (text, pieceBytes) => {
      const body = inPieces(Buffer.from(text, 'utf16le'), pieceBytes);
      expect(await textOf(transcoded(body, 'text/csv; charset="UTF-16LE"', 'read'))).toBe(text);
    }),
  );
});

test.each(['text/csv; charset=UTF-8', 'text/csv;charset=utf8', 'text/csv', undefined])(
  'UTF-8 is handed on untouched: %s',
  (contentType) => {
    const body = inPieces(Buffer.from('a'), 1);
    expect(transcoded(body, contentType, 'read')).toBe(body);
  },
);

test.each(['text/csv; charset=klingon', 'text/csv; charset=utf-16le'])(
  'text that can not be read fails: %s',
  async (contentType) => {
    const body = inPieces(Buffer.from([0x61, 0x00, 0x62]), 3);
    await expect(textOf(transcoded(body, contentType, 'read'))).rejects.toMatchObject({ fault: 'unexpected_answer' });
  },
);

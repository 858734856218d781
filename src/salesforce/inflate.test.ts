import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gather } from './answer.ts';
import type { OpenAnswer } from './connection.ts';
import { withInflation } from './inflate.ts';

const text = 'row\n'.repeat(50_000);
const request = { method: 'GET', path: '/services/data/v58.0/limits', purpose: 'ask', signal: AbortSignal.timeout(5000) } as const; // prettier-ignore

/** What comes of a body with this Content-Encoding: its text, its headers. */
async function receive(encoding: string | undefined, bytes: Uint8Array, read: typeof atOnce = pieceByPiece) {
  async function* body() {
    if (bytes.length > 0) yield bytes;
  }
  const headers = { 'content-length': '7', ...(encoding !== undefined && { 'content-encoding': encoding }) };
  const answer = await withInflation(async () => ({ status: 200, headers, body: body() }))(request);
  return { text: Buffer.from(await read(answer)).toString(), headers: Object.keys(answer.headers) };
}

const pieceByPiece = ({ body }: OpenAnswer) => gather(body, request);
const atOnce = ({ body, wholeBody }: OpenAnswer) => wholeBody?.() ?? gather(body, request);

describe.each([
  ['piece by piece', pieceByPiece],
  ['at once', atOnce],
])('read %s,', (_, read) => {
  test.each([
    ['gzip', gzipSync(text)],
    ['GZip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    // Two in a row are one (RFC 1952, 2.2); the length at the end is then that of the second.
    ['gzip', Buffer.concat([gzipSync(text.slice(0, -8)), gzipSync(text.slice(-8))])],
  ])(
    'a body in %s is inflated, asked for or not, and loses the headers that are no longer true',
    async (encoding, bytes) => {
      expect(await receive(encoding, bytes, read)).toEqual({ text, headers: [] });
    },
  );

  test.each([undefined, '', 'identity'])('a body in %s stays as it is', async (encoding) => {
    expect((await receive(encoding, Buffer.from(text), read)).text).toBe(text);
  });

  test('a body of no bytes is empty, whatever its header says', async () => {
    expect((await receive('gzip', new Uint8Array(), read)).text).toBe('');
  });

  test.each([
    ['ends early', gzipSync(text).subarray(0, 100)],
    ['is no gzip', Buffer.from(text)],
  ])('a compressed body that %s is cut', async (_, bytes) => {
    await expect(receive('gzip', bytes, read)).rejects.toMatchObject({ fault: 'body_cut' });
  });
});

test('an encoding that nobody can read is a fault of its own', async () => {
  await expect(receive('br', Buffer.from(text))).rejects.toMatchObject({ fault: 'unexpected_answer' });
});

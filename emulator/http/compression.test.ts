import { gunzipSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseEncoding, deflatePiece, encodeBody } from './compression.ts';

describe('chooseEncoding', () => {
  it.each([
    [undefined, 'identity'],
    ['identity', 'identity'],
    ['gzip, deflate, br', 'gzip'],
    ['br, GZIP;q=0.5', 'gzip'],
    ['*', 'gzip'],
    ['deflate', 'deflate'],
    ['gzip;q=0, deflate', 'deflate'],
    ['gzip;q=0.0', 'identity'],
  ])('of %s is %s', (header, encoding) => {
    expect(chooseEncoding(header)).toBe(encoding);
  });
});

describe('encodeBody', () => {
  const bodies = fc.array(
    fc.record({
      size: fc.integer({ min: 0, max: 150_000 }),
      letter: fc.integer({ min: 0, max: 255 }),
      before: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  );

  it('gives one gzip member, whatever of it was deflated before', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (parts) => {
        const pieces = parts.map(({ size, letter, before }) => {
          const bytes = Buffer.alloc(size, letter);
          return before ? deflatePiece(bytes) : { bytes };
        });
        const whole = Buffer.concat(pieces.map(({ bytes }) => bytes));
        const { bytes, encoding } = await encodeBody(pieces, 'gzip');
        expect((encoding === 'gzip' ? gunzipSync(bytes) : bytes).equals(whole)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('deflates where asked, and leaves small bodies alone', async () => {
    const large = await encodeBody([{ bytes: Buffer.alloc(5000, 65) }], 'deflate');
    expect(inflateSync(large.bytes)).toHaveLength(5000);
    expect(await encodeBody([{ bytes: Buffer.from('small') }], 'gzip')).toMatchObject({ encoding: 'identity' });
  });
});

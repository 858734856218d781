/** Text of every kind and length through the CSV path, in any chunks, against csv-parse and JSON.stringify. */

import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ModstampError } from '../errors.ts';
import { createCsvTranscoder } from './csv.ts';
import { compileTemplate, type RecordTemplate } from './template.ts';

/** A template of text columns F0, F1 … that are emitted as p0, p1 … */
function texts(count: number): RecordTemplate {
  const fields = Array.from({ length: count }, (_, i) => `F${i}`);
  return compileTemplate({
    stream: 's',
    columns: fields.map((field, i) => ({ kind: 'string', property: `p${i}`, field })),
    fields,
    track: { id: 'F0' },
  });
}

/** The page in chunks, cut at the given places: the lines' text and what the transcoder tells in the end. */
function transcode(template: RecordTemplate, page: Uint8Array, cuts: readonly number[] = []) {
  const transcoder = createCsvTranscoder(template, { emittedAt: 1_760_000_000_000 });
  const places = [0, ...[...cuts].sort((a, b) => a - b), page.length];
  let text = '';
  for (let i = 1; i < places.length; i++) {
    const chunk = page.subarray(places[i - 1], places[i]);
    text += Buffer.from(transcoder.push(chunk, i === places.length - 1)).toString();
  }
  return { text, rows: transcoder.rows, last: transcoder.last };
}

/** The `data` of each line. */
function dataOf(text: string): Record<string, string | null>[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).record.data);
}

/** Pieces that make text awkward, and runs that are longer than any word or copy. */
const awkward = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '"',
        '""',
        ',',
        '\n',
        '\r\n',
        '\r',
        '\\',
        '\0',
        '\t',
        '\u001f',
        '\u007f',
        'é',
        '€',
        '😀',
        'a',
        ' ',
      ),
      fc.string({ unit: 'binary', maxLength: 40 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''));

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe('any text', () => {
  const pages = fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc.record({
        width: fc.constant(width),
        rows: fc.array(fc.array(awkward, { minLength: width, maxLength: width }), { maxLength: 6 }),
        bare: fc.boolean(),
        lineEnd: fc.constantFrom('\n', '\r\n'),
        cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
      }),
    )
    .map(({ width, rows, bare, lineEnd, cuts }) => {
      const header = Array.from({ length: width }, (_, i) => `F${i}`);
      const lines = [header, ...rows].map((row) =>
        row.map((text) => (bare && /^[^",\r\n]+$/.test(text) ? text : quoted(text))).join(','),
      );
      const page = Buffer.from(lines.map((line) => line + lineEnd).join(''));
      return { width, rows, page, cuts: cuts.map((part) => Math.floor(part * page.length)) };
    });

  test('arrives as it was but for NUL, as csv-parse reads it, however it is cut', () => {
    fc.assert(
      fc.property(pages, ({ width, rows, page, cuts }) => {
        const cells = (row: readonly string[]) =>
          Object.fromEntries(row.map((text, i) => [`p${i}`, text.replaceAll('\0', '') || null]));
        const whole = transcode(texts(width), page);
        const data = dataOf(whole.text);
        expect(data).toEqual(rows.map(cells));
        const oracle: string[][] = parse(page, { bom: true });
        expect(data).toEqual(oracle.slice(1).map(cells));
        expect(transcode(texts(width), page, cuts)).toEqual(whole);
      }),
      { numRuns: 600 },
    );
  });

  test('is written as JSON.stringify writes it', () => {
    fc.assert(
      fc.property(awkward, (text) => {
        const line = transcode(texts(1), Buffer.from(`"F0"\n${quoted(text)}\n`)).text;
        const kept = text.replaceAll('\0', '');
        expect(line).toContain(`"data":{"p0":${kept === '' ? 'null' : JSON.stringify(kept)}},"emitted_at"`);
      }),
      { numRuns: 600 },
    );
  });

  test('gives the same lines cut at every byte, and byte by byte', () => {
    const page = Buffer.concat([
      Buffer.from('\ufeff"F0","F1"\r\n"é€😀 ""q"", \\","\r\n"\n'),
      Buffer.from('"'),
      Uint8Array.of(0x41, 0xc3, 0x28, 0xff, 0xe2, 0x82),
      Buffer.from('",plain\n"","' + 'x'.repeat(40) + '""'.repeat(9) + '"\n,"\0"'),
    ]);
    const whole = transcode(texts(2), page);
    expect(whole.rows).toBe(4);
    expect(whole.text).toContain('A\ufffd(\ufffd\ufffd');
    for (let cut = 0; cut <= page.length; cut++) expect(transcode(texts(2), page, [cut])).toEqual(whole);
    expect(transcode(texts(2), page, Array.from(page.keys()))).toEqual(whole);
  });

  test('of any bytes at all is refused, or gives as many lines of JSON as rows', () => {
    const bytes = fc.array(
      fc.oneof(fc.constantFrom(...Buffer.from('"",,\n\n\r\\a0')), fc.integer({ min: 0, max: 255 })),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(bytes, fc.nat(40), (bytes, cut) => {
        const page = Buffer.concat([Buffer.from('"F0","F1"\n'), Uint8Array.from(bytes)]);
        try {
          const { text, rows } = transcode(texts(2), page, [Math.min(cut, page.length)]);
          expect(dataOf(text).length).toBe(rows);
        } catch (thrown) {
          expect(['csv_malformed', 'body_cut']).toContain((thrown as ModstampError).fault);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('long values', () => {
  test('a cell of 10 MiB passes in chunks of 16 KiB', { timeout: 30_000 }, () => {
    const long = 'all work "and" no play\n'.repeat(456_000);
    const page = Buffer.from(`"F0","F1"\n"x",${quoted(long)}\n"y","z"\n`);
    const cuts = Array.from({ length: Math.floor(page.length / 16_384) }, (_, i) => (i + 1) * 16_384);
    const [first, second] = dataOf(transcode(texts(2), page, cuts).text);
    expect(first?.['p1'] === long).toBe(true);
    expect(second).toEqual({ p0: 'y', p1: 'z' });
  });

  test('every length of text, at every distance from the end of the buffer, is copied whole', () => {
    for (let length = 0; length < 70; length++) {
      const text = 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(2).slice(0, length);
      expect(dataOf(transcode(texts(1), Buffer.from(`"F0"\n"${text}"`)).text)).toEqual([{ p0: text || null }]);
      expect(dataOf(transcode(texts(1), Buffer.from(`"F0"\n"${text}"" "\n`)).text)).toEqual([{ p0: `${text}" ` }]);
    }
  });

  test(
    'rows that fill the output to its brim grow it in time, also where escapes and copies need more than the row had',
    { timeout: 30_000 },
    () => {
      const template = compileTemplate({
        stream: 's',
        columns: ['a', 'b', 'c'].flatMap((property) => [
          { kind: 'string', property, field: 'F0' } as const,
          { kind: 'string', property: `${property}2`, field: 'F1' } as const,
        ]),
        fields: ['F0', 'F1'],
      });
      const sizes = [0, 1, 44_000, 131_000, 262_144];
      for (const plain of sizes) {
        for (const controls of sizes) {
          const values = { F0: '\u0001'.repeat(controls), F1: 'x'.repeat(plain) };
          const page = Buffer.from(`"F0","F1"\n"${values.F0}","${values.F1}"\n"y","z"\n`);
          const [first, second] = dataOf(transcode(template, page).text);
          expect(
            ['a', 'b', 'c'].every(
              (key) => first?.[key] === (values.F0 || null) && first[`${key}2`] === (values.F1 || null),
            ),
          ).toBe(true);
          expect(second).toEqual({ a: 'y', a2: 'z', b: 'y', b2: 'z', c: 'y', c2: 'z' });
        }
      }
    },
  );
});

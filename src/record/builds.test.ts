/** Both builds of the WebAssembly module against each other, and against csv-parse, JSON.parse and JSON.stringify. */
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from './column.ts';
import { createCsvTranscoder } from './csv.ts';
import { createJsonTranscoder } from './json.ts';
import type { PageTranscoder } from './page-transcoder.ts';
import { compileTemplate } from './template.ts';
import { bestBuild, type WasmBuild } from './wasm-module.ts';

const FIELDS = ['Id', 'Name', 'Owner.Name', 'Size__c', 'A_Field_With_A_Long_Name__c', 'Changed', 'Day', 'Opens'];
const KINDS = ['string', 'string', 'string', 'number', 'string', 'datetime', 'date', 'time'] as const;
const COLUMNS: readonly Column[] = FIELDS.map((field, i) => ({
  kind: KINDS[i] ?? 'string',
  property: field.toLowerCase(),
  field,
}));
const template = compileTemplate({
  stream: 's',
  columns: COLUMNS,
  fields: FIELDS,
  track: { id: 'Id', cursor: 'Changed' },
});

/** Text with what is special to CSV, JSON or UTF-8 at any distance from the borders of 8 and 16 bytes. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '""', '\\', ',', '\n', '\r\n', '\0', '\u001f', '\u0020', '\u0080', 'é', '€', '😀', '\u2028'),
      fc.nat(20).map((length) => 'x'.repeat(length)),
      fc.string({ unit: 'binary', maxLength: 20 }),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => pieces.join(''));
/** Of a datetime and the like with one character changed, most are none. */
const momentLike = fc
  .tuple(
    fc.constantFrom('2020-10-22T21:03:23.000Z', '2020-10-22T21:03:23.987+0000', '2020-10-22', '10:00:00.000Z'),
    fc.nat(30),
    fc.constantFrom('', '0', '9', ':', '-', 'T', 'é', '\u0080', '/', '.'),
  )
  .map(([moment, at, char]) => moment.slice(0, at) + char + moment.slice(at + (char === '' ? 0 : 1)));
const value = fc.oneof(text, momentLike, fc.double().map(String));
const rows = fc.array(fc.array(value, { minLength: FIELDS.length, maxLength: FIELDS.length }), { maxLength: 5 });
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

/** What one build makes of a page in chunks: its lines, and all that it tells. */
function through(transcoder: PageTranscoder, page: Uint8Array, cuts: readonly number[]) {
  const places = [0, ...cuts.map((part) => Math.floor(part * page.length)).sort((a, b) => a - b), page.length];
  let lines = '';
  for (let i = 1; i < places.length; i++) {
    const chunk = page.subarray(places[i - 1], places[i]);
    lines += Buffer.from(transcoder.push(chunk, i === places.length - 1)).toString();
  }
  transcoder.close();
  const { rows, records, last, nulled } = transcoder;
  return { lines, rows, records, last, nulled: [...nulled] };
}

function dataOf(lines: string): Record<string, unknown>[] {
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).record.data);
}

const csv = (page: Uint8Array, build: WasmBuild, cuts: readonly number[]) =>
  through(createCsvTranscoder(template, { emittedAt: 0, build }), page, cuts);
const json = (page: Uint8Array, build: WasmBuild, cuts: readonly number[]) =>
  through(createJsonTranscoder(template, { emittedAt: 0, build }), page, cuts);
const kept = (text: string) => text.replaceAll('\0', '') || null;
const TEXTS = COLUMNS.flatMap(({ kind, property }, i) => (kind === 'string' ? [{ property, i }] : []));

test('this machine runs the build with vectors', () => {
  expect(bestBuild()).toBe('vector');
});

test('any CSV in any chunks is the same through both, and what csv-parse reads', () => {
  fc.assert(
    fc.property(rows, cuts, (rows, cuts) => {
      const table = [FIELDS, ...rows].map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
      const page = Buffer.from(table.map((line) => `${line}\n`).join(''));
      const whole = csv(page, 'vector', []);
      for (const build of ['vector', 'scalar'] as const) expect(csv(page, build, cuts)).toEqual(whole);
      const read: string[][] = parse(page, { bom: true });
      const data = dataOf(whole.lines);
      expect(data.length).toBe(rows.length);
      for (const { property, i } of TEXTS)
        expect(data.map((row) => row[property])).toEqual(read.slice(1).map((row) => kept(row[i] ?? '')));
    }),
    { numRuns: 500 },
  );
});

test('any JSON in any chunks is the same through both, and text in it what JSON.stringify writes', () => {
  const indents = fc.constantFrom(0, 3);
  fc.assert(
    fc.property(rows, cuts, indents, fc.boolean(), (rows, cuts, indent, reversed) => {
      const records = rows.map((row) => {
        const [Id, Name, owner, Size__c, long, Changed, Day, Opens] = row;
        const record = { Id, Name, Owner: { Name: owner }, Size__c, A_Field_With_A_Long_Name__c: long, Changed, Day, Opens }; // prettier-ignore
        return reversed ? Object.fromEntries(Object.entries(record).reverse()) : record;
      });
      const page = Buffer.from(JSON.stringify({ totalSize: rows.length, done: true, records }, null, indent));
      const whole = json(page, 'vector', []);
      for (const build of ['vector', 'scalar'] as const) expect(json(page, build, cuts)).toEqual(whole);
      for (const [at, line] of whole.lines.split('\n').slice(0, -1).entries())
        for (const { property, i } of TEXTS)
          expect(line).toContain(`"${property}":${JSON.stringify(kept(rows[at]?.[i] ?? ''))}`);
    }),
    { numRuns: 500 },
  );
});

test('any bytes at all are the same rows, or the same refusal, through both', () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  const outcome = (run: () => unknown) => {
    try {
      return run();
    } catch (thrown) {
      return { fault: (thrown as { fault?: string }).fault, message: (thrown as Error).message };
    }
  };
  fc.assert(
    fc.property(bytes, cuts, (bytes, cuts) => {
      const page = Buffer.concat([Buffer.from(`${FIELDS.join(',')}\n`), bytes]);
      expect(outcome(() => csv(page, 'scalar', cuts))).toEqual(outcome(() => csv(page, 'vector', cuts)));
      const answer = Buffer.concat([Buffer.from('{"records":[{"Id":"'), bytes, Buffer.from('"}]}')]);
      expect(outcome(() => json(answer, 'scalar', cuts))).toEqual(outcome(() => json(answer, 'vector', cuts)));
    }),
    { numRuns: 1000 },
  );
});

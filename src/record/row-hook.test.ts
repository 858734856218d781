/** Rows decided before their lines are written: kept, dropped, or with values replaced; the same over CSV and JSON. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column } from './column.ts';
import { createCsvTranscoder } from './csv.ts';
import { createJsonTranscoder } from './json.ts';
import type { PageTranscoder } from './page-transcoder.ts';
import type { RecordLines, RowHook } from './row-hook.ts';
import { compileTemplate } from './template.ts';

const COLUMNS: readonly Column[] = [
  { kind: 'string', property: 'id', field: 'Id' },
  { kind: 'url', property: 'body', field: 'Id', before: '/content/', after: '/Body' },
  { kind: 'number', property: 'size', field: 'Size' },
  { kind: 'compound', property: 'place', parts: [{ key: 'city', field: 'City', kind: 'string' }] },
];
const template = compileTemplate({
  stream: 's',
  columns: COLUMNS,
  fields: ['Id', 'Size', 'City'],
  track: { id: 'Id' },
});

interface Row {
  readonly id: string;
  readonly size: string;
  readonly city: string;
}

const row = (id: string, size = '1', city = ''): Row => ({ id, size, city });

function csvOf(rows: readonly Row[]): Buffer {
  const lines = rows.map(({ id, size, city }) => [id, size, city].map((text) => `"${text.replaceAll('"', '""')}"`));
  return Buffer.from(['Id,Size,City', ...lines].map((line) => `${line}\n`).join(''));
}

function jsonOf(rows: readonly Row[]): Buffer {
  const records = rows.map(({ id, size, city }) => ({ Id: id, Size: size, City: city }));
  return Buffer.from(JSON.stringify({ totalSize: rows.length, done: true, records }));
}

const FORMS = [
  ['CSV', () => createCsvTranscoder(template, { emittedAt: 0 }), csvOf],
  ['JSON', () => createJsonTranscoder(template, { emittedAt: 0 }), jsonOf],
] as const;

/** The page in chunks of so many bytes, each piece of lines as text. */
async function through(transcoder: PageTranscoder, page: Uint8Array, hook: RowHook, chunkBytes = page.length) {
  const pieces: { text: string; recordCount: number; rows: number; last: string | undefined }[] = [];
  const keep = ({ lines, recordCount }: RecordLines) => {
    const text = Buffer.from(lines).toString();
    expect(text.split('\n').length - 1).toBe(recordCount);
    pieces.push({ text, recordCount, rows: transcoder.rows, last: transcoder.last.id });
  };
  let failure: unknown;
  try {
    for (let at = 0; at < page.length; at += chunkBytes) {
      const chunk = page.subarray(at, at + chunkBytes);
      for await (const piece of transcoder.pushDecided(chunk, at + chunk.length === page.length, hook)) keep(piece);
    }
  } catch (thrown) {
    failure = thrown;
  }
  transcoder.close();
  const text = pieces.map(({ text }) => text).join('');
  const records = text.split('\n').slice(0, -1).map((line) => JSON.parse(line).record); // prettier-ignore
  return { pieces, text, records, data: records.map(({ data }) => data), failure };
}

const asText = (value: Uint8Array | undefined) => (value === undefined ? undefined : Buffer.from(value).toString());
const json = (text: string) => [Buffer.from(text)];

describe.each(FORMS)('rows of %s', (_, open, pageOf) => {
  test('that are all kept are the lines of a page without a hook, in any chunks', async () => {
    const value = fc.string({ unit: 'binary', maxLength: 20 });
    const rows = fc.array(fc.record({ id: value, size: fc.double().map(String), city: value }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 100 }), fc.boolean(), async (rows, chunkBytes, waits) => {
        const page = pageOf(rows);
        const plain = open();
        const expected = Buffer.from(plain.push(page, true)).toString();
        const transcoder = open();
        const hook: RowHook = { fields: [], decide: () => (waits ? Promise.resolve('keep') : 'keep') };
        const { text, failure } = await through(transcoder, page, hook, chunkBytes);
        expect(failure).toBe(undefined);
        expect(text).toBe(expected);
        const { rows: count, records, last, nulled } = plain;
        expect(transcoder).toMatchObject({ rows: count, records, last });
        expect([...transcoder.nulled]).toEqual([...nulled]);
        plain.close();
      }),
      { numRuns: 100 },
    );
  });

  test('are dropped by what their values are, and counted all the same', async () => {
    const seen: unknown[] = [];
    const hook: RowHook = {
      fields: ['size', 'Id'],
      decide: (values) => {
        seen.push(values.map(asText));
        return values[0] === undefined ? 'drop' : 'keep';
      },
    };
    const transcoder = open();
    const rows = [row('1', ''), row('a "b"\\\n'), row('3', ''), row('4'), row('5', '')];
    const { data, pieces } = await through(transcoder, pageOf(rows), hook);
    expect(seen).toEqual([
      [undefined, '1'],
      ['1', 'a "b"\\\n'],
      [undefined, '3'],
      ['1', '4'],
      [undefined, '5'],
    ]);
    expect(data.map(({ id }) => id)).toEqual(['a "b"\\\n', '4']);
    expect(transcoder).toMatchObject({ rows: 5, records: 2, last: { id: '5' } });
    expect(pieces.at(-1)).toMatchObject({ rows: 5, last: '5' });
  });

  test('have values replaced in their places, each such row leaving alone', async () => {
    const hook: RowHook = {
      fields: ['Id'],
      decide: async ([id]) => {
        if (asText(id) === '2') return [{ property: 'body', json: [...json('"ab'), ...json('cd"')] }];
        if (asText(id) === '3') return [{ property: 'body', json: json('null'), reason: 'SOURCE_RETRIEVAL_ERROR' }];
        return asText(id) === '4' ? [{ property: 'unselected', json: json('1') }] : 'keep';
      },
    };
    const { records, pieces } = await through(open(), pageOf([row('1'), row('2'), row('3', 'x'), row('4')]), hook);
    expect(records.map(({ data }) => data.body)).toEqual(['/content/1/Body', 'abcd', null, '/content/4/Body']);
    expect(records.map(({ data }) => data.id)).toEqual(['1', '2', '3', '4']);
    expect(records.map(({ meta }) => meta?.changes)).toEqual([
      undefined,
      undefined,
      [
        { field: 'body', change: 'NULLED', reason: 'SOURCE_RETRIEVAL_ERROR' },
        { field: 'size', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' },
      ],
      undefined,
    ]);
    expect(pieces.map(({ recordCount }) => recordCount)).toEqual([0, 1, 1, 1, 1]);
  });

  test('may have a value put in where they have none, and a large one', async () => {
    const large = `"${'x'.repeat(3_000_000)}"`;
    const hook: RowHook = { fields: [], decide: () => [{ property: 'size', json: [...json('7'), ...json('.5')] }, { property: 'id', json: json(large) }] }; // prettier-ignore
    const { data } = await through(open(), pageOf([row('1', ''), row('2')]), hook);
    expect(data.map(({ size, id }) => [size, id.length])).toEqual([
      [7.5, 3_000_000],
      [7.5, 3_000_000],
    ]);
  });

  test('leave nothing of a replacement behind in the next row', async () => {
    let turn = 0;
    const hook: RowHook = { fields: [], decide: () => (turn++ === 0 ? [{ property: 'id', json: json('1') }] : 'keep') };
    const { data } = await through(open(), pageOf([row('a'), row('b')]), hook);
    expect(data.map(({ id }) => id)).toEqual([1, 'b']);
  });

  test('leave before the hook is waited for, and before what it throws', async () => {
    const hook: RowHook = {
      fields: ['Id'],
      decide: ([id]) => {
        if (asText(id) === '3') throw new Error('no');
        return asText(id) === '4' ? Promise.reject(new Error('later')) : 'keep';
      },
    };
    const thrown = open();
    expect(await through(thrown, pageOf([row('1'), row('2'), row('3')]), hook)).toMatchObject({
      data: [{ id: '1' }, { id: '2' }],
      failure: new Error('no'),
    });
    expect(thrown).toMatchObject({ rows: 2, records: 2, last: { id: '2' } });
    expect(await through(open(), pageOf([row('1'), row('4')]), hook)).toMatchObject({
      data: [{ id: '1' }],
      failure: new Error('later'),
    });
  });

  test('that come before a broken one leave before it is told', async () => {
    const page = pageOf([row('1'), row('2')]);
    const cut = page.subarray(0, page.length - 5);
    const { data, failure } = await through(open(), cut, { fields: [], decide: () => 'keep' });
    expect(data.map(({ id }) => id)).toEqual(['1']);
    expect(failure).toMatchObject({ fault: 'body_cut' });
  });

  test('are not asked for before the first piece, which is empty, is taken', async () => {
    let asked = 0;
    const transcoder = open();
    const decide = () => (asked++, 'keep' as const);
    const lines = transcoder.pushDecided(pageOf([row('1')]), true, { fields: [], decide });
    expect((await lines.next()).value).toMatchObject({ recordCount: 0 });
    await lines.return(undefined);
    transcoder.close();
    expect(asked).toBe(0);
  });

  test('are refused a hook that looks at what is not selected, or replaces a compound', async () => {
    const wrong = await through(open(), pageOf([row('1')]), { fields: ['Other'], decide: () => 'keep' });
    expect(wrong.failure).toMatchObject({ message: expect.stringMatching(/Other/) });
    const hook: RowHook = { fields: [], decide: () => [{ property: 'place', json: json('1') }] };
    expect((await through(open(), pageOf([row('1')]), hook)).failure).toMatchObject({
      message: expect.stringMatching(/place/),
    });
  });
});

test('rows that an earlier try has written are counted and not asked for', async () => {
  const asked: unknown[] = [];
  const hook: RowHook = { fields: ['Id'], decide: ([id]) => (asked.push(asText(id)), 'keep') };
  const transcoder = createCsvTranscoder(template, { emittedAt: 0, skipRows: 2 });
  const { data } = await through(transcoder, csvOf([row('1'), row('2'), row('3')]), hook);
  expect(asked).toEqual(['3']);
  expect(data.map(({ id }) => id)).toEqual(['3']);
  expect(transcoder).toMatchObject({ rows: 3, records: 1 });
});

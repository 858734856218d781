import { describe, expect, test } from 'vitest';
import type { Column, ScalarKind } from './column.ts';
import { createCsvTranscoder, type CsvOptions } from './csv.ts';
import { compileTemplate, type RecordTemplate } from './template.ts';

const EMITTED_AT = 1_760_000_000_000;
const OPTIONS: CsvOptions = { emittedAt: EMITTED_AT };

const columnsOf = (kinds: readonly ScalarKind[]): Column[] =>
  kinds.map((kind, i) => ({ kind, property: `p${i}`, field: `F${i}` }));

function templateOf(columns: readonly Column[], fields: readonly string[]): RecordTemplate {
  return compileTemplate({ stream: 's', columns, fields });
}

/** A template of text columns F0, F1 … that are emitted as p0, p1 … */
function texts(count: number): RecordTemplate {
  const columns = columnsOf(Array.from({ length: count }, () => 'string'));
  return templateOf(
    columns,
    columns.map((_, i) => `F${i}`),
  );
}

/** The page in chunks, cut at the given places: the lines' text and what the transcoder tells in the end. */
function transcode(template: RecordTemplate, page: Uint8Array, cuts: readonly number[] = [], options = OPTIONS) {
  const transcoder = createCsvTranscoder(template, options);
  const places = [0, ...[...cuts].sort((a, b) => a - b), page.length];
  let text = '';
  for (let i = 1; i < places.length; i++) {
    const chunk = page.subarray(places[i - 1], places[i]);
    text += Buffer.from(transcoder.push(chunk, i === places.length - 1)).toString();
  }
  return { text, rows: transcoder.rows, last: transcoder.last, nulled: transcoder.nulled };
}

/** The `data` of each line. */
function dataOf(template: RecordTemplate, csv: string | Uint8Array, cuts?: readonly number[]): unknown[] {
  const { text } = transcode(template, Buffer.from(csv), cuts);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).record.data);
}

/** What one value of a kind becomes, as JSON text, with the changes that the record tells of. */
function value(kind: ScalarKind, csvValue: string): { json: string; changes: unknown } {
  const column: Column = { kind, property: 'p', field: 'F' };
  const { text } = transcode(templateOf([column], ['F']), Buffer.from(`"F"\n"${csvValue}"\n`));
  return {
    json: text.slice(text.indexOf('{"p":') + 5, text.indexOf('},"emitted_at"')),
    changes: JSON.parse(text).record.meta?.changes,
  };
}

describe('a line', () => {
  test('is a RECORD with the stream, its namespace, the data in the order of the columns, and the moment', () => {
    const template = compileTemplate({
      stream: 'leads',
      namespace: 'sfdc',
      columns: [
        { kind: 'string', property: 'id', field: 'Id' },
        { kind: 'string', property: 'owner "name"', field: 'Owner.Name' },
      ],
      fields: ['Owner.Name', 'Id'],
    });
    expect(transcode(template, Buffer.from('"Owner.Name","Id"\n"Ann","00Q1"\n')).text).toBe(
      '{"type":"RECORD","record":{"stream":"leads","namespace":"sfdc","data":{"id":"00Q1","owner \\"name\\"":"Ann"},"emitted_at":1760000000000}}\n',
    );
  });

  test('has no namespace where the stream has none', () => {
    expect(transcode(texts(1), Buffer.from('"F0"\n"x"\n')).text).toBe(
      '{"type":"RECORD","record":{"stream":"s","data":{"p0":"x"},"emitted_at":1760000000000}}\n',
    );
  });

  test('may hold constants only', () => {
    const columns: Column[] = [
      { kind: 'literal', property: 'gone', json: 'null' },
      { kind: 'emitted_at', property: 'received_at' },
    ];
    expect(dataOf(templateOf(columns, ['Id']), '"Id"\n"1"\n"2"\n')).toEqual([
      { gone: null, received_at: '2025-10-09T08:53:20.000Z' },
      { gone: null, received_at: '2025-10-09T08:53:20.000Z' },
    ]);
  });

  test('keeps constants between other columns in their places', () => {
    const columns: Column[] = [
      { kind: 'literal', property: 'a', json: '1' },
      { kind: 'string', property: 'b', field: 'F' },
      { kind: 'literal', property: 'c', json: '{"x":[]}' },
    ];
    expect(transcode(templateOf(columns, ['F']), Buffer.from('"F"\n""\n')).text).toContain(
      '"data":{"a":1,"b":null,"c":{"x":[]}}',
    );
  });

  test('may use a field in several columns and leave others out', () => {
    const columns: Column[] = [
      { kind: 'string', property: 'id', field: 'Id' },
      { kind: 'url', property: 'body', field: 'Id', before: '/a"b/', after: '/Body' },
      { kind: 'string', property: 'again', field: 'id' },
    ];
    expect(dataOf(templateOf(columns, ['Skipped', 'Id']), '"Skipped","Id"\n"x","0""1"\n"y",""\n')).toEqual([
      { id: '0"1', body: '/a"b/0"1/Body', again: '0"1' },
      { id: null, body: null, again: null },
    ]);
  });
});

describe('compound columns', () => {
  const columns: Column[] = [
    {
      kind: 'compound',
      property: 'address',
      parts: [
        { key: 'city', field: 'City', kind: 'string' },
        { key: 'latitude', field: 'Lat', kind: 'number' },
      ],
    },
    { kind: 'string', property: 'id', field: 'Id' },
  ];
  const template = templateOf(columns, ['City', 'Lat', 'Id']);

  test('are objects of all their parts, and null where every part is', () => {
    expect(dataOf(template, '"City","Lat","Id"\n"Ulm","48.4","1"\n"","9.98","2"\n"","","3"\n"\0","","4"\n')).toEqual([
      { address: { city: 'Ulm', latitude: 48.4 }, id: '1' },
      { address: { city: null, latitude: 9.98 }, id: '2' },
      { address: null, id: '3' },
      { address: null, id: '4' },
    ]);
  });

  test('tell of a part that could not be kept', () => {
    const { text, nulled } = transcode(template, Buffer.from('"City","Lat","Id"\n"Ulm","NaN","1"\n'));
    expect(JSON.parse(text).record).toMatchObject({
      data: { address: { city: 'Ulm', latitude: null } },
      meta: { changes: [{ field: 'address', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }] },
    });
    expect([...nulled]).toEqual([['address', 1]]);
  });
});

describe('values', () => {
  test.each<[ScalarKind, string, string]>([
    ['string', 'abc', '"abc"'],
    ['string', '', 'null'],
    ['string', ' ', '" "'],
    ['string', 'NA', '"NA"'],
    ['string', 'null', '"null"'],
    ['string', 'say ""hi""', '"say \\"hi\\""'],
    ['string', '""', '"\\""'],
    ['string', 'C:\\dir', '"C:\\\\dir"'],
    ['string', 'two\nlines\r\nand\ttab', '"two\\nlines\\r\\nand\\ttab"'],
    ['string', 'bell\u0007\u001f\u007f', '"bell\\u0007\\u001f\u007f"'],
    ['string', 'nul\0 byte', '"nul byte"'],
    ['string', '\0', 'null'],
    ['string', 'é€😀/\u2028', '"é€😀/\u2028"'],
    ['string', '007', '"007"'],
    ['number', '23.0', '23.0'],
    ['number', '1.6147805824397E13', '1.6147805824397E13'],
    ['number', '-.5', '-0.5'],
    ['number', '', 'null'],
    ['integer', '42', '42'],
    ['integer', '0.0', '0'],
    ['integer', '1.0E10', '10000000000'],
    ['boolean', 'true', 'true'],
    ['boolean', 'FALSE', 'false'],
    ['date', '2020-10-22', '"2020-10-22"'],
    ['datetime', '2020-10-22T21:03:23.000Z', '"2020-10-22T21:03:23.000Z"'],
    ['datetime', '2020-10-22T21:03:23.000+0000', '"2020-10-22T21:03:23.000Z"'],
    ['datetime', '2020-10-22T23:03:23+02:00', '"2020-10-22T21:03:23.000Z"'],
    ['time', '10:00:00.000Z', '"10:00:00.000"'],
    ['time', '10:00:00', '"10:00:00.000"'],
  ])('%s %j becomes %s', (kind, csvValue, json) => {
    expect(value(kind, csvValue)).toEqual({ json, changes: undefined });
  });

  test.each<[ScalarKind, string]>([
    ['number', 'NaN'],
    ['number', 'Infinity'],
    ['number', '1,5'],
    ['integer', '5.5'],
    ['boolean', 'yes'],
    ['date', '22.10.2020'],
    ['datetime', 'yesterday'],
    ['time', '25h'],
    ['number', '1""2'],
  ])('%s %j becomes null, and the record says so', (kind, csvValue) => {
    expect(value(kind, csvValue)).toEqual({
      json: 'null',
      changes: [{ field: 'p', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }],
    });
  });

  test('only the rows that lost a value carry changes, and the transcoder counts them', () => {
    const template = templateOf(columnsOf(['number', 'number']), ['F0', 'F1']);
    const { text, nulled } = transcode(template, Buffer.from('"F0","F1"\n"1","2"\n"x","y"\n"3","z"\n'));
    const metas = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).record.meta?.changes.length);
    expect(metas).toEqual([undefined, 2, 1]);
    expect([...nulled]).toEqual([
      ['p0', 1],
      ['p1', 2],
    ]);
  });
});

describe('a page', () => {
  test.each([
    ['nothing', ''],
    ['a header', '"F0","F1"\n'],
    ['a header without line end', '"F0","F1"'],
  ])('of %s has no rows', (_, page) => {
    expect(transcode(texts(2), Buffer.from(page))).toMatchObject({ text: '', rows: 0, last: {} });
  });

  test.each([
    ['LF', '"F0","F1"\n"a","b"\n"c","d"\n'],
    ['CRLF', '"F0","F1"\r\n"a","b"\r\n"c","d"\r\n'],
    ['no line end after the last row', '"F0","F1"\n"a","b"\n"c","d"'],
    ['a byte order mark', '\ufeff"F0","F1"\n"a","b"\n"c","d"\n'],
    ['no quotes', 'F0,F1\na,b\nc,d\n'],
    ['columns in another order', '"F1","F0"\n"b","a"\n"d","c"\n'],
  ])('with %s is read, whatever the chunks', (_, page) => {
    const bytes = Buffer.from(page);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(dataOf(texts(2), bytes, [cut])).toEqual([
        { p0: 'a', p1: 'b' },
        { p0: 'c', p1: 'd' },
      ]);
    }
  });

  test('of one column may have rows of nothing', () => {
    expect(dataOf(texts(1), '"F0"\n""\n\n"x"\n')).toEqual([{ p0: null }, { p0: null }, { p0: 'x' }]);
  });

  test.each([
    ['"F0","F1"\n"a","b"\n"c"\n', 'csv_malformed', /row 2 has 1 values where its header has 2/],
    ['"F0","F1"\n"a","b","c"\n', 'csv_malformed', /row 1 has more values than the 2 of its header/],
    ['"F0","F1"\n"a"b,"c"\n', 'csv_malformed', /row 1 has text behind a closing quote/],
    ['"F0","F1"\na"b,c\n', 'csv_malformed', /row 1 has a quote inside an unquoted value/],
    ['"F0"\n"a"\n', 'csv_malformed', /lacks the column F1/],
    ['"F0","F1","F2"\n', 'csv_malformed', /has a column that was not asked for, "F2"/],
    ['"F0","F1"\n"a","b"\n"c","d', 'body_cut', /ended inside row 2/],
    ['"F0","F1"\n"a","b"\n"c","d\n', 'body_cut', /ended inside row 2/],
  ])('%j is refused, whatever the chunks', (page, fault, sentence) => {
    const bytes = Buffer.from(page);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(() => transcode(texts(2), bytes, [cut])).toThrow(
        expect.objectContaining({ fault, failureType: 'transient_error', message: expect.stringMatching(sentence) }),
      );
    }
  });

  test('a push that throws has written nothing: count and last row stay those of the push before', () => {
    const template = compileTemplate({ stream: 's', columns: [], fields: ['Id'], track: { id: 'Id' } });
    const transcoder = createCsvTranscoder(template, OPTIONS);
    transcoder.push(Buffer.from('"Id"\n"1"\n'), false);
    expect(() => transcoder.push(Buffer.from('"2"\n"3","4"\n'), false)).toThrow(/row 3/);
    expect(transcoder).toMatchObject({ rows: 1, last: { id: '1' } });
  });

  test('a body without any line end is given up before it fills the memory', () => {
    const transcoder = createCsvTranscoder(texts(1), OPTIONS);
    const chunk = Buffer.alloc(300_000, 'x');
    expect(() => {
      for (let i = 0; i < 5; i++) transcoder.push(chunk, false);
    }).toThrow(/column that was not asked for, x{80}…\./);
  });
});

describe('resuming', () => {
  const template = compileTemplate({
    stream: 's',
    columns: [{ kind: 'string', property: 'id', field: 'Id' }],
    fields: ['Modified', 'Id'],
    track: { id: 'Id', cursor: 'Modified' },
  });
  const page = Buffer.from(
    '"Modified","Id"\n"2020-01-01T00:00:00.000+0000","1"\n"","2"\n"2020-01-03T00:00:00.000Z","3"\n',
  );

  test('skipped rows are counted and not written', () => {
    const { text, rows } = transcode(template, page, [], { emittedAt: EMITTED_AT, skipRows: 2 });
    expect(text.split('\n').length).toBe(2);
    expect(text).toContain('"id":"3"');
    expect(rows).toBe(3);
  });

  test('after each push the last whole row is known, its datetime in canonical form', () => {
    const seen: Record<number, unknown> = {};
    const transcoder = createCsvTranscoder(template, OPTIONS);
    for (let i = 0; i < page.length; i++) {
      transcoder.push(page.subarray(i, i + 1), i === page.length - 1);
      seen[transcoder.rows] ??= transcoder.last;
      expect(transcoder.last).toEqual(seen[transcoder.rows]);
    }
    expect(seen).toEqual({
      0: {},
      1: { id: '1', cursor: '2020-01-01T00:00:00.000Z' },
      2: { id: '2' },
      3: { id: '3', cursor: '2020-01-03T00:00:00.000Z' },
    });
  });
});

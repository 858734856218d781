import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column, ScalarKind } from './column.ts';
import { createJsonTranscoder } from './json.ts';
import { compileTemplate, type RecordTemplate } from './template.ts';

const EMITTED_AT = 1_760_000_000_000;

/** A template of columns whose properties are their fields' names. */
function templateOf(
  fields: Readonly<Record<string, ScalarKind>>,
  track: { id?: string; cursor?: string } = {},
): RecordTemplate {
  const columns = Object.entries(fields).map(([field, kind]): Column => ({ kind, property: field, field }));
  return compileTemplate({ stream: 's', columns, fields: Object.keys(fields), track });
}

/** The answer to a query that holds this text in the place of its records. */
function answerOf(records: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('{"totalSize":9,"done":true,"records":'), Buffer.from(records), Buffer.from('}')]);
}

/** Pushes an answer in these pieces, the last of them as the last; one piece is one push. */
function transcodePieces(template: RecordTemplate, pieces: readonly Uint8Array[]) {
  const page = createJsonTranscoder(template, { emittedAt: EMITTED_AT });
  const text = pieces.map((piece, i) => Buffer.from(page.push(piece, i === pieces.length - 1)).toString()).join('');
  return { text, rows: page.rows, last: page.last, nulled: page.nulled, head: page.head };
}

function transcode(template: RecordTemplate, records: string | Uint8Array) {
  return transcodePieces(template, [answerOf(records)]);
}

/** An answer in pieces of so many bytes. */
function cut(answer: Uint8Array, pieceBytes: number): Uint8Array[] {
  const count = Math.ceil(answer.length / pieceBytes);
  return Array.from({ length: count }, (_, i) => answer.subarray(i * pieceBytes, (i + 1) * pieceBytes));
}

function dataOf(template: RecordTemplate, records: string | Uint8Array): unknown[] {
  const { text } = transcode(template, records);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).record.data);
}

/** The JSON text that one member's text becomes. */
function value(kind: ScalarKind, text: string): string {
  const { text: line } = transcode(templateOf({ F: kind }), `[{"attributes":{},"F":${text}}]`);
  return line.slice(line.indexOf('{"F":') + 5, line.indexOf('},"emitted_at"'));
}

describe('members', () => {
  const template = templateOf({
    Id: 'string',
    'Owner.Name': 'string',
    'Owner.Profile.Name': 'string',
    Amount: 'number',
  });
  const record =
    '{"attributes":{"type":"Lead","url":"/x"},"Id":"1","Owner":{"attributes":{"type":"User"},"Name":"Ann","Profile":{"attributes":{},"Name":"Admin"}},"Amount":1.5}';
  const data = { Id: '1', 'Owner.Name': 'Ann', 'Owner.Profile.Name': 'Admin', Amount: 1.5 };

  test('are found in the order of the SELECT, parents inside parents', () => {
    expect(dataOf(template, `[${record}]`)).toEqual([data]);
  });

  test('are found in any order, any case, with white space, and among others', () => {
    const other =
      '\n[ { "AMOUNT" : 1.5 , "extra":[1,{"a":"]"}], "owner":{"profile":{"Name":"Admin","Name2":"}"},"Name" : "Ann"},\t"Id":"1" }\r\n,{"Id":"2"} ] ';
    const missing = { Id: '2', 'Owner.Name': null, 'Owner.Profile.Name': null, Amount: null };
    expect(dataOf(template, other)).toEqual([data, missing]);
  });

  test('of a null parent are null', () => {
    expect(dataOf(template, '[{"Id":"1","Owner":null,"Amount":null}]')).toEqual([
      { Id: '1', 'Owner.Name': null, 'Owner.Profile.Name': null, Amount: null },
    ]);
  });

  test('do not leak from one record into the next', () => {
    expect(dataOf(template, `[${record},{"Id":"2"}]`)).toEqual([
      data,
      { Id: '2', 'Owner.Name': null, 'Owner.Profile.Name': null, Amount: null },
    ]);
  });

  test('of one parent are found whatever case the SELECT wrote it in', () => {
    const template = templateOf({ 'Owner.Name': 'string', 'owner.Id': 'string' });
    expect(dataOf(template, '[{"Owner":{"Name":"Ann","Id":"1"}}]')).toEqual([{ 'Owner.Name': 'Ann', 'owner.Id': '1' }]);
  });

  test('with an escaped name are found too', () => {
    expect(dataOf(templateOf({ Id: 'string' }), '[{"\\u0049d":"1"}]')).toEqual([{ Id: '1' }]);
  });

  test('of any record are what JSON.parse finds', () => {
    const names = ['A', 'B', 'C__c'];
    const records = fc.array(
      fc.dictionary(fc.constantFrom(...names, 'D', 'attributes'), fc.string({ unit: 'binary' })),
    );
    fc.assert(
      fc.property(records, fc.integer({ min: 0, max: 2 }), (rows, indent) => {
        const template = templateOf(Object.fromEntries(names.map((name) => [name, 'string'])));
        const expected = rows.map((row) =>
          Object.fromEntries(names.map((name) => [name, row[name]?.replaceAll('\0', '') || null])),
        );
        expect(dataOf(template, JSON.stringify(rows, null, indent))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('values', () => {
  test.each<[ScalarKind, string, string]>([
    ['string', '"abc"', '"abc"'],
    ['string', '""', 'null'],
    ['string', 'null', 'null'],
    ['string', '"null"', '"null"'],
    ['string', '"caf\\u00e9"', '"café"'],
    ['string', '"\\ud83d\\ude00"', '"😀"'],
    ['string', '"\\ud83d"', '"\ufffd"'],
    ['string', '"\\ude00\\ud83d"', '"\ufffd\ufffd"'],
    ['string', '"\\ud83d\\ud83d\\ude00"', '"\ufffd😀"'],
    ['string', '"\\u20AC\\u07ff\\uffff"', '"€\u07ff\uffff"'],
    ['string', '"a\\/b\\\\c\\"d"', '"a/b\\\\c\\"d"'],
    ['string', '"\\u0022\\u005c\\u002f"', '"\\"\\\\/"'],
    ['string', '"\\u000a\\u0007\\u001F\\b\\f\\n\\r\\t"', '"\\n\\u0007\\u001f\\b\\f\\n\\r\\t"'],
    ['string', '"a\\u0000b"', '"ab"'],
    ['string', '"\\u0000"', 'null'],
    ['string', '"\\u0041"', '"A"'],
    ['string', '12.50', '"12.50"'],
    ['string', 'true', '"true"'],
    ['string', '{"a":"b\\n"}', '"{\\"a\\":\\"b\\\\n\\"}"'],
    ['string', '[1,"x"]', '"[1,\\"x\\"]"'],
    ['number', '1.2345678E7', '1.2345678E7'],
    ['number', '"+7"', '7'],
    ['integer', '12.0', '12'],
    ['boolean', 'false', 'false'],
    ['boolean', '"True"', 'true'],
    ['date', '"2010-01-01"', '"2010-01-01"'],
    ['date', '"2010\\u002d01-01"', '"2010-01-01"'],
    ['datetime', '"2022-03-17T16:21:26.000+0000"', '"2022-03-17T16:21:26.000Z"'],
    ['time', '"07:00:00.000Z"', '"07:00:00.000"'],
  ])('%s %s becomes %s', (kind, text, json) => expect(value(kind, text)).toBe(json));

  test('an object where a number should be becomes null, and the record says so', () => {
    const { text, nulled } = transcode(templateOf({ F: 'number' }), '[{"F":{"a":1}}]');
    expect(JSON.parse(text).record).toMatchObject({
      data: { F: null },
      meta: { changes: [{ field: 'F', change: 'NULLED' }] },
    });
    expect([...nulled]).toEqual([['F', 1]]);
  });

  test('bytes that are no UTF-8 become U+FFFD', () => {
    const records = Buffer.concat([Buffer.from('[{"F":"a'), Uint8Array.of(0xff, 0xc3), Buffer.from('b"}]')]);
    expect(dataOf(templateOf({ F: 'string' }), records)).toEqual([{ F: 'a\ufffd\ufffdb' }]);
  });
});

describe('a page', () => {
  const template = templateOf({ Id: 'string', SystemModstamp: 'datetime' }, { id: 'Id', cursor: 'SystemModstamp' });

  test('without records gives nothing', () => {
    expect(transcode(template, '[]')).toMatchObject({ text: '', rows: 0, last: {} });
    expect(transcode(template, ' [ ] ')).toMatchObject({ text: '', rows: 0, last: {} });
  });

  test('tells how many rows it had and what the last one was', () => {
    const records = '[{"Id":"1","SystemModstamp":"2020-01-01T00:00:00.000+0000"},{"Id":"2","SystemModstamp":null}]';
    expect(transcode(template, records)).toMatchObject({ rows: 2, last: { id: '2' } });
    expect(transcode(template, records.replace(/,\{"Id":"2.*\}/, ''))).toMatchObject({
      rows: 1,
      last: { id: '1', cursor: '2020-01-01T00:00:00.000Z' },
    });
  });

  test.each([
    ['{"totalSize":3222,"done":false,"nextRecordsUrl":"/q/01g-500","records":[]}', { totalSize: 3222, done: false, nextRecordsUrl: '/q/01g-500' }],
    [' {\n"records" : [ {"Id":"1"} ] , "nextRecordsUrl":"https://other.example/q/01g-1", "totalSize":2 } ', { totalSize: 2, done: false, nextRecordsUrl: '/q/01g-1' }],
    ['{"records":[{"Id":"1"}],"nextRecordsUrl":null,"more":{"a":["}",1]},"entityTypeName":"x"}', { totalSize: 1, done: true }],
    ['{"done":true,"records":[{"Id":"1"},{"Id":"2"}]}', { totalSize: 2, done: true }],
    ['{"nextRecordsUrl":"/q/01g-1","done":true,"records":[],"totalSize":0}', { totalSize: 0, done: true }],
  ])('tells of its query what it holds or what follows from it: %s', (answer, head) => {
    for (const size of [1, 7, 1000]) expect(transcodePieces(template, cut(Buffer.from(answer), size)).head).toEqual(head);
  }); // prettier-ignore

  test('has told its head when the first of its lines are there', () => {
    const page = createJsonTranscoder(template, { emittedAt: EMITTED_AT });
    const answer = Buffer.from(
      '{"totalSize":4000,"done":false,"nextRecordsUrl":"/q/01g-2","records":[{"Id":"1"},{"Id":"2"}]}',
    );
    expect(page.push(answer.subarray(0, 30), false).length).toBe(0);
    expect(page.head).toEqual({ totalSize: 4000 });
    expect(page.push(answer.subarray(30, -10), false).length).toBeGreaterThan(0);
    expect(page.head).toEqual({ totalSize: 4000, done: false });
    page.push(answer.subarray(-10), true);
    expect(page.head).toEqual({ totalSize: 4000, done: false, nextRecordsUrl: '/q/01g-2' });
  });

  test('gives rows and last of the lines that were given out, push by push', () => {
    const records = JSON.stringify(Array.from({ length: 500 }, (_, i) => ({ Id: `${i}`.padEnd(100, 'x') })));
    const page = createJsonTranscoder(template, { emittedAt: EMITTED_AT });
    let lines = 0;
    for (const piece of cut(answerOf(records), 4096)) {
      lines += Buffer.from(page.push(piece, false)).toString().split('\n').length - 1;
      expect(page.rows).toBe(lines);
      if (lines > 0) expect(page.last.id).toBe(`${lines - 1}`.padEnd(100, 'x'));
    }
    page.push(new Uint8Array(0), true);
    expect(page.rows).toBe(500);
  });

  test.each([
    '',
    '{}',
    'null',
    '1',
    '[{"Id":"1"}',
    '[{"Id":"1"},',
    '[{"Id":"1"},]',
    '[,]',
    '[{"Id" "1"}]',
    '[{"Id":"1"} {}]',
    '[1]',
    '[{Id:1}]',
    '[{"Id":}]',
    '[{"Id":"a\\x"}]',
    '[{"Id":"a\\u00g1"}]',
    '[{"Id":"two\nlines"}]',
    '[]x',
    '[]{"Id":"1"}',
    '[{"Id":"1"}]]',
    '[{"Id":"1"}],{"Id":"2"}]',
    '[],"a":1,',
    '[],"a":tru',
    '[],"a":1 2',
    '[],a:1',
    '[],"a"',
    '[]} []',
    '[]}}',
    '[],"done":"no"',
    '[],"done":false',
    '[],"totalSize":"1"',
  ])('that holds %j is refused, in one piece and in many', (records) => {
    for (const size of [1, 5, 1000]) {
      expect(() => transcodePieces(template, cut(answerOf(records), size))).toThrow(
        expect.objectContaining({ fault: 'json_malformed', failureType: 'transient_error' }),
      );
    }
  });

  test.each(['<html></html>', '[]', '{"done":true}', '{"done":true,"totalSize":0}', '"x"'])(
    'that is no answer to a query is refused: %s',
    (answer) => {
      expect(() => transcodePieces(template, [Buffer.from(answer)])).toThrow(
        expect.objectContaining({ fault: 'json_malformed' }),
      );
    },
  );

  test('that is cut anywhere is cut, one that has any byte changed is refused or gives lines that are JSON', () => {
    const fields = { Id: 'string', 'Owner.Name': 'string', Amount: 'number', SystemModstamp: 'datetime' } as const;
    const template = templateOf(fields, { id: 'Id', cursor: 'SystemModstamp' });
    const whole = Buffer.from(
      '{"totalSize":2,"done":true,"records":[{"attributes":{"type":"Lead"},"Id":"1\\u00e9\\n","Owner":{"Name":"\\"A\\""},"Amount":-1.5E7,"SystemModstamp":"2020-01-01T00:00:00.000+0000"},{"Id":"2","Owner":null}]}',
    );
    for (let length = 0; length < whole.length; length++) {
      expect(() => transcodePieces(template, [whole.subarray(0, length)])).toThrow(
        expect.objectContaining({ fault: 'body_cut', failureType: 'transient_error' }),
      );
    }
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.constantFrom(9, 1000), (at, byte, size) => {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        try {
          const { text } = transcodePieces(template, cut(changed, size));
          for (const line of text.split('\n').slice(0, -1)) expect(JSON.parse(line).type).toBe('RECORD');
        } catch (thrown) {
          expect(['json_malformed', 'body_cut']).toContain((thrown as { fault?: string }).fault);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('gives the same lines however it is cut, characters and escapes in the middle', () => {
    const text = fc.array(fc.constantFrom('"', '\\', '\\u00e9', 'é', '😀', ']', '},', 'a', '\n', '\0', '{"'), { maxLength: 8 });
    const record = fc.record({ Id: fc.string(), SystemModstamp: fc.option(text.map((parts) => parts.join(''))), Other: fc.jsonValue() });
    const cuts = fc.array(fc.nat(400), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), cuts, fc.constantFrom(0, 2), (records, cuts, indent) => {
        const whole = { more: { a: ['}'] }, totalSize: 7, done: true, records, last: 'x' };
        const answer = Buffer.from(JSON.stringify(whole, null, indent));
        const places = [0, ...cuts.filter((at) => at < answer.length).sort((a, b) => a - b), answer.length];
        const pieces = places.slice(1).map((to, i) => answer.subarray(places[i], to));
        expect(transcodePieces(template, pieces)).toEqual(transcodePieces(template, [answer]));
      }),
      { numRuns: 500 },
    );
  }); // prettier-ignore
});

describe('a record longer than any buffer', () => {
  const template = templateOf({ Id: 'string', Body: 'string' }, { id: 'Id' });
  const cell = 'A line, "quoted", with ümlaut, \\ and\n'.repeat(60_000);
  const record = (id: string) => ({ attributes: { type: 'Wide__c' }, Id: id, Body: cell, Rest: { a: [1, 'b'] } });

  test('arrives as it was, between short ones, in pieces of any size', () => {
    const answer = answerOf(JSON.stringify([{ Id: '1' }, record('2'), record('3'), { Id: '4' }]));
    for (const size of [1000, 65_536, answer.length]) {
      const { text, rows, last } = transcodePieces(template, cut(answer, size));
      const data = text.split('\n').slice(0, -1).map((line) => JSON.parse(line).record.data); // prettier-ignore
      expect(data).toEqual([{ Id: '1', Body: null }, { Id: '2', Body: cell }, { Id: '3', Body: cell }, { Id: '4', Body: null }]); // prettier-ignore
      expect({ rows, last }).toEqual({ rows: 4, last: { id: '4' } });
    }
  });

  test('is not gone through again for each of its pieces', () => {
    const answer = answerOf(JSON.stringify([record('1')]));
    const scanned = (pieceBytes: number) => {
      const started = process.cpuUsage();
      for (let i = 0; i < 3; i++) transcodePieces(template, cut(answer, pieceBytes));
      return process.cpuUsage(started).user;
    };
    scanned(answer.length);
    // 9,000 pieces of 256 bytes; gone through again for each, it would be some thousand times the work.
    expect(scanned(256) / scanned(answer.length)).toBeLessThan(20);
  });
});

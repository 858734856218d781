import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column, ScalarKind } from './column.ts';
import { transcodeJson } from './json.ts';
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

function transcode(template: RecordTemplate, records: string | Uint8Array) {
  const page = transcodeJson(template, Buffer.from(records), { emittedAt: EMITTED_AT });
  const text = Array.from(page.lines, (lines) => Buffer.from(lines).toString()).join('');
  return { text, rows: page.rows, last: page.last, nulled: page.nulled };
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

  test('comes in blocks, and rows and last tell of those that were given out', () => {
    const records = JSON.stringify(Array.from({ length: 5000 }, (_, i) => ({ Id: `${i}`.padEnd(100, 'x') })));
    const page = transcodeJson(template, Buffer.from(records), { emittedAt: EMITTED_AT });
    let lines = 0;
    for (const block of page.lines) {
      expect(block.length).toBeLessThan(300_000);
      lines += Buffer.from(block).toString().split('\n').length - 1;
      expect(page.rows).toBe(lines);
      expect(page.last.id).toBe(`${lines - 1}`.padEnd(100, 'x'));
    }
    expect(lines).toBe(5000);
  });

  test.each([
    '',
    '{}',
    '[{"Id":"1"}',
    '[{"Id":"1"},',
    '[{"Id":"1"',
    '[{"Id":"1',
    '[{"Id" "1"}]',
    '[{"Id":"1"} {}]',
    '[1]',
    '[{Id:1}]',
    '[{"Id":}]',
    '[{"Id":"a\\x"}]',
    '[{"Id":"a\\u00g1"}]',
    '[{"Id":"two\nlines"}]',
  ])('that is %j is refused', (records) => {
    expect(() => transcode(template, records)).toThrow(
      expect.objectContaining({ fault: 'json_malformed', failureType: 'transient_error' }),
    );
  });

  test.each(['[]x', '[]{"Id":"1"}]', '[{"Id":"1"}]]', '[{"Id":"1"}],{"Id":"2"}]'])(
    'that goes on behind its array is refused: %s',
    (text) => {
      const refused = expect.objectContaining({ fault: 'json_malformed' });
      expect(() => transcode(templateOf({ Id: 'string' }), Buffer.from(text))).toThrow(refused);
      expect(transcode(templateOf({ Id: 'string' }), Buffer.from('[{"Id":"1"}] \n')).rows).toBe(1);
    },
  );

  test('that is cut anywhere, or has any byte changed, is refused or gives lines that are JSON', () => {
    const fields = { Id: 'string', 'Owner.Name': 'string', Amount: 'number', SystemModstamp: 'datetime' } as const;
    const template = templateOf(fields, { id: 'Id', cursor: 'SystemModstamp' });
    const whole = Buffer.from(
      '[{"attributes":{"type":"Lead"},"Id":"1\\u00e9\\n","Owner":{"Name":"\\"A\\""},"Amount":-1.5E7,"SystemModstamp":"2020-01-01T00:00:00.000+0000"},{"Id":"2","Owner":null}]',
    );
    const refused = expect.objectContaining({ fault: 'json_malformed' });
    for (let length = 0; length < whole.length; length++) {
      expect(() => transcode(template, whole.subarray(0, length))).toThrow(refused);
    }
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        try {
          expect(dataOf(template, changed).length).toBeGreaterThan(0);
        } catch (thrown) {
          expect(thrown).toEqual(refused);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

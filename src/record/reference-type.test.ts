/** Types of references, through both builds and both kinds of pages. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from './column.ts';
import { createCsvTranscoder } from './csv.ts';
import { createJsonTranscoder } from './json.ts';
import { compileTemplate } from './template.ts';

const TYPES = [
  ['003', 'Contact'],
  ['00Q', 'Lead'],
  ['a0B', `A_Name_That_Is_As_Long_As_Those_Of_${'x'.repeat(60)}__c`],
] as const;
const column = (types: readonly (readonly [string, string])[]): Column => ({ kind: 'reference_type', property: 'who_type', field: 'WhoId', types }); // prettier-ignore

/** `who_type` of each of the keys, read as CSV and as JSON by both builds. */
function typesOf(keys: readonly string[], types: readonly (readonly [string, string])[] = TYPES) {
  const template = compileTemplate({ stream: 's', columns: [column(types)], fields: ['WhoId'] });
  const csv = Buffer.from(`"WhoId"\n${keys.map((key) => `"${key.replaceAll('"', '""')}"\n`).join('')}`);
  const records = keys.map((key) => ({ attributes: { type: 'Task' }, WhoId: key === '' ? null : key }));
  const json = Buffer.from(JSON.stringify({ totalSize: keys.length, done: true, records }));
  const all = (['vector', 'scalar'] as const).flatMap((build) => [
    createCsvTranscoder(template, { emittedAt: 0, build }).push(csv, true),
    createJsonTranscoder(template, { emittedAt: 0, build }).push(json, true),
  ]);
  const [first, ...others] = all.map((lines) =>
    Buffer.from(lines).toString().split('\n').slice(0, -1).map((line) => JSON.parse(line).record.data.who_type),
  ); // prettier-ignore
  for (const other of others) expect(other).toEqual(first);
  return first;
}

test('the prefix of a key tells the object; unknown ones, short ones and none are null', () => {
  expect(
    typesOf([
      '0034x000001AAAAAA2',
      '00Q4x000001AAAA',
      'a0B4x000001AAAAAA2',
      '00q4x000001AAAAAA2',
      '999',
      '00',
      '',
      '003',
    ]),
  ).toEqual(['Contact', 'Lead', TYPES[2][1], null, null, null, null, 'Contact']);
});

test('a key with one object needs no prefix', () => {
  expect(typesOf(['anything', 'x', ''], [['', 'User']])).toEqual(['User', 'User', null]);
});

test('a key without known objects is of none', () => {
  expect(typesOf(['0034x000001AAAAAA2'], [])).toEqual([null]);
});

test('any text gives the type of its first three characters, or null', () => {
  const key = fc.oneof(
    fc.string({ unit: 'binary-ascii', maxLength: 20 }),
    fc.tuple(fc.constantFrom('003', '00Q', 'a0B', '0', ''), fc.string({ maxLength: 20 })).map(([a, b]) => a + b),
  );
  fc.assert(
    fc.property(
      fc.array(
        key.filter((text) => !/[\0"\\\p{Cc}]/u.test(text)),
        { minLength: 1, maxLength: 20 },
      ),
      (keys) => {
        expect(typesOf(keys)).toEqual(keys.map((text) => new Map<string, string>(TYPES).get(text.slice(0, 3)) ?? null));
      },
    ),
  );
});

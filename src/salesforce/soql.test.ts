import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateTimeLiteral, encodeQuery, inList, quote, select, urlLength } from './soql.ts';

test("a statement has its clauses in SOQL's order, and only those that are given", () => {
  expect(select({ fields: ['Id', 'Who.Name'], from: 'Task' })).toBe('SELECT Id,Who.Name FROM Task');
  expect(select({ fields: ['COUNT()'], from: 'Task', where: [], orderBy: [] })).toBe('SELECT COUNT() FROM Task');
  expect(
    select({
      fields: ['Id'],
      from: 'Task',
      where: ['A = 1', '(B = 2 OR C = 3)'],
      orderBy: ['SystemModstamp', 'Id DESC'],
      limit: 5,
    }),
  ).toBe('SELECT Id FROM Task WHERE A = 1 AND (B = 2 OR C = 3) ORDER BY SystemModstamp,Id DESC LIMIT 5');
});

test('what can be no statement is refused before it leaves', () => {
  expect(() => select({ fields: [], from: 'Task' })).toThrow(RangeError);
  expect(() => inList('Id', [])).toThrow(RangeError);
  expect(() => dateTimeLiteral('yesterday')).toThrow(RangeError);
});

test.each<[string | number, string]>([
  ['2020-10-22T21:03:23.000Z', '2020-10-22T21:03:23Z'],
  ['2020-10-22T21:03:23.999Z', '2020-10-22T21:03:23Z'],
  ['2020-10-22T23:03:23+02:00', '2020-10-22T21:03:23Z'],
  [0, '1970-01-01T00:00:00Z'],
])('%s is the literal %s', (time, literal) => {
  expect(dateTimeLiteral(time)).toBe(literal);
});

test('no text breaks out of its quotes', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const literal = quote(text);
      expect(literal.replaceAll(/\\[\s\S]/g, '')).toMatch(/^'[^'\\\n\r]*'$/);
    }),
  );
  expect(quote('O\'Neil \\ "x"\n')).toBe("'O\\'Neil \\\\ \\\"x\\\"\\n'");
  expect(inList('Id', ['a', "b'"])).toBe("Id IN ('a','b\\'')");
});

test('a query survives the URL', () => {
  fc.assert(
    fc.property(fc.string(), (soql) => {
      expect(new URLSearchParams(`q=${encodeQuery(soql)}`).get('q')).toBe(soql);
      expect(urlLength(soql)).toBe(encodeQuery(soql).length);
    }),
  );
  expect(encodeQuery('SELECT Id,Name')).toBe('SELECT%20Id,Name');
});

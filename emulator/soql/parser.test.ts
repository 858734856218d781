import { describe, expect, it } from 'vitest';
import { parseQuery } from './parser.ts';
import { SoqlProblem } from './problem.ts';

describe('parseQuery', () => {
  it('reads every clause', () => {
    const query = parseQuery(
      "select a.Id, Owner.Name from Account a where a.Name like 'x%' and (NumberOfEmployees > 5 or not Industry in ('A', 'B')) order by Name desc nulls last, Id limit 10 offset 20",
    );
    expect(query).toMatchObject({ from: 'Account', alias: 'a', limit: 10, offset: 20, allRows: false });
    expect(query.select).toHaveLength(2);
    expect(query.where).toMatchObject({ kind: 'and', parts: [{ operator: 'LIKE' }, { kind: 'or' }] });
    expect(query.orderBy).toMatchObject([{ descending: true, nullsLast: true }, { descending: false }]);
  });

  it('reads aggregates, groups, children, TYPEOF and FIELDS', () => {
    const query = parseQuery(
      'SELECT COUNT(Id) n, MAX(Amount), FIELDS(ALL), (SELECT Id FROM Contacts), TYPEOF What WHEN Account THEN Phone, Name ELSE Id END FROM Task GROUP BY StageName HAVING COUNT(Id) > 1 ALL ROWS',
    );
    expect(query.select.map(({ kind }) => kind)).toEqual(['aggregate', 'aggregate', 'fields', 'children', 'typeof']);
    expect(query.groupBy).toHaveLength(1);
    expect(query.having).toMatchObject({ operand: { kind: 'aggregate' } });
    expect(query.allRows).toBe(true);
  });

  it('resolves escapes in strings and keeps them for LIKE', () => {
    const query = parseQuery(String.raw`SELECT Id FROM Account WHERE Name = 'it\'s \u0041\n\\'`);
    expect(query.where).toMatchObject({ value: { text: "it's A\n\\" } });
  });

  it.each([
    ['2026-01-02T03:04:05Z', 'datetime'],
    ['2026-01-02T03:04:05.678+05:30', 'datetime'],
    ['2026-01-02', 'date'],
    ['10:00:00Z', 'time'],
    ['-12', 'number'],
    ['12345678901.0', 'number'],
    ['null', 'null'],
    ['TRUE', 'boolean'],
    ['LAST_N_DAYS:30', 'named'],
  ])('reads the literal %s as a %s', (literal, kind) => {
    expect(parseQuery(`SELECT Id FROM Account WHERE X = ${literal}`).where).toMatchObject({ value: { kind } });
  });

  it.each([
    ['SELECT Id FORM Account', "unexpected token: 'FORM'"],
    ['SELECT FROM Account', "unexpected token: 'FROM'"],
    ['SELECT Id FROM Account WHERE', "unexpected token: '<EOF>'"],
    ["SELECT Id FROM Account WHERE A = 'a' AND B = 'b' OR C = 'c'", "unexpected token: 'OR'"],
    ['SELECT Id FROM Account LIMIT -1', "unexpected token: '-1'"],
    ['SELECT Id FROM Account WHERE X = 2147483648', 'Unknown error parsing query'],
    ['q', "unexpected token: 'q'"],
  ])('refuses %s', (soql, message) => {
    expect(() => parseQuery(soql)).toThrow(new SoqlProblem('MALFORMED_QUERY', message));
  });

  it('points at the blank that an unencoded + has become', () => {
    const soql = 'SELECT Id FROM Account WHERE LastModifiedDate >= 2013-12-01T12:00:00 00:00';
    expect(() => parseQuery(soql)).toThrow(
      "^\nERROR at Row:1:Column:69\nline 1:69 no viable alternative at character ' '",
    );
  });

  it('refuses the REST form of a zone, which is no literal', () => {
    expect(() => parseQuery('SELECT Id FROM A WHERE B = 2020-01-01T00:00:00.000+0000')).toThrow(
      'no viable alternative',
    );
  });

  it('refuses a query over 100,000 characters and an offset over 2,000', () => {
    const list = Array.from({ length: 20_000 }, (_, at) => `'${at}'`).join(',');
    expect(() => parseQuery(`SELECT Id FROM A WHERE B IN (${list})`)).toThrow('100000 characters');
    expect(() => parseQuery('SELECT Id FROM A LIMIT 1 OFFSET 2001')).toThrow('Maximum SOQL offset allowed is 2000');
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { Directory } from '../directory.ts';
import type { PracticeOrg, Row, Value } from '../model.ts';
import { createPracticeOrg } from '../org.ts';
import { aggregateWriter, recordWriter } from './json.ts';
import { planQuery } from './planner.ts';
import { SoqlProblem } from './problem.ts';
import { takeSnapshot } from './snapshot.ts';

let org: PracticeOrg;
let accounts: string[];
let contacts: string[];

beforeAll(() => {
  org = createPracticeOrg({ rows: 0, seed: 1 });
  // At noon, so that TODAY is no other day when the query comes.
  org.shiftClock(Date.UTC(2026, 10, 24, 12) - org.now());
  accounts = org.insert('Account', [
    { Name: 'alpha', Industry: 'Banking', NumberOfEmployees: 5, AnnualRevenue: 12_345_678 },
    { Name: 'Beta', Industry: 'Apparel', NumberOfEmployees: null, AnnualRevenue: 3.5, BillingCity: 'Rome' },
    { Name: 'gamma_1', Industry: null, NumberOfEmployees: 70 },
    { Name: "d'Or 100%", Industry: 'Banking', NumberOfEmployees: 7 },
  ]);
  contacts = org.insert('Contact', [
    { LastName: 'One', AccountId: accounts[0] ?? null, Birthdate: '2000-02-29' },
    { LastName: 'Two', AccountId: accounts[0] ?? null },
    { LastName: 'Three', AccountId: null },
  ]);
  org.insert('Task', [
    { Subject: 'call', WhoId: contacts[0] ?? null, WhatId: accounts[1] ?? null },
    { Subject: 'mail', WhoId: null, WhatId: null },
  ]);
});

const view = (includeDeleted = false) => ({
  org,
  directory: new Directory(org),
  nowMs: org.now(),
  committedUntil: undefined,
  includeDeleted,
});

async function rowsOf(soql: string, includeDeleted = false): Promise<Row[]> {
  return (await takeSnapshot(planQuery(view(includeDeleted), soql))).rows(0, 1000);
}

async function names(condition: string): Promise<Value[]> {
  const rows = await rowsOf(`SELECT Name FROM Account WHERE ${condition} ORDER BY Name`);
  return rows.map((row) => row['Name'] ?? null);
}

async function records(soql: string): Promise<unknown[]> {
  const plan = planQuery(view(), soql);
  const rows = (await takeSnapshot(plan)).rows(0, 1000);
  const write = plan.grouping ? aggregateWriter(plan.grouping) : recordWriter(plan, '58.0').write;
  return rows.map((row) => JSON.parse(write(row)));
}

describe('a condition', () => {
  it.each([
    ["Name = 'ALPHA'", ['alpha']],
    ["Name != 'alpha'", ['Beta', "d'Or 100%", 'gamma_1']],
    ["Industry != 'Banking'", ['Beta', 'gamma_1']],
    ['Industry = null', ['gamma_1']],
    ["Industry = ''", ['gamma_1']],
    ['Industry <> NULL', ['alpha', 'Beta', "d'Or 100%"]],
    ["Name LIKE '%A%'", ['alpha', 'Beta', 'gamma_1']],
    ["Name LIKE '_eta'", ['Beta']],
    [String.raw`Name LIKE '%\_1'`, ['gamma_1']],
    [String.raw`Name LIKE '%100\%'`, ["d'Or 100%"]],
    [String.raw`Name = 'd\'Or 100%'`, ["d'Or 100%"]],
    ["Name IN ('alpha', 'beta')", ['alpha', 'Beta']],
    ["Industry NOT IN ('Banking')", ['Beta', 'gamma_1']],
    ['NumberOfEmployees > 5', ["d'Or 100%", 'gamma_1']],
    ['NumberOfEmployees <= 7', ['alpha', "d'Or 100%"]],
    ['AnnualRevenue = 3.5', ['Beta']],
    ["NOT Industry = 'Banking'", ['Beta', 'gamma_1']],
    ["Industry = 'Banking' AND (NumberOfEmployees = 5 OR Name = 'beta')", ['alpha']],
    ['CreatedDate = TODAY', ['alpha', 'Beta', "d'Or 100%", 'gamma_1']],
    ['CreatedDate < LAST_N_DAYS:1', []],
    ['SystemModstamp >= 2000-01-01T00:00:00.000000Z', ['alpha', 'Beta', "d'Or 100%", 'gamma_1']],
    ['SystemModstamp >= 2000-01-01T00:00:00.000Z', ['alpha', 'Beta', "d'Or 100%", 'gamma_1']],
    ['CreatedDate > 2100-01-01T00:00:00+05:00', []],
    ['IsDeleted = false', ['alpha', 'Beta', "d'Or 100%", 'gamma_1']],
    ['Owner.Name = null', []],
    ["Id IN (SELECT AccountId FROM Contact WHERE LastName = 'One')", ['alpha']],
    ['Id NOT IN (SELECT AccountId FROM Contact)', ['Beta', "d'Or 100%", 'gamma_1']],
  ])('%s', async (condition, expected) => {
    expect(await names(condition)).toEqual(expected);
  });

  it('takes Ids of 15 and of 18 characters, and compares them in base-62 order', async () => {
    const [first = '', second = ''] = accounts;
    expect(await names(`Id = '${first}'`)).toEqual(['alpha']);
    expect(await names(`Id = '${first.slice(0, 15)}'`)).toEqual(['alpha']);
    expect(await names(`Id > '${first}' AND Id <= '${second}'`)).toEqual(['Beta']);
  });

  it('filters multi-select picklists by INCLUDES and EXCLUDES', async () => {
    const field = [...org.sobjects.values()]
      .flatMap((sobject) => sobject.fields.map((one) => ({ sobject: sobject.name, field: one })))
      .find(({ field: { type }, sobject }) => type === 'multipicklist' && sobject.endsWith('__c'));
    if (!field) throw new Error('The org has no multi-select picklist');
    const [both] = org.insert(field.sobject, [{ [field.field.name]: 'a;b' }, { [field.field.name]: 'c' }]);
    const ids = async (condition: string) =>
      (await rowsOf(`SELECT Id FROM ${field.sobject} WHERE ${field.field.name} ${condition}`)).map((row) => row['Id']);
    expect(await ids("INCLUDES ('a;b')")).toEqual([both]);
    expect(await ids("INCLUDES ('a;c')")).toEqual([]);
    expect(await ids("EXCLUDES ('c')")).toEqual([both]);
  });
});

describe('an order', () => {
  it('puts null first unless told, and ignores case', async () => {
    const order = async (clause: string) =>
      (await rowsOf(`SELECT Name FROM Account ORDER BY ${clause}`)).map((row) => row['Name']);
    expect(await order('Name')).toEqual(['alpha', 'Beta', "d'Or 100%", 'gamma_1']);
    expect(await order('Name DESC')).toEqual(['gamma_1', "d'Or 100%", 'Beta', 'alpha']);
    expect((await order('NumberOfEmployees'))[0]).toBe('Beta');
    expect((await order('NumberOfEmployees DESC NULLS LAST')).at(-1)).toBe('Beta');
    expect(await order('Industry NULLS LAST, Name DESC')).toEqual(['Beta', "d'Or 100%", 'alpha', 'gamma_1']);
    expect(await order('Name LIMIT 2 OFFSET 1')).toEqual(['Beta', "d'Or 100%"]);
  });
});

describe('a record', () => {
  it('shows numbers in Java notation and dates in the form of REST', async () => {
    const plan = planQuery(
      view(),
      "SELECT AnnualRevenue, NumberOfEmployees, CreatedDate FROM Account WHERE Name = 'alpha'",
    );
    const [row = {}] = (await takeSnapshot(plan)).rows(0, 1);
    expect(recordWriter(plan, '58.0').write(row)).toMatch(
      /^\{"attributes":\{"type":"Account","url":"\/services\/data\/v58\.0\/sobjects\/Account\/001\w{15}"\},"AnnualRevenue":1\.2345678E7,"NumberOfEmployees":5,"CreatedDate":"[-\dT:]{19}\.000\+0000"\}$/,
    );
  });

  it('shows compound fields as objects', async () => {
    const [record] = await records("SELECT BillingAddress FROM Account WHERE Name = 'beta'");
    expect(record).toMatchObject({ BillingAddress: { city: 'Rome', country: null, street: null } });
    const [bare] = await records("SELECT BillingAddress FROM Account WHERE Name = 'alpha'");
    expect(bare).toMatchObject({ BillingAddress: null });
  });

  it('nests parents, null where the lookup is', async () => {
    const found = await records('SELECT LastName, Account.Name, Account.Owner.Id FROM Contact ORDER BY LastName');
    expect(found).toMatchObject([
      { LastName: 'One', Account: { attributes: { type: 'Account' }, Name: 'alpha', Owner: { attributes: {} } } },
      { LastName: 'Three', Account: null },
      { LastName: 'Two' },
    ]);
  });

  it('follows polymorphic lookups to whatever they point at', async () => {
    const found = await records('SELECT Subject, Who.Type, Who.Name, What.Type, What.Name FROM Task ORDER BY Subject');
    expect(found).toMatchObject([
      { Who: { attributes: { type: 'Contact' }, Type: 'Contact' }, What: { Type: 'Account', Name: 'Beta' } },
      { Who: null, What: null },
    ]);
    const typed = await records(
      'SELECT TYPEOF What WHEN Account THEN BillingCity, Name ELSE Name END FROM Task ORDER BY Subject',
    );
    expect(typed).toMatchObject([{ What: { attributes: { type: 'Account' }, BillingCity: 'Rome' } }, { What: null }]);
    expect(await records("SELECT Id FROM Task WHERE What.Type IN ('Account')")).toHaveLength(1);
  });

  it('holds the result of a child query, or null', async () => {
    const found = await records(
      'SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account ORDER BY Name',
    );
    expect(found).toMatchObject([
      { Contacts: { totalSize: 2, done: true, records: [{ LastName: 'One' }, { LastName: 'Two' }] } },
      { Contacts: null },
      { Contacts: null },
      { Contacts: null },
    ]);
  });

  it('has all fields for FIELDS(ALL)', async () => {
    const [record] = await records('SELECT FIELDS(ALL) FROM Account LIMIT 1');
    const fields = org.sobjects.get('Account')?.fields.map(({ name }) => name);
    expect(Object.keys(record ?? {})).toEqual(['attributes', ...(fields ?? [])]);
  });
});

describe('a grouped query', () => {
  it('counts, sums and orders by group', async () => {
    const soql =
      'SELECT Industry, COUNT(Id) n, SUM(NumberOfEmployees), MIN(Name) FROM Account GROUP BY Industry HAVING COUNT(Id) > 0 ORDER BY COUNT(Id) DESC, Industry NULLS LAST';
    expect(await records(soql)).toEqual([
      { attributes: { type: 'AggregateResult' }, Industry: 'Banking', n: 2, expr0: 12, expr1: 'alpha' },
      { attributes: { type: 'AggregateResult' }, Industry: 'Apparel', n: 1, expr0: null, expr1: 'Beta' },
      { attributes: { type: 'AggregateResult' }, Industry: null, n: 1, expr0: 70, expr1: 'gamma_1' },
    ]);
  });

  it('gives one row without GROUP BY, and only a size for COUNT()', async () => {
    expect(
      await records('SELECT COUNT(Industry), AVG(AnnualRevenue) a, COUNT_DISTINCT(Industry) FROM Account'),
    ).toEqual([{ attributes: { type: 'AggregateResult' }, expr0: 3, a: (12_345_678 + 3.5) / 2, expr1: 2 }]);
    expect((await takeSnapshot(planQuery(view(), 'SELECT COUNT() FROM Account'))).size).toBe(4);
  });
});

describe('deleted and archived rows', () => {
  it('are seen by queryAll and ALL ROWS only', async () => {
    const [id = ''] = org.insert('Lead', [{ LastName: 'Gone', Company: 'X' }]);
    org.softDelete('Lead', id);
    expect(await rowsOf('SELECT Id FROM Lead')).toEqual([]);
    expect(await rowsOf('SELECT Id FROM Lead', true)).toHaveLength(1);
    expect(await rowsOf('SELECT Id FROM Lead ALL ROWS')).toHaveLength(1);
    const [task = ''] = org.insert('Task', [{ Subject: 'old', IsArchived: true }]);
    expect(await rowsOf(`SELECT Id FROM Task WHERE Id = '${task}'`)).toEqual([]);
    expect(await rowsOf(`SELECT Id FROM Task WHERE Id = '${task}'`, true)).toHaveLength(1);
  });
});

describe('a refusal', () => {
  const problem = (soql: string): SoqlProblem => {
    try {
      planQuery(view(), soql);
    } catch (error) {
      if (error instanceof SoqlProblem) return error;
    }
    throw new Error(`Not refused: ${soql}`);
  };

  it('marks the place of an unknown column as recorded', () => {
    const { errorCode, message } = problem('SELECT Id,Invalid__x FROM Contact LIMIT 1');
    expect(errorCode).toBe('INVALID_FIELD');
    expect(message).toBe(
      "\nSELECT Id,Invalid__x FROM Contact LIMIT 1\n          ^\nERROR at Row:1:Column:11\nNo such column 'Invalid__x' on entity 'Contact'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.",
    );
  });

  it('marks the place of an unknown object as recorded, far into a query too', () => {
    expect(problem('select count() from XYZZY').message).toMatch(
      /^\nselect count\(\) from XYZZY\n {20}\^\nERROR at Row:1:Column:21\nsObject type 'XYZZY' is not supported\./,
    );
    expect(problem('SELECT Id,Name,BillingCity,IsDeleted FROM Accout').message).toMatch(
      /^\nName,BillingCity,IsDeleted FROM Accout\n {32}\^\nERROR at Row:1:Column:43\nsObject type 'Accout'/,
    );
  });

  it.each([
    ['SELECT Id, Id FROM Account', 'INVALID_FIELD', 'duplicate field selected: Id'],
    ['SELECT Id FROM Name', 'INVALID_TYPE_FOR_OPERATION', 'entity type Name does not support query'],
    ['SELECT Foo.Name FROM Account', 'INVALID_FIELD', "Didn't understand relationship 'Foo' in field path"],
    ["SELECT Id FROM Account WHERE Id = 'x'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid ID field: x'],
    [
      'SELECT Id FROM Account WHERE Name = 1',
      'INVALID_FIELD',
      "for field 'Name' must be of type string and should be enclosed",
    ],
    ["SELECT Id FROM Account WHERE CreatedDate > '2020-01-01'", 'INVALID_FIELD', 'must be of type dateTime'],
    ['SELECT Id FROM Account WHERE CreatedDate > 2020-01-01', 'INVALID_FIELD', 'must be of type dateTime'],
    [
      "SELECT Id FROM Account WHERE Description = 'x'",
      'INVALID_FIELD',
      "field 'Description' can not be filtered in a query call",
    ],
    [
      'SELECT Id FROM Account ORDER BY Description',
      'INVALID_FIELD',
      "field 'Description' can not be sorted in a query call",
    ],
    ['SELECT Name, COUNT(Id) FROM Account', 'MALFORMED_QUERY', 'Field must be grouped or aggregated: Name'],
    ['SELECT FIELDS(ALL) FROM Account', 'MALFORMED_QUERY', 'must have a LIMIT of at most 200'],
    ['SELECT Name n FROM Account', 'MALFORMED_QUERY', 'only aggregate expressions use field aliasing'],
    ['SELECT Id, (SELECT Id FROM Nothings) FROM Account', 'INVALID_TYPE', "relationship 'Nothings' in FROM part"],
    [
      'SELECT Id FROM ContentDocumentLink',
      'MALFORMED_QUERY',
      'Implementation restriction: ContentDocumentLink requires',
    ],
    [
      'SELECT DurableId FROM EntityDefinition WHERE DurableId != null',
      'EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION',
      'Only equals',
    ],
    [
      "SELECT DurableId FROM UserEntityAccess WHERE UserId = '005000000000001' OR DurableId = 'x'",
      'EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION',
      'Disjunctions not supported',
    ],
    [`SELECT ${'Parent.'.repeat(6)}Name FROM Account`, 'MALFORMED_QUERY', 'at most 5 levels'],
    [
      `SELECT ${'(SELECT Id FROM Contacts),'.repeat(21)} Id FROM Account`,
      'MALFORMED_QUERY',
      'at most 20 child queries',
    ],
    [
      'SELECT COUNT() FROM EntityDefinition',
      'EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION',
      'The "DurableId" field is of type',
    ],
    ['SELECT Id FROM Account WHERE IsDeleted > false', 'INVALID_QUERY_FILTER_OPERATOR', 'invalid operator'],
  ])('of %s', (soql, errorCode, message) => {
    const found = problem(soql);
    expect(found.errorCode).toBe(errorCode);
    expect(found.message).toContain(message);
  });

  it('spares a restricted object whose filter is there', async () => {
    expect(await rowsOf(`SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId = '${accounts[0] ?? ''}'`)).toEqual(
      [],
    );
  });
});

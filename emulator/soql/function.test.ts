import { expect, it } from 'vitest';
import { Directory } from '../directory.ts';
import { createPracticeOrg } from '../org.ts';
import { csvWriter } from './csv.ts';
import { aggregateWriter, recordWriter } from './json.ts';
import { planQuery } from './planner.ts';
import { takeSnapshot } from './snapshot.ts';

const org = createPracticeOrg({ rows: 0, seed: 1 });
org.insert('Opportunity', [
  { Name: 'a', Amount: 1234.5, CloseDate: '2020-02-29', CreatedDate: '2020-12-31T23:59:59.000Z' },
  { Name: 'b', Amount: null, CloseDate: '2021-01-01', CreatedDate: '2021-01-01T00:00:00.000Z' },
]);

const plan = (soql: string) =>
  planQuery(
    { org, directory: new Directory(org), nowMs: org.now(), committedUntil: undefined, includeDeleted: false },
    soql,
  );

async function records(soql: string): Promise<unknown[]> {
  const planned = plan(soql);
  const write = planned.grouping ? aggregateWriter(planned.grouping) : recordWriter(planned, '58.0').write;
  const rows = (await takeSnapshot(planned)).rows(0, 100);
  return rows.map((row) => ({ ...JSON.parse(write(row)), attributes: undefined }));
}

it.each([
  ['CALENDAR_YEAR', [2020, 2021]],
  ['CALENDAR_QUARTER', [4, 1]],
  ['CALENDAR_MONTH', [12, 1]],
  ['FISCAL_YEAR', [2020, 2021]],
  ['DAY_IN_MONTH', [31, 1]],
  ['DAY_IN_WEEK', [5, 6]],
  ['DAY_IN_YEAR', [366, 1]],
  ['WEEK_IN_MONTH', [5, 1]],
  ['WEEK_IN_YEAR', [53, 1]],
  ['HOUR_IN_DAY', [23, 0]],
  ['DAY_ONLY', ['2020-12-31', '2021-01-01']],
])('%s groups rows by a part of their date', async (name, parts) => {
  const soql = `SELECT ${name}(CreatedDate), COUNT(Id) n FROM Opportunity GROUP BY ${name}(CreatedDate) ORDER BY MIN(CreatedDate)`;
  expect(await records(soql)).toEqual(parts.map((part) => ({ expr0: part, n: 1 })));
});

it('conditions and orders take date functions, one inside the other', async () => {
  expect(await records('SELECT Name FROM Opportunity WHERE CALENDAR_YEAR(CloseDate) = 2020')).toEqual([{ Name: 'a' }]);
  expect(
    await records('SELECT Name FROM Opportunity WHERE DAY_ONLY(convertTimezone(CreatedDate)) > 2020-12-31'),
  ).toEqual([{ Name: 'b' }]);
  const byDay = 'SELECT Name FROM Opportunity ORDER BY DAY_IN_MONTH(CloseDate)';
  expect(await records(byDay)).toEqual([{ Name: 'b' }, { Name: 'a' }]);
});

it('FORMAT writes values as people in the US read them, null as null, under the name of the field or its own', async () => {
  const soql = 'SELECT FORMAT(Amount), Amount plain, FORMAT(CloseDate) day, FORMAT(CreatedDate) FROM Opportunity';
  expect(() => plan(soql)).toThrow('only aggregate expressions use field aliasing');
  expect(
    await records(
      'SELECT FORMAT(Amount) text, Amount, FORMAT(CloseDate), FORMAT(CreatedDate) at FROM Opportunity ORDER BY Name',
    ),
  ).toEqual([
    { text: '$1,234.50', Amount: 1234.5, CloseDate: '2/29/2020', at: '12/31/2020, 11:59 PM' },
    { text: null, Amount: null, CloseDate: '1/1/2021', at: '1/1/2021, 12:00 AM' },
  ]);
});

it('toLabel and convertCurrency leave what has one language and one currency, in CSV too', async () => {
  const planned = plan("SELECT toLabel(StageName), convertCurrency(Amount) FROM Opportunity WHERE Name = 'a'");
  const [row = {}] = (await takeSnapshot(planned)).rows(0, 1);
  expect(JSON.parse(recordWriter(planned, '58.0').write(row))).toMatchObject({
    StageName: row['StageName'],
    Amount: 1234.5,
  });
  const csv = csvWriter(planned, { delimiter: ',', lineEnding: '\n', datetime: 'Z', columns: 'as asked' });
  expect(csv.header + csv.write(row)).toBe(`"StageName","Amount"\n"${String(row['StageName'])}","1234.5"\n`);
});

it.each([
  [
    'SELECT CALENDAR_YEAR(CreatedDate) FROM Opportunity',
    'Field must be grouped or aggregated: CALENDAR_YEAR(CreatedDate)',
  ],
  [
    'SELECT CALENDAR_MONTH(CloseDate), COUNT(Id) FROM Opportunity GROUP BY CALENDAR_YEAR(CloseDate)',
    'Field must be grouped or aggregated: CALENDAR_MONTH(CloseDate)',
  ],
  ['SELECT Id FROM Opportunity ORDER BY toLabel(StageName)', 'must be grouped'],
  ['SELECT FORMAT(Name) FROM Opportunity', 'FORMAT can not be used on Name of type string'],
  ['SELECT Amount, FORMAT(Amount) FROM Opportunity', 'duplicate field selected: Amount'],
  ['SELECT FORMAT(Amount FROM Opportunity', "unexpected token: 'FROM'"],
  ['SELECT REVERSE(Name) FROM Opportunity', "unexpected token: '('"],
])('%s is refused', (soql, message) => {
  expect(() => plan(soql)).toThrow(message);
});

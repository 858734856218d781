import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Directory } from '../directory.ts';
import { createPracticeOrg } from '../org.ts';
import { csvWriter } from './csv.ts';
import { planQuery } from './planner.ts';

const org = createPracticeOrg({ rows: 0, seed: 1 });
const view = { org, directory: new Directory(org), nowMs: 0, committedUntil: undefined, includeDeleted: true };
const plan = planQuery(view, 'SELECT Name, AnnualRevenue, NumberOfEmployees, IsDeleted, CreatedDate FROM Account');

describe('csvWriter', () => {
  it('writes what another parser reads back, whatever the text, delimiter and line ending', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('"', ',', ';', '\n', '\r', '\t', 'a', 'é', '𝄞') }),
    );
    const form = fc.record({
      delimiter: fc.constantFrom(',', ';', '|', '\t', '^', '`'),
      lineEnding: fc.constantFrom('\n', '\r\n'),
      datetime: fc.constant('Z' as const),
      columns: fc.constant('as asked' as const),
    });
    fc.assert(
      fc.property(text, text, form, (one, other, csvForm) => {
        const csv = csvWriter(plan, csvForm);
        const rows = [one, other].map((name) => csv.write({ Name: name, AnnualRevenue: 1e7, IsDeleted: false }));
        const options = { delimiter: csvForm.delimiter, record_delimiter: csvForm.lineEnding };
        expect(parse(csv.header + rows.join(''), options)).toEqual([
          ['Name', 'AnnualRevenue', 'NumberOfEmployees', 'IsDeleted', 'CreatedDate'],
          [one, '1.0E7', '', 'false', ''],
          [other, '1.0E7', '', 'false', ''],
        ]);
      }),
    );
  });
});

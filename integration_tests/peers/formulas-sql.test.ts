/** Warehouses that no test machine has: their SQL is at least parsed, by a parser of their dialects. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { translate } from '../formulas/translate.ts';
import { VECTORS } from '../formulas/vectors.ts';
import { pythonOf } from './python.ts';

const python = pythonOf('examples', 'the syntax of formulas in Snowflake and BigQuery');

describe.runIf(python !== undefined)('the SQL of formulas', () => {
  const parse = (lines: readonly object[]) =>
    execFileSync(python ?? '', [join(import.meta.dirname, 'parse_sql.py')], {
      input: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      encoding: 'utf8',
      stdio: 'pipe',
    });

  test.each(['snowflake', 'bigquery'])('is that of %s', (dialect) => {
    const translated = translate(VECTORS, dialect);
    expect(translated.flatMap(({ reason }) => (reason === undefined ? [] : [reason]))).toEqual([]);
    expect(Number(parse(translated.map(({ sql }) => ({ dialect, sql }))))).toBe(VECTORS.length);
  });

  test('is refused where it is none, or this would prove nothing', () => {
    expect(() => parse([{ dialect: 'snowflake', sql: 'CASE WHEN (1' }])).toThrow();
  });
});

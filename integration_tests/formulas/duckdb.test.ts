import { execFileSync } from 'node:child_process';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, expect, test } from 'vitest';
import { programPath } from '../program.ts';
import { comparable, queryOf, translate, type Translated } from './translate.ts';
import { VECTORS, type Vector } from './vectors.ts';

const TYPES = { number: 'DOUBLE', currency: 'DECIMAL(18, 2)', percent: 'DOUBLE', boolean: 'BOOLEAN', date: 'DATE', datetime: 'TIMESTAMPTZ', time: 'TIME' }; // prettier-ignore

let connection: DuckDBConnection;
let translated: readonly Translated[];
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  // Views must not depend on where they are looked at.
  await connection.run("SET TimeZone = 'America/New_York'");
  translated = translate(VECTORS, 'duckdb');
});

test.each(VECTORS.map((vector, index) => [vector[0], index, vector] as const))(
  'DuckDB computes %s (%i) as Salesforce does',
  async (_, index, vector: Vector) => {
    const answer = translated[index] ?? {};
    expect(answer.reason).toBeUndefined();
    const rows = (await connection.runAndReadAll(queryOf(answer, vector, TYPES))).getRows();
    expect(comparable(vector, rows[0]?.[0] as string | null)).toBe(vector[3]);
  },
);

test('what can not be translated has a reason, whatever stands in the line', () => {
  const lines = [
    { formula: '"a" & 1', returnType: 'text' },
    { formula: 'ISCHANGED(A__c)', returnType: 'boolean', fields: { A__c: { type: 'number' } } },
    { formula: 'Unknown__c', returnType: 'text' },
    { formula: '.5 + 1', returnType: 'number' },
    { formula: '$User.Id', returnType: 'text' },
    { formula: 'CASE(1, 1, 2)', returnType: 'number' },
    { formula: 'GEOLOCATION(1, 1)', returnType: 'location' },
    { formula: 'LEN("a")', returnType: 'text' },
    { formula: '"open', returnType: 'text' },
    { formula: `${'('.repeat(5_000)}1`, returnType: 'number' },
    { formula: 5 },
    [],
    null,
  ];
  const input = `${lines.map((line) => JSON.stringify(line)).join('\n')}\nno JSON\n`;
  const answers = execFileSync(process.execPath, [programPath, 'formulas', 'try', '--dialect', 'duckdb'], {
    input,
    encoding: 'utf8',
  });
  const reasons = answers
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as Translated).reason);
  expect(reasons).toHaveLength(lines.length + 1);
  expect(reasons.every((reason) => typeof reason === 'string' && reason.length > 0)).toBe(true);
});

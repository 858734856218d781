/** Translations by the built program: all vectors in one run for each dialect. */
import { execFileSync } from 'node:child_process';
import { programPath } from '../program.ts';
import type { Vector } from './vectors.ts';

export interface Translated {
  readonly sql?: string;
  readonly reason?: string;
}

export function translate(vectors: readonly Vector[], dialect: string): readonly Translated[] {
  const lines = vectors.map(([formula, fields, returnType, , treatBlankAsZero = true]) => {
    const types = Object.fromEntries(Object.entries(fields).map(([name, [type]]) => [name, { type }]));
    return `${JSON.stringify({ formula, returnType, treatBlankAsZero, fields: types })}\n`;
  });
  const answers = execFileSync(process.execPath, [programPath, 'formulas', 'try', '--dialect', dialect], {
    input: lines.join(''),
    encoding: 'utf8',
  });
  return answers
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Translated);
}

/** A query of one vector: its columns beside its expression, as text. */
export function queryOf({ sql }: Translated, [, fields]: Vector, types: Readonly<Record<string, string>>): string {
  const columns = Object.entries(fields).map(([name, [type, value]]) => {
    const plain = types[type] === 'TIME' ? String(value).replace('Z', '') : String(value);
    const text = value === null ? 'NULL' : `'${plain.replaceAll("'", "''")}'`;
    return `CAST(${text} AS ${types[type] ?? 'VARCHAR'}) AS "${name}"`;
  });
  return `SELECT CAST((${sql}) AS VARCHAR) FROM (SELECT ${columns.join(', ') || '1 AS nothing'}) AS t`;
}

/** The text of a result in the form of the vectors, so that both can be compared. */
export function comparable(vector: Vector, text: string | null): unknown {
  const [, , returnType, expected] = vector;
  if (text === null) return null;
  if (typeof expected === 'number') return Math.abs(Number(text) - expected) < 1e-9 ? expected : Number(text);
  if (typeof expected === 'boolean') return text === 'true';
  return returnType === 'datetime' ? new Date(`${text.replace(' ', 'T')}Z`).toISOString() : text;
}

/** Formulas to try: a line of JSON for each, a line of JSON back. */
import type { Dialect } from './dialect.ts';
import { resolveInList } from './field-list.ts';
import { translateFormula, type Translation } from './translation.ts';

/**
 * Translates `{"formula", "returnType", "treatBlankAsZero", "fields": {"ApiName": {"type"}}, "scale"?}`; the fields are
 * columns of their names. A line that is no such thing has its reason, so that every line has an answer.
 */
export function tryFormula(line: string, dialect: Dialect, zone: string): Translation {
  let asked: unknown;
  try {
    asked = JSON.parse(line);
  } catch {
    return { reason: 'the line is no JSON' };
  }
  if (!isObject(asked)) return { reason: 'the line is no JSON object' };
  const { formula, returnType, treatBlankAsZero, fields, scale } = asked;
  if (typeof formula !== 'string') return { reason: 'formula must be a string' };
  if (typeof returnType !== 'string') return { reason: 'returnType must be a string' };
  const known = isObject(fields) ? fields : {};
  const types = Object.fromEntries(
    Object.entries(known).map(([name, field]) => [name, { type: String(isObject(field) ? field['type'] : field) }]),
  );
  return translateFormula(formula, {
    dialect,
    returnType,
    zone,
    // Salesforce's own default, and what describe says where it says nothing.
    resolve: resolveInList(types, treatBlankAsZero !== false, dialect),
    ...(typeof scale === 'number' && { scale }),
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One comparison of a WHERE clause, compiled: a column's type decides how its values compare. */
import type { Value } from '../model.ts';
import { datePeriod, type Period } from './period.ts';
import { marked, SoqlProblem } from './problem.ts';
import type { Column, Scope } from './scope.ts';
import type { Literal, Operator } from './syntax.ts';

type Family = 'text' | 'id' | 'number' | 'boolean' | 'date' | 'datetime' | 'time';
type Key = string | number | boolean;
type Test = (value: Value) => boolean;

const FAMILY_OF_TYPE: Readonly<Record<string, Family>> = {
  id: 'id',
  reference: 'id',
  int: 'number',
  long: 'number',
  double: 'number',
  currency: 'number',
  percent: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  time: 'time',
};

/** Names of the types in the service's complaint about a literal. */
const TYPE_NAMES: Readonly<Record<Family, string>> = {
  text: 'string',
  id: 'string',
  number: 'double',
  boolean: 'boolean',
  date: 'date',
  datetime: 'dateTime',
  time: 'time',
};

/**
 * A test of one value against one literal. Null is less than, greater than and like nothing; `!=` and the negative
 * operators hold for it, as in SOQL. Text compares without regard to case unless the field is case-sensitive; Ids by their
 * first 15 characters, in base-62 order. Throws SoqlProblem (INVALID_FIELD, INVALID_QUERY_FILTER_OPERATOR).
 */
export function compileComparison(
  scope: Scope,
  column: Column,
  operator: Operator,
  literal: Literal,
  at: number,
): Test {
  if (literal.kind === 'null') return nullTest(scope, column, operator, at);
  if (operator === 'LIKE') return likeTest(scope, column, literal, at);
  if (literal.kind === 'named') return periodTest(scope, column, operator, literal, at);
  const family = familyOf(column);
  const key = literalKey(scope, column, literal, at);
  if (key === '') return nullTest(scope, column, operator, at);
  const keyOf = keyReader(family, column);
  const ordered = family !== 'boolean';
  if (operator === '=') return (value) => value !== null && keyOf(value) === key;
  if (operator === '!=') return (value) => value === null || keyOf(value) !== key;
  if (!ordered) throw invalidOperator(scope, at);
  if (operator === '<') return (value) => value !== null && keyOf(value) < key;
  if (operator === '<=') return (value) => value !== null && keyOf(value) <= key;
  if (operator === '>') return (value) => value !== null && keyOf(value) > key;
  return (value) => value !== null && keyOf(value) >= key;
}

/** A test against a list, of IN and NOT IN. Throws as compileComparison does. */
export function compileList(scope: Scope, column: Column, literals: readonly Literal[], at: number): Test {
  const keys = new Set<Key>();
  const others: Test[] = [];
  for (const literal of literals) {
    if (literal.kind === 'null' || literal.kind === 'named') {
      others.push(compileComparison(scope, column, '=', literal, at));
    } else {
      keys.add(literalKey(scope, column, literal, at));
    }
  }
  const keyOf = keyReader(familyOf(column), column);
  return (value) => (value !== null && keys.has(keyOf(value))) || others.some((test) => test(value));
}

/** A test against the Ids that a semi-join's subquery found (their first 15 characters). */
export function idSetTest(ids: ReadonlySet<string>): Test {
  return (value) => typeof value === 'string' && ids.has(value.slice(0, 15));
}

/** INCLUDES of a multi-select picklist: any of the literals, each of which may ask for several values by `;`. */
export function compileIncludes(scope: Scope, column: Column, literals: readonly Literal[], at: number): Test {
  if (column.field.type !== 'multipicklist') throw invalidOperator(scope, at);
  const wanted = literals.map((literal) => (literal.kind === 'string' ? literal.text.toLowerCase().split(';') : []));
  return (value) => {
    if (value === null) return false;
    const chosen = new Set(String(value).toLowerCase().split(';'));
    return wanted.some((values) => values.every((one) => chosen.has(one)));
  };
}

/** Compares two values of a column for ORDER BY, MIN and MAX; neither is null. */
export function compareValues(column: Pick<Column, 'field'>): (one: Value, other: Value) => number {
  const keyOf = keyReader(familyOf(column), column);
  return (one, other) => {
    const [first, second] = [keyOf(one), keyOf(other)];
    return first < second ? -1 : first > second ? 1 : 0;
  };
}

function familyOf(column: Pick<Column, 'field'>): Family {
  return FAMILY_OF_TYPE[column.field.type] ?? 'text';
}

function keyReader(family: Family, column: Pick<Column, 'field'>): (value: Value) => Key {
  if (family === 'id') return (value) => String(value).slice(0, 15);
  if (family === 'text') {
    return column.field['caseSensitive'] === true ? String : (value) => String(value).toLowerCase();
  }
  return (value) => value ?? '';
}

function literalKey(scope: Scope, column: Column, literal: Literal, at: number): Key {
  const family = familyOf(column);
  if (literal.kind === 'string' && family === 'text') {
    return column.field['caseSensitive'] === true ? literal.text : literal.text.toLowerCase();
  }
  if (literal.kind === 'string' && family === 'id') return idKey(scope, literal.text, at);
  if (literal.kind === 'number' && family === 'number') return literal.value;
  if (literal.kind === 'boolean' && family === 'boolean') return literal.value;
  if (literal.kind === 'date' && family === 'date') return literal.text;
  if (literal.kind === 'datetime' && family === 'datetime') return storedDatetime(scope, literal.text, at);
  if (literal.kind === 'time' && family === 'time') return literal.text.replace('Z', '').padEnd(9, '.').padEnd(12, '0');
  throw wrongType(scope, column, at);
}

/** `Id = ''` asks for null, as an empty text does; anything else must look like an Id. */
function idKey(scope: Scope, text: string, at: number): string {
  if (text === '') return '';
  if (!/^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/.test(text)) {
    throw marked('INVALID_QUERY_FILTER_OPERATOR', scope.query.text, at, `invalid ID field: ${text}`);
  }
  return text.slice(0, 15);
}

function storedDatetime(scope: Scope, text: string, at: number): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw marked('INVALID_FIELD', scope.query.text, at, `invalid dateTime: ${text}`);
  return new Date(ms).toISOString();
}

function nullTest(scope: Scope, column: Column, operator: Operator, at: number): Test {
  if (operator === '=') return (value) => value === null || value === '';
  if (operator === '!=') return (value) => value !== null && value !== '';
  if (familyOf(column) === 'boolean') throw invalidOperator(scope, at);
  return () => false;
}

function likeTest(scope: Scope, column: Column, literal: Literal, at: number): Test {
  if (familyOf(column) !== 'text') throw invalidOperator(scope, at);
  if (literal.kind !== 'string') throw wrongType(scope, column, at);
  const source = literal.raw.replaceAll(
    /\\([%_'"\\])|[%_]|[\\^$.*+?()[\]{}|]/g,
    (found, escaped: string | undefined) => {
      if (escaped !== undefined) return escaped === '\\' ? '\\\\' : escaped;
      if (found === '%') return '.*';
      return found === '_' ? '.' : `\\${found}`;
    },
  );
  const pattern = new RegExp(`^${source}$`, 'is');
  return (value) => value !== null && pattern.test(String(value));
}

function periodTest(
  scope: Scope,
  column: Column,
  operator: Operator,
  literal: Literal & { kind: 'named' },
  at: number,
): Test {
  const family = familyOf(column);
  const period = datePeriod(literal.name, literal.count, scope.nowMs);
  if (!period) throw new SoqlProblem('MALFORMED_QUERY', `unexpected token: '${literal.name}'`);
  if (family !== 'date' && family !== 'datetime') throw wrongType(scope, column, at);
  return withinTest(operator, family === 'datetime' ? asDatetimes(period) : period);
}

function asDatetimes(period: Period): Period {
  return { start: `${period.start}T00:00:00.000Z`, end: `${period.end}T00:00:00.000Z` };
}

function withinTest(operator: Operator, { start, end }: Period): Test {
  if (operator === '=') return (value) => value !== null && value >= start && value < end;
  if (operator === '!=') return (value) => value === null || value < start || value >= end;
  if (operator === '<') return (value) => value !== null && value < start;
  if (operator === '<=') return (value) => value !== null && value < end;
  if (operator === '>') return (value) => value !== null && value >= end;
  return (value) => value !== null && value >= start;
}

function invalidOperator(scope: Scope, at: number): SoqlProblem {
  return marked('INVALID_QUERY_FILTER_OPERATOR', scope.query.text, at, 'invalid operator');
}

function wrongType(scope: Scope, column: Column, at: number): SoqlProblem {
  const family = familyOf(column);
  const quotes =
    family === 'text' || family === 'id' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
  return marked(
    'INVALID_FIELD',
    scope.query.text,
    at,
    `value of filter criterion for field '${column.field.name}' must be of type ${TYPE_NAMES[family]} and ${quotes}`,
  );
}

/** WHERE, compiled once into a function of a row. */
import type { Row } from '../model.ts';
import { compileComparison, compileIncludes, compileList, idSetTest } from './comparison.ts';
import { marked } from './problem.ts';
import type { Column, Scope } from './scope.ts';
import type { Condition, Literal, Operand, Query } from './syntax.ts';

export type Predicate = (row: Row) => boolean;

/** What a condition's names mean: columns of a row, or in HAVING those of a group. */
export interface Naming {
  column(operand: Operand, at: number): Column;
  /** The Ids that a semi-join's subquery selects, their first 15 characters. */
  subquery(query: Query): ReadonlySet<string>;
}

/** Compiles a condition. Throws SoqlProblem where the org can't filter so. */
export function compileCondition(scope: Scope, condition: Condition, naming: Naming): Predicate {
  if (condition.kind === 'not') {
    const part = compileCondition(scope, condition.part, naming);
    return (row) => !part(row);
  }
  if (condition.kind === 'comparison') return compileLeaf(scope, condition, naming);
  const parts = condition.parts.map((part) => compileCondition(scope, part, naming));
  return condition.kind === 'and'
    ? (row) => parts.every((part) => part(row))
    : (row) => parts.some((part) => part(row));
}

/**
 * The Ids outside which nothing can match, where the condition names them (`Id = …`, `Id IN (…)`, alone or within AND):
 * such a query needs no scan.
 */
export function candidateIds(condition: Condition | undefined): readonly string[] | undefined {
  if (!condition) return undefined;
  if (condition.kind === 'and') {
    for (const part of condition.parts) {
      const ids = candidateIds(part);
      if (ids) return ids;
    }
    return undefined;
  }
  if (condition.kind !== 'comparison' || !isOwnPath(condition.operand, 'id')) return undefined;
  if (condition.operator !== '=' && condition.operator !== 'IN') return undefined;
  const { value } = condition;
  if (isQuery(value)) return undefined;
  const literals = isList(value) ? value : [value];
  return literals.flatMap((literal) => (literal.kind === 'string' ? [literal.text] : []));
}

/** Lower-case paths that the condition binds by `=` or IN outside OR and NOT, with the number of values. */
export function boundPaths(condition: Condition | undefined): ReadonlyMap<string, number> {
  const bound = new Map<string, number>();
  collectBound(condition, bound);
  return bound;
}

type Comparison = Extract<Condition, { kind: 'comparison' }>;

function compileLeaf(scope: Scope, condition: Comparison, naming: Naming): Predicate {
  const { operand, operator, at } = condition;
  const column = naming.column(operand, at);
  if (column.field['filterable'] === false) {
    const sentence = `field '${column.field.name}' can not be filtered in a query call`;
    throw marked('INVALID_FIELD', scope.query.text, at, sentence);
  }
  const test = compileTest(scope, column, condition, naming);
  const negative = operator === 'NOT IN' || operator === 'EXCLUDES';
  const { read } = column;
  return negative ? (row) => !test(read(row)) : (row) => test(read(row));
}

function compileTest(scope: Scope, column: Column, { operator, value, at }: Comparison, naming: Naming) {
  if (isQuery(value)) return idSetTest(naming.subquery(value));
  if (!isList(value)) return compileComparison(scope, column, operator, value, at);
  if (operator === 'INCLUDES' || operator === 'EXCLUDES') return compileIncludes(scope, column, value, at);
  return compileList(scope, column, value, at);
}

function isQuery(value: Comparison['value']): value is Query {
  return 'select' in value;
}

function isList(value: Literal | readonly Literal[]): value is readonly Literal[] {
  return Array.isArray(value);
}

function isOwnPath(operand: Operand, name: string): boolean {
  return operand.kind === 'path' && operand.path.names.length === 1 && operand.path.names[0]?.toLowerCase() === name;
}

function collectBound(condition: Condition | undefined, bound: Map<string, number>): void {
  if (condition?.kind === 'and') for (const part of condition.parts) collectBound(part, bound);
  if (condition?.kind !== 'comparison' || condition.operand.kind !== 'path') return;
  if (condition.operator !== '=' && condition.operator !== 'IN') return;
  const path = condition.operand.path.names.join('.').toLowerCase();
  const { value } = condition;
  bound.set(path, !isQuery(value) && isList(value) ? value.length : 1);
}

/** ORDER BY, compiled to a comparison of rows. */
import type { Row } from '../model.ts';
import { compareValues } from './comparison.ts';
import { checkClause } from './function.ts';
import { marked } from './problem.ts';
import { resolveColumn, type Column, type Scope } from './scope.ts';
import type { OrderTerm } from './syntax.ts';

/** Below zero where the one row comes first, above where the other does. */
export type RowOrder = (one: Row, other: Row) => number;

/** Compiles ORDER BY: null comes first unless NULLS LAST says otherwise, in both directions. */
export function compileOrder(scope: Scope, terms: readonly OrderTerm[]): RowOrder | undefined {
  const parts = terms.map((term) => {
    if (term.operand.kind === 'aggregate') {
      throw marked(
        'MALFORMED_QUERY',
        scope.query.text,
        term.operand.aggregate.at,
        'Ordered field must be grouped or aggregated',
      );
    }
    checkClause(scope.query, term.operand.path, 'order');
    const column = resolveColumn(scope, term.operand.path);
    if (column.field['sortable'] === false) {
      const sentence = `field '${column.field.name}' can not be sorted in a query call`;
      throw marked('INVALID_FIELD', scope.query.text, term.operand.path.at, sentence);
    }
    return compileTerm(column, term);
  });
  return inTurn(parts);
}

/** The fields of the query's own object that ORDER BY needs: its columns, and the lookups of its paths. */
export function orderFields(scope: Scope, terms: readonly OrderTerm[]): string[] {
  return terms.flatMap(({ operand }) => (operand.kind === 'path' ? resolveColumn(scope, operand.path).sources : []));
}

/** Asks each order until one tells the rows apart; undefined without any. */
export function inTurn(orders: readonly RowOrder[]): RowOrder | undefined {
  if (orders.length === 0) return undefined;
  return (one, other) => {
    for (const order of orders) {
      const sign = order(one, other);
      if (sign !== 0) return sign;
    }
    return 0;
  };
}

/** Compiles one ORDER BY term to a comparison of two rows. */
export function compileTerm(column: Column, term: OrderTerm): RowOrder {
  const compare = compareValues(column);
  const sign = term.descending ? -1 : 1;
  const nullSide = term.nullsLast ? 1 : -1;
  return (one, other) => {
    const [first, second] = [column.read(one), column.read(other)];
    if (first === null || second === null) return first === second ? 0 : first === null ? nullSide : -nullSide;
    return sign * compare(first, second);
  };
}

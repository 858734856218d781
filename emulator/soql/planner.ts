/** From a query's text to its plan. */
import type { SObject } from '../model.ts';
import type { Viewpoint } from '../viewpoint.ts';
import { candidateIds, compileCondition, type Naming } from './filter.ts';
import { checkClause } from './function.ts';
import { compileGrouping } from './grouping.ts';
import { compileOrder, orderFields } from './order.ts';
import { parseQuery } from './parser.ts';
import type { Plan, Selected } from './plan.ts';
import { marked, SoqlProblem } from './problem.ts';
import { isVirtual, restrictQuery } from './restriction.ts';
import { matchingRows } from './scan.ts';
import { resolveColumn, type Column, type Scope } from './scope.ts';
import { resolveSelect } from './selection.ts';
import type { Query } from './syntax.ts';

/** Parses and resolves a query. Throws SoqlProblem with the service's code and text. */
export function planQuery(view: Viewpoint, text: string): Plan {
  return resolveQuery(view, parseQuery(text), undefined);
}

/** Resolves a parsed query. `child` is its object where it stands in a SELECT list: its FROM then names a relationship. */
function resolveQuery(view: Viewpoint, query: Query, child: SObject | undefined): Plan {
  const sobject = child ?? findObject(view, query);
  if (!sobject.queryable) {
    throw new SoqlProblem('INVALID_TYPE_FOR_OPERATION', `entity type ${sobject.name} does not support query`);
  }
  const { org, directory, nowMs } = view;
  const scope: Scope = { org, directory, query, sobject, nowMs, relationships: new Set() };
  restrictQuery(query, sobject);
  const filterFields = new Set<string>();
  const naming: Naming = {
    column: (operand, at) => {
      if (operand.kind === 'path') {
        checkClause(query, operand.path, 'where');
        return noting(resolveColumn(scope, operand.path), filterFields);
      }
      throw marked('MALFORMED_QUERY', query.text, at, 'aggregate functions are not allowed in a WHERE clause');
    },
    subquery: (inner) => selectedIds(resolveQuery(view, inner, undefined)),
  };
  const countOnly = isCountOnly(query);
  const grouping = countOnly ? undefined : compileGrouping(scope, query, naming);
  const predicate = query.where ? compileCondition(scope, query.where, naming) : () => true;
  const select = countOnly || grouping ? [] : resolveSelect(scope, (inner, of) => resolveQuery(view, inner, of));
  return {
    view: query.allRows ? { ...view, includeDeleted: true } : view,
    scope,
    query,
    sobject,
    predicate,
    filterFields: [...filterFields],
    ids: candidateIds(query.where),
    compare: grouping ? undefined : compileOrder(scope, query.orderBy),
    orderFields: grouping ? [] : orderFields(scope, query.orderBy),
    limit: (isVirtual(sobject) ? undefined : query.limit) ?? Number.POSITIVE_INFINITY,
    offset: query.offset ?? 0,
    countOnly,
    grouping,
    shownFields: [...new Set(['Id', ...select.flatMap(sourcesOf), ...(grouping?.fields ?? [])])],
    select,
  };
}

function noting(column: Column, fields: Set<string>): Column {
  for (const field of column.sources) fields.add(field);
  return column;
}

function sourcesOf(selected: Selected): readonly string[] {
  if (selected.kind === 'column') return selected.column.sources;
  return selected.kind === 'typeof' ? [selected.step.lookup.name] : [];
}

function findObject(view: Viewpoint, query: Query): SObject {
  const sobject = view.directory.sobject(query.from);
  if (sobject) return sobject;
  throw marked(
    'INVALID_TYPE',
    query.text,
    query.fromAt,
    `sObject type '${query.from}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
}

function isCountOnly(query: Query): boolean {
  const [first, ...rest] = query.select;
  return rest.length === 0 && first?.kind === 'aggregate' && first.aggregate.path === undefined && !first.alias;
}

/** First 15 characters of the values of the subquery's one column. */
function selectedIds(plan: Plan): ReadonlySet<string> {
  const [selected] = plan.select;
  if (plan.select.length !== 1 || selected?.kind !== 'column') {
    throw new SoqlProblem('MALFORMED_QUERY', 'The inner query must select one field only');
  }
  const ids = new Set<string>();
  for (const row of matchingRows(plan, plan.shownFields)) {
    const value = row && selected.column.read(row);
    if (typeof value === 'string') ids.add(value.slice(0, 15));
  }
  return ids;
}

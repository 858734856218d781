/** The SELECT list, resolved: columns, child queries, TYPEOF. */
import type { SObject } from '../model.ts';
import type { Plan, Selected } from './plan.ts';
import { checkClause } from './function.ts';
import { marked, SoqlProblem } from './problem.ts';
import { resolveColumn, resolveSteps, type Column, type Scope } from './scope.ts';
import type { FieldsScope, Path, Query, SelectItem } from './syntax.ts';

/** Resolves a child query against its object. */
type ResolveChild = (query: Query, child: SObject) => Plan;

/** FIELDS(ALL) and FIELDS(CUSTOM) are for small answers (SOQL and SOSL Reference, FIELDS()). */
const MAX_FIELDS_LIMIT = 200;

/** "No more than 20 parent-to-child relationships" (SOQL and SOSL Reference). */
const MAX_CHILD_QUERIES = 20;

/** Resolves the items in their order. Throws SoqlProblem (INVALID_FIELD, MALFORMED_QUERY). */
export function resolveSelect(scope: Scope, resolveChild: ResolveChild): Selected[] {
  const children = scope.query.select.filter(({ kind }) => kind === 'children').length;
  if (children > MAX_CHILD_QUERIES) {
    throw new SoqlProblem('MALFORMED_QUERY', `a query can have at most ${MAX_CHILD_QUERIES} child queries`);
  }
  const selected = scope.query.select.flatMap((item) => resolveItem(scope, resolveChild, item));
  const seen = new Set<string>();
  for (const item of selected) {
    if (item.kind !== 'column') continue;
    const name = [...item.column.names.slice(0, -1), item.key].join('.');
    if (seen.has(name)) throw new SoqlProblem('INVALID_FIELD', `duplicate field selected: ${name}`);
    seen.add(name);
  }
  return selected;
}

function resolveItem(scope: Scope, resolveChild: ResolveChild, item: SelectItem): Selected[] {
  if (item.kind === 'path') return [resolveField(scope, item)];
  if (item.kind === 'fields') return expandFields(scope, item.scope, item.at);
  if (item.kind === 'children') return [resolveChildren(scope, resolveChild, item)];
  if (item.kind === 'typeof') return [resolveTypeof(scope, item)];
  throw marked('MALFORMED_QUERY', scope.query.text, item.aggregate.at, 'aggregate functions need a grouped query');
}

function expandFields(scope: Scope, which: FieldsScope, at: number): Selected[] {
  const { limit } = scope.query;
  if (which !== 'STANDARD' && (limit === undefined || limit > MAX_FIELDS_LIMIT)) {
    const sentence = `The SOQL FIELDS function must have a LIMIT of at most ${MAX_FIELDS_LIMIT}`;
    throw new SoqlProblem('MALFORMED_QUERY', sentence);
  }
  return scope.sobject.fields
    .filter((field) => which === 'ALL' || (field['custom'] === true) === (which === 'CUSTOM'))
    .map(({ name }) => ({ kind: 'column', column: resolveColumn(scope, { names: [name], at }), key: name }));
}

/** Only what a function makes may get a name of its own; without one it has the field's. */
function resolveField(scope: Scope, { path, alias }: SelectItem & { kind: 'path' }): Selected {
  if (alias !== undefined && path.calls === undefined) {
    throw marked('MALFORMED_QUERY', scope.query.text, path.at, 'only aggregate expressions use field aliasing');
  }
  checkClause(scope.query, path, 'select');
  const column = resolveColumn(scope, path);
  return { kind: 'column', column, key: alias ?? column.field.name };
}

function resolveChildren(scope: Scope, resolveChild: ResolveChild, item: SelectItem & { kind: 'children' }): Selected {
  const name = item.query.from.toLowerCase();
  const relationship = scope.directory
    .children(scope.sobject.name)
    .find((child) => child.relationshipName?.toLowerCase() === name);
  const child = relationship && scope.directory.sobject(relationship.childSObject);
  if (!relationship?.relationshipName || !child) {
    throw marked(
      'INVALID_TYPE',
      scope.query.text,
      item.query.fromAt,
      `Didn't understand relationship '${item.query.from}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  return {
    kind: 'children',
    key: relationship.relationshipName,
    lookup: relationship.field,
    plan: resolveChild(item.query, child),
  };
}

function resolveTypeof(scope: Scope, item: SelectItem & { kind: 'typeof' }): Selected {
  const [step] = resolveSteps(scope, item.path.names, item.path.at);
  if (!step?.polymorphic) {
    throw marked('INVALID_FIELD', scope.query.text, item.path.at, 'TYPEOF needs a polymorphic relationship');
  }
  const branches = new Map(
    item.branches.map((branch) => {
      const sobject = scope.directory.sobject(branch.sobject);
      if (!sobject) throw marked('INVALID_TYPE', scope.query.text, item.path.at, `Unknown type '${branch.sobject}'`);
      return [sobject.name, columnsOf(scope, sobject, branch.paths)] as const;
    }),
  );
  return { kind: 'typeof', step, branches, otherwise: columnsOf(scope, step.target, item.otherwise) };
}

function columnsOf(scope: Scope, sobject: SObject, paths: readonly Path[]): Column[] {
  return paths.map((path) => resolveColumn({ ...scope, sobject }, path));
}

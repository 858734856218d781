/** Aggregate functions and GROUP BY. */
import type { Field, Row, Value } from '../model.ts';
import { compareValues } from './comparison.ts';
import { compileCondition, type Naming, type Predicate } from './filter.ts';
import { checkClause } from './function.ts';
import { compileTerm, inTurn, type RowOrder } from './order.ts';
import { marked, SoqlProblem } from './problem.ts';
import { resolveColumn, type Column, type Scope } from './scope.ts';
import type { Aggregate, Operand, Query } from './syntax.ts';

export interface Grouping {
  readonly keys: readonly Column[];
  readonly measures: readonly Measure[];
  /** Members of one AggregateResult, in SELECT's order: its name, and where the group's row holds its value. */
  readonly output: readonly { readonly name: string; readonly slot: string; readonly field: Field }[];
  /** Fields of the object itself that keys and measures read. */
  readonly fields: readonly string[];
  readonly having: Predicate;
  readonly compare: RowOrder | undefined;
}

interface Measure {
  readonly signature: string;
  readonly slot: string;
  readonly aggregate: Aggregate;
  readonly column: Column | undefined;
  /** Carries the type of the result. */
  readonly field: Field;
}

/**
 * Compiles a query's groups; undefined where it neither groups nor aggregates. Throws SoqlProblem (MALFORMED_QUERY,
 * INVALID_FIELD).
 */
export function compileGrouping(scope: Scope, query: Query, naming: Naming): Grouping | undefined {
  const aggregates = query.select.some((item) => item.kind === 'aggregate');
  if (!aggregates && query.groupBy.length === 0) return undefined;
  const keys = query.groupBy.map((path) => groupColumn(scope, path));
  const measures: Measure[] = [];
  const aliases = new Map<string, Operand>();
  const locate = (operand: Operand): Column => slotColumn(scope, operand, keys, measures, aliases);
  const output = compileOutput(scope, query, aliases, locate);
  const inGroup: Naming = { column: locate, subquery: (inner) => naming.subquery(inner) };
  const having = query.having ? compileCondition(scope, query.having, inGroup) : () => true;
  const compare = inTurn(query.orderBy.map((term) => compileTerm(locate(term.operand), term)));
  const columns = [...keys, ...measures.flatMap(({ column }) => column ?? [])];
  return { keys, measures, output, fields: columns.flatMap(({ sources }) => sources), having, compare };
}

/** Groups rows; each group is a row of slots, `k0` for the first key, `m0` for the first measure. */
export function groupRows(grouping: Grouping, rows: Iterable<Row | undefined>): Row[] {
  const groups = new Map<string, { values: Value[]; tallies: Tally[] }>();
  const open = (values: Value[]) => ({ values, tallies: grouping.measures.map(openTally) });
  if (grouping.keys.length === 0) groups.set('', open([]));
  for (const row of rows) {
    if (!row) continue;
    const values = grouping.keys.map((key) => key.read(row));
    const name = grouping.keys.length === 0 ? '' : JSON.stringify(values);
    const group = groups.get(name) ?? open(values);
    if (!groups.has(name)) groups.set(name, group);
    for (const tally of group.tallies) tally.add(row);
  }
  const found = [...groups.values()].map(({ values, tallies }) => {
    const slots: [string, Value][] = values.map((value, at) => [`k${at}`, value]);
    tallies.forEach((tally, at) => slots.push([`m${at}`, tally.result()]));
    return Object.fromEntries(slots) as Row;
  });
  const kept = found.filter((group) => grouping.having(group));
  return grouping.compare ? kept.sort(grouping.compare) : kept;
}

interface Tally {
  add(row: Row): void;
  result(): Value;
}

function openTally({ aggregate, column }: Measure): Tally {
  const read = column ? column.read : () => true;
  let count = 0;
  let sum = 0;
  let extreme: Value = null;
  const distinct = new Set<Value>();
  const compare = column ? compareValues(column) : () => 0;
  const sign = aggregate.call === 'MIN' ? 1 : -1;
  return {
    add(row) {
      const value = read(row);
      if (value === null) return;
      count += 1;
      if (typeof value === 'number') sum += value;
      if (aggregate.call === 'COUNT_DISTINCT') distinct.add(typeof value === 'string' ? value.toLowerCase() : value);
      else if (extreme === null || sign * compare(value, extreme) < 0) extreme = value;
    },
    result() {
      if (aggregate.call === 'COUNT') return count;
      if (aggregate.call === 'COUNT_DISTINCT') return distinct.size;
      if (aggregate.call === 'SUM') return count === 0 ? null : sum;
      if (aggregate.call === 'AVG') return count === 0 ? null : sum / count;
      return extreme;
    },
  };
}

function groupColumn(scope: Scope, path: Query['groupBy'][number]): Column {
  checkClause(scope.query, path, 'group');
  const column = resolveColumn(scope, path);
  if (column.field['groupable'] === false) {
    const sentence = `field '${column.field.name}' can not be grouped in a query call`;
    throw marked('MALFORMED_QUERY', scope.query.text, path.at, sentence);
  }
  return column;
}

function compileOutput(
  scope: Scope,
  query: Query,
  aliases: Map<string, Operand>,
  locate: (operand: Operand) => Column,
): Grouping['output'] {
  let unnamed = 0;
  return query.select.map((item) => {
    if (item.kind !== 'aggregate' && item.kind !== 'path') {
      throw new SoqlProblem('MALFORMED_QUERY', 'Grouped queries select fields and aggregate functions only');
    }
    const operand: Operand =
      item.kind === 'path' ? { kind: 'path', path: item.path } : { kind: 'aggregate', aggregate: item.aggregate };
    const column = locate(operand);
    const named = item.kind === 'path' && item.path.calls === undefined;
    const fallback = named ? column.field.name : `expr${unnamed}`;
    if (!named && item.alias === undefined) unnamed += 1;
    if (item.alias !== undefined) aliases.set(item.alias.toLowerCase(), operand);
    return {
      name: item.alias ?? fallback,
      slot: column.signature,
      field: column.field,
    };
  });
}

/** The place of an operand in a group's row; a new measure where it is an aggregate not met before. */
function slotColumn(
  scope: Scope,
  operand: Operand,
  keys: readonly Column[],
  measures: Measure[],
  aliases: ReadonlyMap<string, Operand>,
): Column {
  if (operand.kind === 'path') {
    const aliased =
      operand.path.names.length === 1 ? aliases.get(operand.path.names[0]?.toLowerCase() ?? '') : undefined;
    if (aliased) return slotColumn(scope, aliased, keys, measures, new Map());
    const column = resolveColumn(scope, operand.path);
    const at = keys.findIndex((key) => key.signature === column.signature);
    if (at < 0) {
      const sentence = `Field must be grouped or aggregated: ${column.signature}`;
      throw marked('MALFORMED_QUERY', scope.query.text, operand.path.at, sentence);
    }
    return inSlot(scope, `k${at}`, column.field);
  }
  const measure = findMeasure(scope, operand.aggregate, measures);
  return inSlot(scope, measure.slot, measure.field);
}

function inSlot(scope: Scope, slot: string, field: Field): Column {
  return {
    names: [slot],
    signature: slot,
    field,
    owner: scope.sobject,
    sources: [],
    shape: undefined,
    read: (row) => row[slot] ?? null,
  };
}

function findMeasure(scope: Scope, aggregate: Aggregate, measures: Measure[]): Measure {
  const column = aggregate.path && resolveColumn(scope, aggregate.path);
  const signature = `${aggregate.call}(${column?.signature ?? ''})`;
  const known = measures.find((measure) => measure.signature === signature);
  if (known) return known;
  if (column?.field['aggregatable'] === false && !aggregate.call.startsWith('COUNT')) {
    const sentence = `field ${column.field.name} does not support aggregate operator ${aggregate.call}`;
    throw marked('MALFORMED_QUERY', scope.query.text, aggregate.at, sentence);
  }
  const measure = { signature, slot: `m${measures.length}`, aggregate, column, field: resultField(aggregate, column) };
  measures.push(measure);
  return measure;
}

function resultField(aggregate: Aggregate, column: Column | undefined): Field {
  if (aggregate.call.startsWith('COUNT')) return { name: aggregate.call, type: 'int' };
  if (aggregate.call === 'SUM' || aggregate.call === 'AVG') return { name: aggregate.call, type: 'double' };
  return column?.field ?? { name: aggregate.call, type: 'string' };
}

/** A view beside a table: the table's columns, with its formula fields computed instead of copied. Pure. */
import { checkFormula } from './check.ts';
import type { Dialect } from './dialect.ts';
import { FormulaProblem } from './formula-problem.ts';
import { fieldKindOf } from './formula-type.ts';
import { globalValue } from './global-value.ts';
import { parseFormula } from './parser.ts';
import { translateFormula } from './translation.ts';
import type { Resolve, Typed } from './typed.ts';

/** A stream as it stands in the warehouse. */
export interface Table {
  readonly name: string;
  readonly schema?: string | undefined;
  readonly sobject: string;
  /** Column of the Id; undefined where it is not synced, so that nothing can be joined to it. */
  readonly idColumn: string | undefined;
  /** In the order of the columns. */
  readonly fields: readonly TableField[];
}

export interface TableField {
  readonly name: string;
  /** In describe. */
  readonly type: string;
  readonly scale: number;
  /** Undefined where the field is not synced. */
  readonly column: string | undefined;
  readonly relationshipName: string | null;
  readonly referenceTo: readonly string[];
  readonly formula: string | null;
  readonly treatBlankAsZero: boolean;
}

export interface FormulaView {
  readonly name: string;
  readonly sql: string;
  readonly translated: readonly string[];
  /** Fields that stand in the view as they were synced, and why. */
  readonly copied: readonly { readonly field: string; readonly reason: string }[];
}

interface Join {
  readonly alias: string;
  readonly table: Table;
  readonly on: string;
}

interface Scope {
  readonly dialect: Dialect;
  readonly tables: ReadonlyMap<string, Table>;
  /** By the path of relationships that leads there, in lower case. */
  readonly joins: Map<string, Join>;
}

const OWN = 'own';

/** The view of a table; undefined where it has no synced formula field. `tables` are all that are synced, by their object. */
export function viewOf(
  table: Table,
  tables: ReadonlyMap<string, Table>,
  dialect: Dialect,
  zone: string,
): FormulaView | undefined {
  const formulas = table.fields.filter(({ formula, column }) => formula !== null && column !== undefined);
  if (formulas.length === 0) return undefined;
  const scope: Scope = { dialect, tables, joins: new Map() };
  const copied: { field: string; reason: string }[] = [];
  const columns = table.fields.flatMap((field) => {
    if (field.column === undefined) return [];
    const stored = `${OWN}.${dialect.quote(field.column)}`;
    if (field.formula === null) return [stored];
    const { type: returnType, scale, treatBlankAsZero } = field;
    const resolve = resolverAt(scope, { alias: OWN, path: '', table }, treatBlankAsZero, [
      `${table.sobject}.${field.name}`,
    ]);
    const answer = translateFormula(field.formula, { dialect, resolve, returnType, scale, zone });
    if ('sql' in answer) return [`${answer.sql} AS ${dialect.quote(field.column)}`];
    copied.push({ field: field.name, reason: answer.reason });
    return [stored];
  });
  const notTranslated = new Set(copied.map(({ field }) => field));
  return {
    name: `${table.name}_formulas`,
    sql: statement(table, columns, scope, copied),
    translated: formulas.map(({ name }) => name).filter((name) => !notTranslated.has(name)),
    copied,
  };
}

function statement(table: Table, columns: readonly string[], scope: Scope, copied: FormulaView['copied']): string {
  const { dialect, joins } = scope;
  const notes = copied.map(({ field, reason }) =>
    `-- ${field} is as it was synced: ${reason}\n`.replaceAll(/\r|\n(?=.)/g, ' '),
  );
  const joined = [...joins.values()].map(
    ({ alias, table: other, on }) => `\nLEFT JOIN ${qualified(other.name, other, dialect)} AS ${alias} ON ${on}`,
  );
  return `${notes.join('')}CREATE OR REPLACE VIEW ${qualified(`${table.name}_formulas`, table, dialect)} AS\nSELECT\n  ${columns.join(',\n  ')}\nFROM ${qualified(table.name, table, dialect)} AS ${OWN}${joined.join('')};\n`;
}

function qualified(name: string, { schema }: Table, dialect: Dialect): string {
  return schema === undefined ? dialect.quote(name) : `${dialect.quote(schema)}.${dialect.quote(name)}`;
}

interface Place {
  readonly alias: string;
  readonly path: string;
  readonly table: Table;
}

/** Looks names up from a table on: own fields, fields of parents by joins, other formula fields by their own formulas. */
function resolverAt(scope: Scope, place: Place, isZeroed: boolean, within: readonly string[]): Resolve {
  return (name) => {
    if (name.startsWith('$')) return globalValue(name);
    const steps = name.split('.');
    const last = steps.pop() as string;
    const end = steps.reduce((from, step) => follow(scope, from, step), place);
    const field = end.table.fields.find((each) => each.name.toLowerCase() === last.toLowerCase());
    if (!field) throw new FormulaProblem(`${end.table.sobject} has no field ${last}, or hides it from this user`);
    return field.formula === null
      ? storedField(scope, end, field, isZeroed)
      : nestedFormula(scope, end, field, isZeroed, within);
  };
}

function storedField({ dialect }: Scope, { alias, table }: Place, field: TableField, isZeroed: boolean): Typed {
  const kind = fieldKindOf(field.type);
  if (!kind || kind.type === 'location') {
    throw new FormulaProblem(`${table.sobject}.${field.name} is ${field.type}, which a view can't compute with`);
  }
  if (field.column === undefined) throw new FormulaProblem(`${table.sobject}.${field.name} is not synced`);
  const column = `${alias}.${dialect.quote(field.column)}`;
  return { kind: 'field', type: kind.type, field: { ...kind, column, isZeroed: isZeroed && kind.type === 'number' } };
}

/** A formula sees the other's value before it was rounded and cut. */
function nestedFormula(
  scope: Scope,
  place: Place,
  field: TableField,
  isZeroed: boolean,
  within: readonly string[],
): Typed {
  const key = `${place.table.sobject}.${field.name}`;
  if (within.includes(key)) throw new FormulaProblem(`${key} refers to itself`);
  const resolve = resolverAt(scope, place, field.treatBlankAsZero, [...within, key]);
  const tree = checkFormula(parseFormula(field.formula ?? ''), resolve);
  return { kind: 'nested', type: tree.type, tree, isZeroed: isZeroed && tree.type === 'number' };
}

/** One hop, `Account` or, of several possible objects, `Owner:User`: a join with the table of the parent. */
function follow(scope: Scope, { alias, path, table }: Place, step: string): Place {
  const [relationship = '', kind] = step.split(':');
  const here = `${path}.${step}`.toLowerCase();
  const lookup = table.fields.find(
    ({ relationshipName }) => relationshipName?.toLowerCase() === relationship.toLowerCase(),
  );
  if (!lookup) throw new FormulaProblem(`${table.sobject} has no relationship ${relationship}`);
  const targets =
    kind === undefined
      ? lookup.referenceTo
      : lookup.referenceTo.filter((each) => each.toLowerCase() === kind.toLowerCase());
  const [target] = targets;
  if (target === undefined || targets.length > 1) {
    throw new FormulaProblem(`${relationship} of ${table.sobject} may lead to ${lookup.referenceTo.join(' or ')}`);
  }
  const parent = scope.tables.get(target);
  if (!parent || parent.idColumn === undefined) throw new FormulaProblem(`${target} is not synced with its Id`);
  if (lookup.column === undefined) throw new FormulaProblem(`${table.sobject}.${lookup.name} is not synced`);
  const known = scope.joins.get(here);
  const joinAlias = known?.alias ?? `parent_${scope.joins.size + 1}`;
  const { quote } = scope.dialect;
  const on = `${joinAlias}.${quote(parent.idColumn)} = ${alias}.${quote(lookup.column)}`;
  if (!known) scope.joins.set(here, { alias: joinAlias, table: parent, on });
  return { alias: joinAlias, path: here, table: parent };
}

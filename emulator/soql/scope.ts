/** Field paths of a query, resolved against the org: from names to functions that read a row. */
import { type Directory, indexOf, nameFieldOf } from '../directory.ts';
import type { Field, PracticeOrg, Row, SObject, Value } from '../model.ts';
import { EMPTY_ID, isBigObject } from '../schema/big-object.ts';
import { isCompound, targetsOf } from '../schema/field.ts';
import { compoundParts } from '../wire/compound.ts';
import { shapeOf, signatureOf } from './function.ts';
import { marked } from './problem.ts';
import { rowFinder } from './row.ts';
import type { Path, Query } from './syntax.ts';

/** What every step from a parsed query to its rows needs. */
export interface Scope {
  readonly org: PracticeOrg;
  readonly directory: Directory;
  readonly query: Query;
  readonly sobject: SObject;
  readonly nowMs: number;
  /** Relationships that paths went through so far, in lower case. */
  readonly relationships: Set<string>;
}

export interface Related {
  readonly sobject: SObject;
  readonly row: Row;
}

/** A field that a path leads to, and how to read it from a row of the query's object. */
export interface Column {
  /** As the org spells them: `['Owner', 'Name']`. */
  readonly names: readonly string[];
  readonly field: Field;
  /** The object that has the field; of a polymorphic lookup, Name. */
  readonly owner: SObject;
  /** As it was asked for, functions included: columns of one signature are the same. */
  readonly signature: string;
  /** What functions make of the field's value; undefined without any. */
  readonly shape: ((value: Value) => Value) | undefined;
  /** The value itself, functions applied. */
  readonly read: (row: Row) => Value;
  /** Fields of the query's own object that `read` needs: the column, or the lookup that leads to it. */
  readonly sources: readonly string[];
}

/** A lookup that a path goes through. */
export interface Step {
  readonly relationship: string;
  readonly lookup: Field;
  readonly polymorphic: boolean;
  /** The one target; of a polymorphic lookup the object Name, or where the org has none the first target. */
  readonly target: SObject;
  readonly follow: (row: Row) => Related | undefined;
}

/** "No more than 55 child-to-parent relationships", "no more than five levels" (SOQL and SOSL Reference). */
const MAX_RELATIONSHIPS = 55;
const MAX_LEVELS = 5;

/** The column of a path. Throws SoqlProblem: INVALID_FIELD where the org has no such relationship or column. */
export function resolveColumn(scope: Scope, path: Path): Column {
  const names = ownNames(scope, path);
  const last = names.at(-1) ?? '';
  const steps = resolveSteps(scope, names.slice(0, -1), path.at);
  const end = steps.at(-1);
  const owner = end ? end.target : scope.sobject;
  const field = indexOf(owner).field(last) ?? (end?.polymorphic ? nameColumn(last) : undefined);
  if (!field) throw noSuchColumn(scope.query.text, path.at, last, owner.name);
  const spelt = [...steps.map((step) => step.relationship), field.name];
  const column = { names: spelt, owner, signature: signatureOf(spelt, path.calls) };
  const read = reader(steps, field);
  const shaped =
    field.type === 'id' && isBigObject(owner.name)
      ? { apply: () => EMPTY_ID, field }
      : path.calls && shapeOf(scope.query, path, field);
  return {
    ...column,
    field: shaped?.field ?? field,
    shape: shaped?.apply,
    read: shaped ? (row) => shaped.apply(read(row)) : read,
    sources: steps[0] ? [steps[0].lookup.name] : sourcesOf(owner, field),
  };
}

/** The lookups of a relationship path, as in TYPEOF. Throws SoqlProblem (INVALID_FIELD, MALFORMED_QUERY). */
export function resolveSteps(scope: Scope, names: readonly string[], at: number): Step[] {
  countRelationships(scope, names, at);
  const steps: Step[] = [];
  let sobject = scope.sobject;
  for (const name of names) {
    const step = resolveStep(scope, sobject, name, at);
    steps.push(step);
    sobject = step.target;
  }
  return steps;
}

/**
 * A column's value in the record that a lookup led to. Through a polymorphic lookup, where the columns are those of Name,
 * Type is the record's object, Name its name field, and what the record has no column for is null.
 */
export function readRelated(related: Related, field: Field, polymorphic: boolean): Value {
  if (!polymorphic) return related.row[field.name] ?? null;
  if (field.name === 'Type') return related.sobject.name;
  const own =
    indexOf(related.sobject).field(field.name) ?? (field.name === 'Name' ? nameFieldOf(related.sobject) : undefined);
  return own ? (related.row[own.name] ?? null) : null;
}

/** Text of an unknown column, also used where field-level security hides one (recorded). */
function noSuchColumn(query: string, at: number, column: string, entity: string): Error {
  return marked(
    'INVALID_FIELD',
    query,
    at,
    `No such column '${column}' on entity '${entity}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
}

/** Fields of Name that any polymorphic lookup has, where the org's own describe of Name doesn't bring them. */
function nameColumn(name: string): Field | undefined {
  const lower = name.toLowerCase();
  if (lower === 'type') return { name: 'Type', type: 'string' };
  if (lower === 'id') return { name: 'Id', type: 'id' };
  if (lower === 'name') return { name: 'Name', type: 'string' };
  return undefined;
}

function ownNames(scope: Scope, path: Path): readonly string[] {
  const [first = '', ...rest] = path.names;
  if (rest.length === 0) return path.names;
  const lower = first.toLowerCase();
  if (scope.query.alias?.toLowerCase() === lower) return rest;
  const isOwn = lower === scope.sobject.name.toLowerCase() && !indexOf(scope.sobject).relationship(first);
  return isOwn ? rest : path.names;
}

/** The texts are ours: no recording of these refusals was found. */
function countRelationships({ query, relationships }: Scope, names: readonly string[], at: number): void {
  if (names.length > MAX_LEVELS) {
    throw marked('MALFORMED_QUERY', query.text, at, `a relationship path can have at most ${MAX_LEVELS} levels`);
  }
  names.forEach((_, depth) =>
    relationships.add(
      names
        .slice(0, depth + 1)
        .join('.')
        .toLowerCase(),
    ),
  );
  if (relationships.size > MAX_RELATIONSHIPS) {
    throw marked('MALFORMED_QUERY', query.text, at, `a query can have at most ${MAX_RELATIONSHIPS} relationships`);
  }
}

function resolveStep(scope: Scope, sobject: SObject, name: string, at: number): Step {
  const lookup = indexOf(sobject).relationship(name);
  const targets = lookup ? targetsOf(lookup) : [];
  const polymorphic = targets.length > 1 || lookup?.['polymorphicForeignKey'] === true;
  const target =
    (polymorphic ? scope.directory.sobject('Name') : undefined) ?? scope.directory.sobject(targets[0] ?? '');
  if (!lookup || !target) {
    throw marked(
      'INVALID_FIELD',
      scope.query.text,
      at,
      `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  return {
    relationship: String(lookup['relationshipName']),
    lookup,
    polymorphic,
    target,
    follow: polymorphic ? followAny(scope, lookup.name) : followOne(scope, lookup.name, target),
  };
}

function followOne(scope: Scope, lookup: string, target: SObject): Step['follow'] {
  const find = remembering(rowFinder(scope.org, target), scope);
  return (row) => {
    const id = row[lookup];
    const found = typeof id === 'string' ? find(id) : undefined;
    return found && { sobject: target, row: found };
  };
}

function followAny(scope: Scope, lookup: string): Step['follow'] {
  const finders = new Map<string, (id: string) => Row | undefined>();
  const find = remembering((id) => {
    const sobject = scope.directory.ofId(id);
    if (!sobject) return undefined;
    const finder = finders.get(sobject.name) ?? rowFinder(scope.org, sobject);
    finders.set(sobject.name, finder);
    return finder(id);
  }, scope);
  return (row) => {
    const id = row[lookup];
    const found = typeof id === 'string' ? find(id) : undefined;
    const sobject = typeof id === 'string' ? scope.directory.ofId(id) : undefined;
    return sobject && found && { sobject, row: found };
  };
}

/** Parents held for children that share them; past it the oldest goes. */
const REMEMBERED_PARENTS = 5000;

/** Many rows have few owners: a parent that was made once is kept until the org changes. */
function remembering(find: (id: string) => Row | undefined, scope: Scope): (id: string) => Row | undefined {
  const known = new Map<string, Row | undefined>();
  let revision = scope.org.revision;
  return (id) => {
    if (revision !== scope.org.revision) {
      revision = scope.org.revision;
      known.clear();
    }
    if (known.has(id)) return known.get(id);
    const row = find(id);
    if (known.size >= REMEMBERED_PARENTS) known.delete(known.keys().next().value ?? '');
    known.set(id, row);
    return row;
  };
}

function reader(steps: readonly Step[], field: Field): (row: Row) => Value {
  if (steps.length === 0) {
    const name = field.name;
    return (row) => row[name] ?? null;
  }
  const polymorphic = steps.at(-1)?.polymorphic === true;
  return (row) => {
    let related: Related | undefined;
    for (const step of steps) {
      related = step.follow(related ? related.row : row);
      if (!related) return null;
    }
    return related ? readRelated(related, field, polymorphic) : null;
  };
}

/** A compound field has no value of its own: its parts have. */
function sourcesOf(owner: SObject, field: Field): string[] {
  return isCompound(field) ? compoundParts(owner, field).map((part) => part.field) : [field.name];
}

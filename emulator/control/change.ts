/** Changes to the org's data and schema, as the control door takes them. */
import type { Field, PracticeOrg, Value } from '../model.ts';
import { isObject } from '../http/json-body.ts';

/**
 * Applies one change (`{"op":"insert","sobject":"Lead","rows":[…]}` and its like); gives the Ids of the rows that it
 * touched. Throws an Error that says what is wrong with it.
 */
export function applyChange(org: PracticeOrg, change: unknown): string[] {
  if (!isObject(change)) throw new Error('A change is a JSON object');
  const { op, sobject } = change;
  if (typeof sobject !== 'string' || !org.sobjects.has(sobject))
    throw new Error(`There is no object ${String(sobject)}`);
  const act = typeof op === 'string' ? ACTS[op] : undefined;
  if (!act) throw new Error(`There is no change ${String(op)}: ${Object.keys(ACTS).join(', ')}`);
  return act(org, sobject, change);
}

type Act = (org: PracticeOrg, sobject: string, change: Readonly<Record<string, unknown>>) => string[];

const ACTS: Readonly<Record<string, Act>> = {
  insert: (org, sobject, { rows }) => {
    if (!Array.isArray(rows)) throw new Error('insert needs rows');
    return org.insert(sobject, rows.map(valuesOf));
  },
  update: (org, sobject, change) => {
    org.update(sobject, idOf(change), valuesOf(change['values']));
    return [idOf(change)];
  },
  delete: (org, sobject, change) => {
    org.softDelete(sobject, idOf(change));
    return [idOf(change)];
  },
  undelete: (org, sobject, change) => {
    org.undelete(sobject, idOf(change));
    return [idOf(change)];
  },
  purge: (org, sobject, change) => {
    org.hardDelete(sobject, idOf(change));
    return [idOf(change)];
  },
  merge: (org, sobject, change) => {
    const losers = losersOf(change);
    org.merge(sobject, idOf(change), losers);
    return [idOf(change), ...losers];
  },
  addField: (org, sobject, { field }) => {
    org.addField(sobject, fieldOf(field));
    return [];
  },
  removeField: (org, sobject, { field }) => {
    if (typeof field !== 'string') throw new Error('removeField needs the name of a field');
    org.removeField(sobject, field);
    return [];
  },
  removeObject: (org, sobject) => {
    org.removeObject(sobject);
    return [];
  },
};

function idOf({ id }: Readonly<Record<string, unknown>>): string {
  if (typeof id !== 'string') throw new Error('The change needs an id');
  return id;
}

function losersOf({ losers }: Readonly<Record<string, unknown>>): string[] {
  if (!Array.isArray(losers) || !losers.every((loser) => typeof loser === 'string')) {
    throw new Error('merge needs losers, a list of Ids');
  }
  return losers;
}

function valuesOf(values: unknown): Record<string, Value> {
  if (!isObject(values)) throw new Error('Values are a JSON object');
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, valueOf(name, value)]));
}

function valueOf(name: string, value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new Error(`The value of ${name} is neither text, number, boolean nor null`);
}

function fieldOf(field: unknown): Partial<Field> & { name: string; type: string } {
  if (!isObject(field)) throw new Error('addField needs a field');
  const { name, type } = field;
  if (typeof name !== 'string' || typeof type !== 'string') throw new Error('A field needs a name and a type');
  return { ...field, name, type };
}

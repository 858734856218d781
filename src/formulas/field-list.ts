/** The fields that a formula may name where they are simply columns: what people try a formula with. */
import type { Dialect } from './dialect.ts';
import { FormulaProblem } from './formula-problem.ts';
import { fieldKindOf } from './formula-type.ts';
import { globalValue } from './global-value.ts';
import { pointOf } from './number-functions.ts';
import type { Resolve, Typed } from './typed.ts';

/** `fields` by API name, paths included, each with its type in describe; each is a column of the same name. */
export function resolveInList(
  fields: Readonly<Record<string, { readonly type: string }>>,
  treatBlankAsZero: boolean,
  dialect: Dialect,
): Resolve {
  const byName = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]));
  return (asked): Typed => {
    const name = byName.get(asked.toLowerCase());
    if (name === undefined) return globalValue(asked);
    const type = fields[name]?.type ?? '';
    const kind = fieldKindOf(type);
    if (!kind) throw new FormulaProblem(`${name} is ${type}, which formulas can't name`);
    const isZeroed = treatBlankAsZero && kind.type === 'number';
    const column = kind.type === 'location' ? pointOfField(name, byName, isZeroed, dialect) : dialect.quote(name);
    return { kind: 'field', type: kind.type, field: { ...kind, column, isZeroed } };
  };
}

function pointOfField(name: string, byName: ReadonlyMap<string, string>, isZeroed: boolean, dialect: Dialect): string {
  const part = (word: string) => {
    const column = byName.get(name.replace(/__c$/i, `__${word}__s`).toLowerCase());
    if (column === undefined) throw new FormulaProblem(`the ${word} of ${name} is not among the fields`);
    const value = dialect.field('number', dialect.quote(column));
    return isZeroed ? `COALESCE(${value}, 0)` : value;
  };
  return pointOf(part('Latitude'), part('Longitude'));
}

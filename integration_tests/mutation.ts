/** JSON with one thing wrong in it, wherever that is: what tests of damaged files throw. */
import fc from 'fast-check';
import type { JsonValue } from '../src/json/value.ts';

/** What takes the place of a value: other types, values out of any range, text that is no time and no Id. */
const JUNK: readonly JsonValue[] = [
  null, 0, -1, 1.5, 1e308, true, false, '', ' ', 'x', '\0', '"', "' OR Id != '", '../..', '2026-13-45T99:99:99Z', '-000001-01-01T00:00:00Z',
  '9'.repeat(400), [], {}, [null], [[]], [{}], { a: null }, { windows: [null] }, nested(50),
]; // prettier-ignore

type Path = readonly (string | number)[];

/** A copy of `value` in which one to three members, at any depth, are replaced by junk, taken out, or doubled in a list. */
export function mutationOf(value: JsonValue, isFixed: (path: Path) => boolean = () => false): fc.Arbitrary<JsonValue> {
  const paths = pathsIn(value).filter((path) => !isFixed(path));
  const change = fc.tuple(
    fc.constantFrom(...paths),
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...JUNK).map((junk) => () => junk) },
      { weight: 1, arbitrary: fc.constant(() => undefined) },
      { weight: 1, arbitrary: fc.constant((old: JsonValue) => (Array.isArray(old) ? [...old, ...old] : [old])) },
    ),
  );
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((changed, [path, by]) => replaced(changed, path, by), value));
}

/** Lists inside one another, so many. */
function nested(depth: number): JsonValue {
  let value: JsonValue = [];
  for (let level = 1; level < depth; level++) value = [value];
  return value;
}

function pathsIn(value: JsonValue, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...members.flatMap(([key, member]) => pathsIn(member as JsonValue, [...path, key]))];
}

function replaced(value: JsonValue, [key, ...rest]: Path, by: (old: JsonValue) => JsonValue | undefined): JsonValue {
  if (key === undefined) return by(value) ?? null;
  if (typeof value !== 'object' || value === null) return value;
  const old = Reflect.get(value, key) as JsonValue | undefined;
  if (old === undefined) return value;
  const member = rest.length > 0 ? replaced(old, rest, by) : by(old);
  if (Array.isArray(value))
    return value.flatMap((each: JsonValue, i) => (i === key ? (member === undefined ? [] : [member]) : [each]));
  const { [key]: _old, ...others } = value as { readonly [key: string | number]: JsonValue };
  return member === undefined ? others : { ...others, [key]: member };
}

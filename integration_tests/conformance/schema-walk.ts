/** A JSON schema taken apart: every subschema with the way to it. */

export interface SchemaNode {
  /** Keys and indices from the root: ['properties', 'credentials', 'oneOf', '0', …]. */
  readonly path: readonly string[];
  /** The name that a user gives it: the last key behind a `properties`. */
  readonly property: string | undefined;
  readonly schema: Schema;
}

export type Schema = Readonly<Record<string, unknown>>;

/** All subschemas of a schema, itself first, parents before their children. */
export function* walkSchema(schema: Schema, path: readonly string[] = [], property?: string): Generator<SchemaNode> {
  yield { path, property, schema };
  for (const [name, inner] of Object.entries(asObject(schema['properties']))) {
    yield* walkSchema(asObject(inner), [...path, 'properties', name], name);
  }
  for (const key of ['oneOf', 'anyOf', 'allOf']) {
    const options = schema[key];
    if (!Array.isArray(options)) continue;
    for (const [index, option] of options.entries())
      yield* walkSchema(asObject(option), [...path, key, String(index)], property);
  }
  const items = schema['items'];
  if (items !== undefined && !Array.isArray(items)) yield* walkSchema(asObject(items), [...path, 'items'], property);
}

/** Every key of every object inside a value, with its path: what finds a forbidden keyword wherever it hides. */
export function* walkKeys(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    yield [...path, key];
    yield* walkKeys(inner, [...path, key]);
  }
}

/** The value as an object; empty where it is none. */
export function asObject(value: unknown): Schema {
  return value !== null && typeof value === 'object' ? (value as Schema) : {};
}

/** The types that a schema declares, null left out. */
export function typesOf(schema: Schema): readonly string[] {
  return [schema['type'] ?? []].flat().filter((type): type is string => typeof type === 'string' && type !== 'null');
}

/**
 * Beside each key that may point to several objects, a column that says to which one: `who_type` beside `who_id`. The object is
 * known by the first three characters of an Id, its key prefix (Object Reference, "ID Field Type"). Pure.
 */
import type { ConfiguredStream, PropertySchema } from '../../airbyte/protocol.ts';
import { ADDED_PROPERTIES, snakeCase } from '../../collections/property-name.ts';
import { claimNames } from '../../collections/unique-name.ts';
import type { Naming } from '../../config/config.ts';
import type { FieldDescribe } from '../../salesforce/metadata.ts';

/** API name -> its key prefix, null where it has none or the user does not see the object. */
export type KeyPrefixes = ReadonlyMap<string, string | null>;

export interface ReferenceType {
  /** Name of the column. */
  readonly property: string;
  /** The key beside which it stands. */
  readonly field: FieldDescribe;
}

interface Named {
  readonly property: string;
  readonly field: FieldDescribe;
}

/** Relationships whose columns are called after them; a column beside any other key is called after the key. */
const NAMED_RELATIONSHIPS: ReadonlySet<string> = new Set(['Who', 'What', 'Owner']);

/** Whether a key may point to several objects. */
export function isPolymorphic({ type, polymorphicForeignKey, referenceTo }: FieldDescribe): boolean {
  return type.toLowerCase() === 'reference' && (polymorphicForeignKey || referenceTo.length > 1);
}

/**
 * The type columns of an object: `who_type`, `what_type`, `owner_type`, else the key's column and `_type` (`parent_id_type`). A
 * name that a field has gets a suffix, as two fields do that want the same name.
 */
export function referenceTypesOf(properties: readonly Named[], naming: Naming): readonly ReferenceType[] {
  const taken = new Set<string>([...properties.map(({ property }) => property), ...Object.values(ADDED_PROPERTIES)]);
  const keys = properties.filter(({ field }) => isPolymorphic(field));
  const claims = keys.map(({ property, field }) => ({
    apiName: markOf(field.name),
    wanted: nameOf(property, field, naming),
  }));
  const names = claimNames(claims, taken);
  return keys.map(({ field }) => ({ property: names.get(markOf(field.name)) as string, field }));
}

/** Those that a configured stream has selected, under the names that it has for them: found by their mark, else by their name. */
export function selectedTypes(
  { properties }: ConfiguredStream,
  known: readonly Named[],
  naming: Naming,
): readonly ReferenceType[] {
  const offered = referenceTypesOf(known, naming);
  if (properties.size === 0) return offered;
  return [...properties].flatMap(([property, mark]) => {
    const type = offered.find((each) =>
      mark === undefined ? each.property === property : markOf(each.field.name) === mark,
    );
    return type ? [{ property, field: type.field }] : [];
  });
}

/** What stands for such a column where fields are listed: in `x-field` of a catalog and in the fields of a state. */
export function markOf(field: string): string {
  return `${field}:type`;
}

/** The key's field of a mark; any other field as it is. */
export function unmarked(field: string): string {
  return field.endsWith(':type') ? field.slice(0, -':type'.length) : field;
}

/**
 * Which prefix tells which object, for one key: of the objects that it may point to, those that share their prefix with none of
 * the others. With one object only, any Id is of it: the prefix is ''.
 */
export function typesByPrefix({ referenceTo }: FieldDescribe, prefixes: KeyPrefixes): [prefix: string, type: string][] {
  const [first, ...others] = referenceTo;
  if (first !== undefined && others.length === 0) return [['', first]];
  const known = referenceTo.flatMap((type): [string, string][] => {
    const prefix = prefixes.get(type);
    return prefix ? [[prefix, type]] : [];
  });
  return known.filter(([prefix]) => known.filter(([other]) => other === prefix).length === 1);
}

export function referenceTypeSchema({ field }: ReferenceType, key: string): PropertySchema {
  return {
    type: ['null', 'string'],
    title: `${field.label} (object)`,
    description: `API name of the object that ${key} points to; null where it points to nothing, or to an object that the user does not see.`,
    'x-field': markOf(field.name),
  };
}

function nameOf(property: string, { relationshipName }: FieldDescribe, naming: Naming): string {
  const base = relationshipName !== null && NAMED_RELATIONSHIPS.has(relationshipName) ? relationshipName : undefined;
  if (naming === 'api') return `${base ?? property}Type`;
  return `${base === undefined ? property : snakeCase(base)}_type`;
}

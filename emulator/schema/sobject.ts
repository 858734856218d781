/** One object of the schema files, made whole: an entry of short field lines -> what describe returns. */
import type { Field, SObject } from '../model.ts';
import { fieldFromLine, labelOf, type PicklistDependency } from './field.ts';

/** An object as the schema files hold it. Absent means: the plain case. */
export interface SchemaEntry {
  readonly label?: string;
  readonly plural?: string;
  /** Three characters; objects like shares and histories have none in describe. */
  readonly prefix?: string;
  /** The describe flags that are true, by name. */
  readonly flags: string;
  /** `History Account`: what the object is to which parent. */
  readonly of?: string;
  readonly fields: readonly string[];
  /** Numbered fields that fill the object up to `total` fields, their lines by turns. */
  readonly fill?: { readonly prefix: string; readonly total: number; readonly lines: readonly string[] };
  /** Formula text by field; null for roll-ups, which describe as calculated without a formula. */
  readonly formulas?: Readonly<Record<string, string | null>>;
  readonly help?: Readonly<Record<string, string>>;
  /** Picklist values by field, parted by `|`. */
  readonly values?: Readonly<Record<string, string>>;
  /** Dependent picklists, by field: the controlling field, and for each of its values what may be picked, parted by `|`. */
  readonly depends?: Readonly<
    Record<string, { readonly on: string; readonly allows: Readonly<Record<string, string>> }>
  >;
  /** Labels that an admin changed, by field. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What the schema files say once for all objects. */
export interface SharedSchema {
  /** The line of a bare field name. */
  readonly fields: Readonly<Record<string, string>>;
  /** Long lists of reference targets, parted by blanks, named by the first field that has them. */
  readonly targets: Readonly<Record<string, string>>;
  /** Picklist values by `Object.Field` or `Field`. */
  readonly values: Readonly<Record<string, string>>;
}

/** What can be picked where the recorded values of a list aren't known. */
const UNKNOWN_PICKS = ['Standard', 'Custom', 'None'];

/** The flags of a describe global entry that an SObject keeps in `flags`, each of them true or false. */
const FLAGS = [
  'activateable',
  'createable',
  'deepCloneable',
  'deletable',
  'deprecatedAndHidden',
  'feedEnabled',
  'hasSubtypes',
  'isInterface',
  'isSubtype',
  'layoutable',
  'mergeable',
  'mruEnabled',
  'searchable',
  'triggerable',
  'undeletable',
  'updateable',
] as const;

/**
 * The whole object. `exists` tells which objects the org has: references name those only, and a reference to nothing
 * that the org has may be null. Fields are made at the first look at them, since an org has tens of thousands.
 */
export function sobjectFromEntry(
  name: string,
  entry: SchemaEntry,
  shared: SharedSchema,
  exists: (sobject: string) => boolean,
): SObject {
  const flags = new Set(entry.flags.split(' ').filter(Boolean));
  const [associateEntityType = null, associateParentEntity = null] = entry.of?.split(' ') ?? [];
  let fields: readonly Field[] | undefined;
  return {
    name,
    label: entry.label ?? labelOf(name),
    labelPlural: entry.plural ?? `${labelOf(name)}s`,
    keyPrefix: entry.prefix ?? null,
    custom: name.includes('__'),
    customSetting: flags.has('customSetting'),
    queryable: flags.has('queryable'),
    replicateable: flags.has('replicateable'),
    retrieveable: flags.has('retrieveable'),
    associateEntityType,
    associateParentEntity,
    get fields() {
      fields ??= fieldsOf(name, entry, shared, exists);
      return fields;
    },
    flags: Object.fromEntries(FLAGS.map((flag) => [flag, flags.has(flag)])),
  };
}

function fieldsOf(
  sobject: string,
  entry: SchemaEntry,
  shared: SharedSchema,
  exists: (sobject: string) => boolean,
): readonly Field[] {
  const targets = (list: string) => (shared.targets[list] ?? '').split(' ');
  return [...entry.fields, ...filling(entry)].map((written) => {
    const [name = '', own] = written.split(/: (.*)/su);
    const line = own ?? shared.fields[name];
    if (line === undefined) throw new Error(`No line for the field ${sobject}.${name}`);
    const values = entry.values?.[name] ?? shared.values[`${sobject}.${name}`] ?? shared.values[name];
    const notes = {
      formula: entry.formulas?.[name] ?? undefined,
      help: entry.help?.[name],
      depends: dependencyOf(name, entry),
      values: /^(?:multi)?picklist|^combobox/u.test(line) ? (values?.split('|') ?? UNKNOWN_PICKS) : undefined,
    };
    const field = withExistingTargets(fieldFromLine(name, line, notes, targets), exists);
    const label = entry.labels?.[name];
    return label === undefined ? field : Object.freeze({ ...field, label });
  });
}

function dependencyOf(name: string, { depends, values }: SchemaEntry): PicklistDependency | undefined {
  const dependency = depends?.[name];
  if (dependency === undefined) return undefined;
  const controlling = values?.[dependency.on]?.split('|') ?? ['false', 'true'];
  const own = values?.[name]?.split('|') ?? [];
  const allows = (on: string, value: string) => dependency.allows[on]?.split('|').includes(value) === true;
  const allowed = Object.fromEntries(own.map((value) => [value, controlling.filter((on) => allows(on, value))]));
  return { controller: dependency.on, controlling, allowed };
}

function withExistingTargets(field: Field, exists: (sobject: string) => boolean): Field {
  const referenceTo = field['referenceTo'];
  if (!Array.isArray(referenceTo) || referenceTo.every(exists)) return field;
  const there = referenceTo.filter(exists);
  return Object.freeze({ ...field, referenceTo: there, nillable: field['nillable'] === true || there.length === 0 });
}

function filling({ fields, fill }: SchemaEntry): readonly string[] {
  if (fill === undefined) return [];
  const count = fill.total - fields.length;
  return Array.from({ length: count }, (_, n) => {
    const line = fill.lines[n % fill.lines.length] ?? 'string';
    return `${fill.prefix}${String(n + 1).padStart(3, '0')}__c: ${line}`;
  });
}

/** The org's objects by every way in which a query names them: in any case, by key prefix, by relationship. */
import type { Field, PracticeOrg, SObject } from './model.ts';
import { targetsOf } from './schema/field.ts';

export interface ObjectIndex {
  readonly sobject: SObject;
  field(name: string): Field | undefined;
  /** The lookup behind a relationship name: `Owner` -> OwnerId. */
  relationship(name: string): Field | undefined;
}

export interface ChildRelationship {
  readonly childSObject: string;
  readonly field: string;
  /** `Contacts`, `Invoices__r`; null for all but the first lookup of one child to one parent. */
  readonly relationshipName: string | null;
  readonly cascadeDelete: boolean;
}

/** Objects and relationships of one org, kept until its schema changes. */
export class Directory {
  readonly #org: PracticeOrg;
  #revision = -1;
  #known: readonly SObject[] = [];
  #byName = new Map<string, SObject>();
  #byPrefix = new Map<string, SObject>();
  #children: Map<string, ChildRelationship[]> | undefined;
  #schemaRevision = 0;

  constructor(org: PracticeOrg) {
    this.#org = org;
  }

  /** Grows when an object or a field comes or goes; not with rows. */
  get schemaRevision(): number {
    this.#refresh();
    return this.#schemaRevision;
  }

  /** In describe global's order. */
  get all(): readonly SObject[] {
    this.#refresh();
    return this.#known;
  }

  /** By API name, in any case. */
  sobject(name: string): SObject | undefined {
    this.#refresh();
    return this.#byName.get(name.toLowerCase());
  }

  /** The object that an Id belongs to, by its first three characters. */
  ofId(id: string): SObject | undefined {
    this.#refresh();
    return this.#byPrefix.get(id.slice(0, 3));
  }

  /** Lookups of other objects that lead to this one. */
  children(parent: string): readonly ChildRelationship[] {
    this.#refresh();
    this.#children ??= childRelationships(this.#known);
    return this.#children.get(parent) ?? [];
  }

  #refresh(): void {
    if (this.#revision === this.#org.revision) return;
    this.#revision = this.#org.revision;
    const current = [...this.#org.sobjects.values()];
    if (sameObjects(current, this.#known)) return;
    this.#known = current;
    this.#schemaRevision += 1;
    this.#byName = new Map(current.map((sobject) => [sobject.name.toLowerCase(), sobject]));
    this.#byPrefix = new Map(current.flatMap((sobject) => (sobject.keyPrefix ? [[sobject.keyPrefix, sobject]] : [])));
    this.#children = undefined;
  }
}

const indexes = new WeakMap<readonly Field[], ObjectIndex>();

/** The index of an object's fields; made once for each version of the object. */
export function indexOf(sobject: SObject): ObjectIndex {
  const known = indexes.get(sobject.fields);
  if (known) return known;
  const fields = new Map(sobject.fields.map((field) => [field.name.toLowerCase(), field]));
  const relationships = new Map(
    sobject.fields.flatMap((field) => {
      const name = field['relationshipName'];
      return typeof name === 'string' ? [[name.toLowerCase(), field] as const] : [];
    }),
  );
  const index: ObjectIndex = {
    sobject,
    field: (name) => fields.get(name.toLowerCase()),
    relationship: (name) => relationships.get(name.toLowerCase()),
  };
  indexes.set(sobject.fields, index);
  return index;
}

/** The field that names a record (nameField): Name, CaseNumber, Subject … */
export function nameFieldOf(sobject: SObject): Field | undefined {
  return sobject.fields.find((field) => field['nameField'] === true) ?? indexOf(sobject).field('Name');
}

/** The field that says when a row last changed: SystemModstamp, else LastModifiedDate, else CreatedDate. */
export function stampFieldOf(sobject: SObject): string | undefined {
  const { field } = indexOf(sobject);
  return ['SystemModstamp', 'LastModifiedDate', 'CreatedDate'].find((name) => field(name) !== undefined);
}

/** For each object the lookups that lead to it, by its API name; of one object several, where it has several lookups. */
export function childRelationships(sobjects: readonly SObject[]): Map<string, ChildRelationship[]> {
  const byParent = new Map<string, ChildRelationship[]>();
  for (const child of sobjects) {
    const named = new Set<string>();
    for (const field of child.fields) {
      for (const parent of targetsOf(field)) {
        const list = byParent.get(parent) ?? [];
        if (list.length === 0) byParent.set(parent, list);
        const relationshipName = AUDIT_LOOKUPS.has(field.name) || named.has(parent) ? null : childName(child);
        named.add(parent);
        list.push({
          childSObject: child.name,
          field: field.name,
          relationshipName,
          cascadeDelete: field['cascadeDelete'] === true,
        });
      }
    }
  }
  return byParent;
}

function sameObjects(current: readonly SObject[], known: readonly SObject[]): boolean {
  return current.length === known.length && current.every((sobject, at) => sobject === known[at]);
}

/** Lookups that every object has to User: Salesforce names no child relationship for them. */
const AUDIT_LOOKUPS = new Set(['CreatedById', 'LastModifiedById', 'OwnerId']);

function childName(child: SObject): string {
  const plural = child.labelPlural.replaceAll(/[^A-Za-z0-9]+/g, child.custom ? '_' : '');
  return child.custom ? `${plural}__r` : plural;
}

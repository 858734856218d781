/** The documents of describe: of each, which is large, only what replication uses is kept. */
import { parseValue, skipValue, walkElements, walkMembers } from '../json/scan.ts';
import { withCompoundNames } from './compound-name.ts';
import type { FieldDescribe, SObjectDescribe, SObjectSummary } from './metadata.ts';
import { makeFault } from './refusal.ts';

/** The wanted members of an object, as parsed. */
type Raw = Map<string, unknown>;

// prettier-ignore
const SUMMARY_KEYS: ReadonlySet<string> = new Set<keyof SObjectSummary>([
  'name', 'label', 'labelPlural', 'custom', 'customSetting', 'queryable', 'replicateable', 'deprecatedAndHidden', 'keyPrefix',
]);

// prettier-ignore
const FIELD_KEYS: ReadonlySet<keyof FieldDescribe> = new Set([
  'name', 'label', 'type', 'custom', 'filterable', 'sortable', 'calculated', 'nillable', 'compoundFieldName', 'inlineHelpText',
  'referenceTo', 'relationshipName', 'polymorphicForeignKey', 'length', 'precision', 'scale',
]);

/** Most fields refer to nothing; one list for all of them is megabytes less in a large org. */
const NOWHERE: readonly string[] = [];

/** Fields that every object has, as last seen, by name: Id, OwnerId, CreatedDate … are most of what a large org describes. */
const standardFields = new Map<string, FieldDescribe>();

/**
 * The objects of a describe global; undefined for a document without a list of them. `purpose` is what the request was for.
 * Throws fault `metadata` for what is no such document.
 */
export function readSummaries(bytes: Uint8Array, purpose: string): SObjectSummary[] | undefined {
  return understand(purpose, () => {
    let summaries: SObjectSummary[] | undefined;
    walkMembers(bytes, 0, (key, start) => {
      if (key !== 'sobjects') return skipValue(bytes, start);
      const list: SObjectSummary[] = (summaries = []);
      return pickEach(bytes, start, SUMMARY_KEYS, (raw) => list.push(summaryOf(raw)));
    });
    return summaries;
  });
}

/** A describe of `name`, which not every host repeats in it. Throws fault `metadata` for what is none, or has no fields. */
export function readDescribe(bytes: Uint8Array, name: string, purpose: string): SObjectDescribe {
  return understand(purpose, () => {
    const fields: FieldDescribe[] = [];
    const summary: Raw = new Map([['name', name]]);
    walkMembers(bytes, 0, (key, start) => {
      if (key === 'fields') return pickEach(bytes, start, FIELD_KEYS, (raw) => fields.push(shared(fieldOf(raw))));
      return pickMember(bytes, key, start, SUMMARY_KEYS, summary);
    });
    if (fields.length === 0) throw new TypeError('a describe without fields');
    const areCompoundsTold = fields.some(({ compoundFieldName }) => compoundFieldName !== null);
    return { ...summaryOf(summary), fields: areCompoundsTold ? fields : withCompoundNames(fields) };
  });
}

/** The wanted members of each object of an array, parsed; all others are only walked over. Returns the array's end. */
function pickEach(bytes: Uint8Array, at: number, keys: ReadonlySet<string>, take: (raw: Raw) => void): number {
  const raw: Raw = new Map();
  return walkElements(bytes, at, (start) => {
    raw.clear();
    const end = walkMembers(bytes, start, (key, valueStart) => pickMember(bytes, key, valueStart, keys, raw));
    take(raw);
    return end;
  });
}

function pickMember(bytes: Uint8Array, key: string, start: number, keys: ReadonlySet<string>, raw: Raw): number {
  const end = skipValue(bytes, start);
  if (keys.has(key)) raw.set(key, parseValue(bytes, start, end));
  return end;
}

/**
 * An object by what the org tells of it. Salesforce tells everything; of other hosts that speak its API, what is left out is
 * what the name tells, or what lets the object be tried: a refusal is then the org's own word.
 */
function summaryOf(raw: Raw): SObjectSummary {
  const name = text(raw, 'name');
  return {
    name,
    label: textOr(raw, 'label', name),
    labelPlural: textOr(raw, 'labelPlural', name),
    custom: flag(raw, 'custom', /__\w+$/.test(name)),
    customSetting: flag(raw, 'customSetting', false),
    queryable: flag(raw, 'queryable', true),
    replicateable: flag(raw, 'replicateable', true),
    deprecatedAndHidden: flag(raw, 'deprecatedAndHidden', false),
    keyPrefix: textOrNull(raw, 'keyPrefix'),
  };
}

/** A field by what the org tells of it; as with objects, what is left out is tried. */
function fieldOf(raw: Raw): FieldDescribe {
  const name = text(raw, 'name');
  const targets = raw.get('referenceTo');
  const referenceTo = Array.isArray(targets) && targets.length > 0 ? targets.map(String) : NOWHERE;
  return {
    name,
    label: textOr(raw, 'label', name),
    type: text(raw, 'type'),
    custom: flag(raw, 'custom', /__\w+$/.test(name)),
    filterable: flag(raw, 'filterable', true),
    sortable: flag(raw, 'sortable', true),
    calculated: flag(raw, 'calculated', false),
    nillable: flag(raw, 'nillable', true),
    compoundFieldName: textOrNull(raw, 'compoundFieldName'),
    inlineHelpText: textOrNull(raw, 'inlineHelpText'),
    referenceTo,
    relationshipName: textOrNull(raw, 'relationshipName'),
    polymorphicForeignKey: flag(raw, 'polymorphicForeignKey', referenceTo.length > 1),
    length: numberOr0(raw, 'length'),
    precision: numberOr0(raw, 'precision'),
    scale: numberOr0(raw, 'scale'),
  };
}

/** The same field for the same description: a thousand describes are kept while a catalog is read. */
function shared(field: FieldDescribe): FieldDescribe {
  if (field.custom) return field;
  const known = standardFields.get(field.name);
  if (known !== undefined && isSame(known, field)) return known;
  standardFields.set(field.name, field);
  return field;
}

function isSame(one: FieldDescribe, other: FieldDescribe): boolean {
  for (const key of FIELD_KEYS) if (one[key] !== other[key] && key !== 'referenceTo') return false;
  return (
    one.referenceTo.length === other.referenceTo.length &&
    one.referenceTo.every((name, i) => name === other.referenceTo[i])
  );
}

function text(raw: Raw, key: string): string {
  const value = raw.get(key);
  if (typeof value === 'string') return value;
  throw new TypeError(`a describe without ${key}`);
}

function flag(raw: Raw, key: string, fallback: boolean): boolean {
  const value = raw.get(key);
  return typeof value === 'boolean' ? value : fallback;
}

function textOr(raw: Raw, key: string, fallback: string): string {
  const value = raw.get(key);
  return typeof value === 'string' ? value : fallback;
}

function textOrNull(raw: Raw, key: string): string | null {
  const value = raw.get(key);
  return typeof value === 'string' ? value : null;
}

function numberOr0(raw: Raw, key: string): number {
  const value = raw.get(key);
  return typeof value === 'number' ? value : 0;
}

function understand<T>(purpose: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw makeFault('metadata', { purpose, message: cause instanceof Error ? cause.message : String(cause), cause });
  }
}

/**
 * The schema's short field lines, made whole: `Amount: currency(18,2) +ncuy 'Total` -> a describe's field of 57 keys.
 *
 *   name: type(args) +flags >Target,Target .Relationship ~Compound =extraTypeInfo 'Label
 *
 * Only what differs from the type's usual values is written; a bare name means the line of that name in shared.json.
 */
import type { Field } from '../model.ts';

/** What a field line leaves out and the object knows. */
export interface FieldNotes {
  readonly values?: readonly string[] | undefined;
  readonly formula?: string | undefined;
  readonly help?: string | undefined;
  readonly depends?: PicklistDependency | undefined;
}

/** On which field a picklist depends, that field's values in their order, and with which of them each own value may stand. */
export interface PicklistDependency {
  readonly controller: string;
  readonly controlling: readonly string[];
  readonly allowed: Readonly<Record<string, readonly string[]>>;
}

/** How a type answers unless its line says otherwise; counted over recorded describes, v37 to v60. */
interface TypeFacts {
  readonly soapType: string;
  readonly length?: number;
  readonly defaultValue?: false;
  readonly filterable?: false;
  readonly sortable?: false;
  readonly groupable?: false;
  readonly aggregatable?: false;
}

const UNGROUPABLE = { groupable: false } as const;
const OPAQUE = { filterable: false, sortable: false, groupable: false, aggregatable: false } as const;

const TYPES: Readonly<Record<string, TypeFacts>> = {
  id: { soapType: 'tns:ID', length: 18 },
  reference: { soapType: 'tns:ID', length: 18 },
  string: { soapType: 'xsd:string', length: 255 },
  textarea: { soapType: 'xsd:string', length: 255 },
  picklist: { soapType: 'xsd:string', length: 255 },
  combobox: { soapType: 'xsd:string', length: 255, ...UNGROUPABLE },
  multipicklist: { soapType: 'xsd:string', length: 4099, sortable: false, groupable: false, aggregatable: false },
  encryptedstring: { soapType: 'xsd:string', length: 175, ...OPAQUE },
  phone: { soapType: 'xsd:string', length: 40 },
  email: { soapType: 'xsd:string', length: 80 },
  url: { soapType: 'xsd:string', length: 255 },
  boolean: { soapType: 'xsd:boolean', defaultValue: false, aggregatable: false },
  int: { soapType: 'xsd:int' },
  long: { soapType: 'xsd:long' },
  double: { soapType: 'xsd:double', ...UNGROUPABLE },
  currency: { soapType: 'xsd:double', ...UNGROUPABLE },
  percent: { soapType: 'xsd:double', ...UNGROUPABLE },
  date: { soapType: 'xsd:date' },
  datetime: { soapType: 'xsd:dateTime', ...UNGROUPABLE },
  time: { soapType: 'xsd:time', groupable: false, aggregatable: false },
  base64: { soapType: 'xsd:base64Binary', ...OPAQUE },
  anyType: { soapType: 'xsd:anyType', ...OPAQUE },
  address: { soapType: 'urn:address', sortable: false, groupable: false, aggregatable: false },
  location: { soapType: 'urn:location', ...OPAQUE },
  json: { soapType: 'tns:json', ...OPAQUE },
};

/** Flags that a letter sets. Capitals (F S G A) turn the type's filterable, sortable, groupable, aggregatable round. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  n: ['nillable'],
  c: ['createable'],
  u: ['updateable'],
  d: ['defaultedOnCreate'],
  k: ['idLookup'],
  m: ['nameField'],
  p: ['namePointing', 'polymorphicForeignKey'],
  f: ['calculated'],
  a: ['autoNumber'],
  q: ['unique'],
  x: ['externalId', 'idLookup'],
  e: ['restrictedPicklist'],
  w: ['dependentPicklist'],
  y: ['permissionable'],
  z: ['searchPrefilterable'],
  v: ['cascadeDelete', 'writeRequiresMasterRead'],
  t: ['htmlFormatted'],
};

/** The 57 keys, in describe's order, as the plainest field has them. */
const PLAIN = {
  aggregatable: true,
  aiPredictionField: false,
  autoNumber: false,
  byteLength: 0,
  calculated: false,
  calculatedFormula: null,
  cascadeDelete: false,
  caseSensitive: false,
  compoundFieldName: null,
  controllerName: null,
  createable: false,
  custom: false,
  defaultValue: null,
  defaultValueFormula: null,
  defaultedOnCreate: false,
  dependentPicklist: false,
  deprecatedAndHidden: false,
  digits: 0,
  displayLocationInDecimal: false,
  encrypted: false,
  externalId: false,
  extraTypeInfo: null,
  filterable: true,
  filteredLookupInfo: null,
  formulaTreatNullNumberAsZero: false,
  groupable: true,
  highScaleNumber: false,
  htmlFormatted: false,
  idLookup: false,
  inlineHelpText: null,
  label: '',
  length: 0,
  mask: null,
  maskType: null,
  name: '',
  nameField: false,
  namePointing: false,
  nillable: false,
  permissionable: false,
  picklistValues: [],
  polymorphicForeignKey: false,
  precision: 0,
  queryByDistance: false,
  referenceTargetField: null,
  referenceTo: [],
  relationshipName: null,
  relationshipOrder: null,
  restrictedDelete: false,
  restrictedPicklist: false,
  scale: 0,
  searchPrefilterable: false,
  soapType: 'xsd:string',
  sortable: true,
  type: 'string',
  unique: false,
  updateable: false,
  writeRequiresMasterRead: false,
} as const;

const LINE = /^(\w+)(?:\(([\d,]+)\))?(?: \+(\w+))?(?: >(\S+))?(?: \.(\S+))?(?: ~(\S+))?(?: =(\S+))?(?: '(.+))?$/u;

/**
 * A field from its line (without the name) and the object's notes on it. `targets` finds a named list of reference
 * targets (`>@Event.WhatId`). Throws on a line that isn't of the form above.
 */
export function fieldFromLine(
  name: string,
  line: string,
  notes: FieldNotes,
  targets: (listName: string) => readonly string[],
): Field {
  const parts = LINE.exec(line);
  if (parts === null) throw new Error(`Field line not understood: ${name}: ${line}`);
  const [, type = 'string', args = '', letters = '', refs, relationship, compound, extra, label] = parts;
  const referenceTo = refs === undefined ? [] : refs.startsWith('@') ? targets(refs.slice(1)) : refs.split(',');
  const sizes = sized(type, args.split(',').filter(Boolean).map(Number));
  return filled(sizes, flagged(type, letters, sizes.length ?? 0), {
    ...constants(type),
    name,
    type,
    label: label ?? labelOf(name),
    custom: name.endsWith('__c') || name.endsWith('__s'),
    compoundFieldName: compound ?? null,
    extraTypeInfo: extra ?? null,
    referenceTo,
    relationshipName: referenceTo.length === 0 ? null : (relationship ?? relationshipOf(name)),
    ...(notes.depends && { controllerName: notes.depends.controller, dependentPicklist: true }),
    picklistValues: (notes.values ?? []).map((value) => picklistValue(value, notes.depends)),
    calculatedFormula: notes.formula ?? null,
    inlineHelpText: notes.help ?? null,
  });
}

/**
 * A describe's field from what is known of it: the type's usual values fill the rest, so that a field added at run time
 * (of a type nobody has heard of, too) has all 57 keys.
 */
export function wholeField(known: Partial<Field> & { name: string; type: string }): Field {
  const sizes = sized(known.type, []);
  const length = typeof known['length'] === 'number' ? known['length'] : (sizes.length ?? 0);
  return filled(sizes, flagged(known.type, '', length), constants(known.type), {
    label: labelOf(known.name),
    ...known,
  });
}

/** True for address and location fields: REST shows them as objects made of their parts, Bulk refuses them. */
export function isCompound(field: Field): boolean {
  return field.type === 'address' || field.type === 'location';
}

/** Objects that a lookup may lead to. */
export function targetsOf(field: Field): readonly string[] {
  const targets = field['referenceTo'];
  return Array.isArray(targets) ? targets.map(String) : [];
}

/** `AnnualRevenue` -> `Annual Revenue`; `Due_Date__c` -> `Due Date`; `OwnerId` -> `Owner ID`. */
export function labelOf(name: string): string {
  const bare = name.replace(/^[a-zA-Z]\w*?__(?=\w+__c$)/u, '').replace(/__[a-z]+$/u, '');
  const spaced = bare.replaceAll('_', ' ').replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/gu, ' ');
  return spaced.replace(/ Id$/u, ' ID');
}

/** One shape for all: tens of thousands of fields, which V8 would otherwise keep as hash tables of 6 kB each. */
function filled(...layers: readonly Readonly<Record<string, unknown>>[]): Field {
  return Object.freeze(Object.assign({ ...PLAIN }, ...layers));
}

/** What is the same for all fields of a type. */
function constants(type: string): { readonly soapType: string; readonly defaultValue: false | null } {
  return { soapType: TYPES[type]?.soapType ?? 'xsd:string', defaultValue: TYPES[type]?.defaultValue ?? null };
}

function sized(type: string, args: readonly number[]) {
  const [first, second] = args;
  if (type === 'int' || type === 'long') return { digits: first ?? (type === 'int' ? 9 : 18) };
  if (type === 'double' || type === 'currency' || type === 'percent') {
    return { precision: first ?? 18, scale: second ?? (type === 'double' ? 0 : 2) };
  }
  if (type === 'multipicklist') return { length: 4099, byteLength: 12_297, precision: first ?? 3 };
  const length = first ?? TYPES[type]?.length ?? 0;
  // Text is stored with up to three bytes a character; ids are ASCII.
  return { length, byteLength: type === 'id' || type === 'reference' ? length : length * 3 };
}

function flagged(type: string, letters: string, length: number): Record<string, boolean> {
  const long = type === 'textarea' && length > 255;
  const facts = long ? OPAQUE : TYPES[type];
  const flags: Record<string, boolean> = {
    filterable: facts?.filterable ?? true,
    sortable: facts?.sortable ?? true,
    groupable: facts?.groupable ?? true,
    aggregatable: facts?.aggregatable ?? true,
  };
  if (type === 'address' || type === 'location') flags['queryByDistance'] = true;
  for (const letter of letters) {
    const turned = { F: 'filterable', S: 'sortable', G: 'groupable', A: 'aggregatable' }[letter];
    if (turned !== undefined) flags[turned] = !flags[turned];
    for (const key of FLAGS[letter] ?? []) flags[key] = true;
  }
  return flags;
}

/** `OwnerId` -> `Owner`, `Invoice__c` -> `Invoice__r`. */
function relationshipOf(name: string): string {
  return name.endsWith('__c') ? `${name.slice(0, -1)}r` : name.replace(/Id$/u, '');
}

function picklistValue(value: string, depends: PicklistDependency | undefined) {
  const validFor = depends === undefined ? null : bitsOf(depends, depends.allowed[value] ?? []);
  return { active: true, defaultValue: false, label: value, validFor, value };
}

/** A bit for each controlling value, the first one highest, filled up to whole groups of base64 (SOAP API guide, "PicklistEntry"). */
function bitsOf({ controlling }: PicklistDependency, allowed: readonly string[]): string {
  const bits = controlling.map((value) => (allowed.includes(value) ? '1' : '0')).join('');
  const octets = bits.padEnd(Math.ceil(bits.length / 24) * 24, '0').match(/.{8}/gu) ?? [];
  return Buffer.from(octets.map((octet) => Number.parseInt(octet, 2))).toString('base64');
}

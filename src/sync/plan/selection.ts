/** From what the user selected to what the query asks and what a record holds. Pure. */
import type { ConfiguredStream, PromisedType } from '../../airbyte/protocol.ts';
import type { Naming } from '../../config/config.ts';
import type { Column, ScalarKind } from '../../record/column.ts';
import { compoundParts } from '../../record/compound.ts';
import { fieldType } from '../../record/field-type.ts';
import type { FieldDescribe, SObjectDescribe } from '../../salesforce/metadata.ts';
import { ADDED_PROPERTIES } from '../../collections/property-name.ts';
import { markOf, selectedTypes, typesByPrefix, type KeyPrefixes } from '../offer/reference-type.ts';
import { propertiesOf, type Property } from '../offer/stream-schema.ts';

export interface SelectionOptions {
  readonly naming: Naming;
  readonly apiVersion: string;
  readonly segmentColumns: boolean;
  readonly hardDeletes: boolean;
  readonly referenceTypes: boolean;
  /** Of the objects that keys point to, where `referenceTypes` is on. */
  readonly keyPrefixes?: KeyPrefixes;
}

export interface RetypedProperty {
  readonly property: string;
  readonly promised: PromisedType;
  /** Salesforce's type now. */
  readonly type: string;
}

export interface Selection {
  /** What a record holds, Id first, then by name. */
  readonly columns: readonly Column[];
  /** What the SOQL selects: the columns' fields, and Id and the cursor where the read needs them. */
  readonly fields: readonly string[];
  /** API names of the selected fields, compound and base64 ones too, and marks of reference types, sorted: the selection's fingerprint. */
  readonly selected: readonly string[];
  /** Properties whose values are no longer of the type that the configured schema promises. */
  readonly retyped: readonly RetypedProperty[];
  /** Configured properties that the org no longer has. */
  readonly missing: readonly string[];
  /** Selected formula and roll-up fields. */
  readonly calculated: readonly string[];
  /** Property of Id, of the cursor, of IsDeleted, where selected. */
  readonly idProperty?: string;
  readonly cursorProperty?: string;
  readonly isDeletedProperty?: string;
}

/**
 * Resolves a configured stream against the describe of its object. `cursorField` is the object's cursor, whether selected
 * or not. Properties are found by the catalog's `x-field`, else by their name.
 */
export function selectProperties(
  stream: ConfiguredStream,
  describe: SObjectDescribe,
  cursorField: string | undefined,
  options: SelectionOptions,
): Selection {
  const known = propertiesOf(describe, options.naming);
  const chosen = chooseFields(stream, known);
  const columns = known.flatMap(({ field }) =>
    (chosen.propertiesOf.get(field.name) ?? []).map((property) =>
      promisedColumn(columnOf(field, property, describe, options.apiVersion), stream),
    ),
  );
  const types = typeColumns(stream, known, options);
  const added = [...stream.properties.keys()].flatMap((property) => addedColumn(property, chosen.missing, options));
  const needed = ['Id', cursorField].filter((name): name is string =>
    describe.fields.some((field) => field.name === name),
  );
  const selected = known.filter(({ field }) => chosen.propertiesOf.has(field.name)).map(({ field }) => field);
  const roles = { idProperty: 'Id', cursorProperty: cursorField, isDeletedProperty: 'IsDeleted' };
  return {
    columns: [...columns, ...types, ...added],
    fields: [...new Set([...columns, ...types].flatMap(fieldsOf).concat(needed))],
    selected: [...selected.map((field) => field.name), ...types.map(({ field }) => markOf(field))].sort(),
    retyped: retypedOf(columns, known, stream),
    missing: chosen.missing.filter((property) => ![...added, ...types].some((column) => column.property === property)),
    calculated: selected.filter((field) => field.calculated).map((field) => field.name),
    ...Object.fromEntries(
      Object.entries(roles).flatMap(([role, field]) => {
        const property = field && chosen.propertiesOf.get(field)?.[0];
        return property === undefined || property === '' ? [] : [[role, property]];
      }),
    ),
  };
}

/** Selected properties that earlier rows can't have, given the fields that a former run wrote. */
export function newlySelected(selection: Selection, writtenBefore: readonly string[] | undefined): string[] {
  if (!writtenBefore) return [];
  const known = new Set(writtenBefore);
  return selection.selected.filter((field) => !known.has(field));
}

function chooseFields(stream: ConfiguredStream, known: readonly Property[]) {
  const byApiName = new Map(known.map(({ field }) => [field.name.toLowerCase(), field.name]));
  const byProperty = new Map(known.map(({ field, property }) => [property, field.name]));
  const wanted =
    stream.properties.size > 0 ? stream.properties : new Map([...byProperty.keys()].map((name) => [name, undefined]));
  const propertiesOf = new Map<string, string[]>();
  const missing: string[] = [];
  for (const [property, apiName] of wanted) {
    // A catalog that names the field is believed: another field that now has its property's name is not the same.
    const field = apiName === undefined ? byProperty.get(property) : byApiName.get(apiName.toLowerCase());
    if (field === undefined) missing.push(property);
    else propertiesOf.set(field, [...(propertiesOf.get(field) ?? []), property]);
  }
  return { propertiesOf, missing };
}

/**
 * Where objects keep the size of their file: Attachment, Document, StaticResource and others in BodyLength, ContentVersion in
 * ContentSize (Object Reference); EventLogFile's LogFileLength is named after its field.
 */
const SIZE_FIELDS: ReadonlySet<string> = new Set(['BodyLength', 'ContentSize']);

function columnOf(field: FieldDescribe, property: string, describe: SObjectDescribe, apiVersion: string): Column {
  if (field.type === 'address' || field.type === 'location') {
    return { kind: 'compound', property, parts: compoundParts(field, describe.fields) };
  }
  if (field.type === 'base64') {
    const before = `/services/data/v${apiVersion}/sobjects/${describe.name}/`;
    const isSize = (name: string) => name === `${field.name}Length` || SIZE_FIELDS.has(name);
    const sizeField = describe.fields.find(({ name }) => isSize(name))?.name;
    return { kind: 'url', property, field: 'Id', before, after: `/${field.name}`, ...(sizeField && { sizeField }) };
  }
  return { kind: fieldType(field.type).kind, property, field: field.name };
}

/**
 * The column with the type that the configured schema promises, where the field has become another since it was made: values
 * that still fit leave, the others become null and the record says so (`meta.changes`).
 */
function promisedColumn(column: Column, { types }: ConfiguredStream): Column {
  const promised = types?.get(column.property);
  if (promised === undefined || !isScalar(column)) return column;
  return keepsPromise(column.kind, promised) ? column : { ...column, kind: promised };
}

function retypedOf(
  columns: readonly Column[],
  known: readonly Property[],
  { types }: ConfiguredStream,
): readonly RetypedProperty[] {
  if (types === undefined) return [];
  const typeOf = new Map(known.map(({ field }) => [field.name, field.type]));
  return columns.flatMap((column) => {
    const promised = types.get(column.property);
    const type = isScalar(column) ? typeOf.get(column.field) : undefined;
    if (promised === undefined || type === undefined) return [];
    return keepsPromise(fieldType(type).kind, promised) ? [] : [{ property: column.property, promised, type }];
  });
}

/** Whether the column is a field's value as it is. */
function isScalar(column: Column): column is Column & { kind: ScalarKind } {
  return 'field' in column && column.kind !== 'url' && column.kind !== 'reference_type';
}

/** Dates are strings to a host that was promised no more, and integers are numbers. */
function keepsPromise(kind: ScalarKind, promised: PromisedType): boolean {
  if (promised === 'string') return !['number', 'integer', 'boolean'].includes(kind);
  return kind === promised || (promised === 'number' && kind === 'integer');
}

function typeColumns(
  stream: ConfiguredStream,
  known: readonly Property[],
  { referenceTypes, naming, keyPrefixes = new Map() }: SelectionOptions,
): (Column & { kind: 'reference_type' })[] {
  if (!referenceTypes) return [];
  return selectedTypes(stream, known, naming).map(({ property, field }) => {
    return { kind: 'reference_type', property, field: field.name, types: typesByPrefix(field, keyPrefixes) };
  });
}

function addedColumn(property: string, missing: readonly string[], options: SelectionOptions): Column[] {
  if (!missing.includes(property)) return [];
  const { deletedAt, receivedAt, uuidTs } = ADDED_PROPERTIES;
  if (property === deletedAt && options.hardDeletes) return [{ kind: 'literal', property, json: 'null' }];
  if ((property === receivedAt || property === uuidTs) && options.segmentColumns)
    return [{ kind: 'emitted_at', property }];
  return [];
}

function fieldsOf(column: Column): string[] {
  if (column.kind === 'compound') return column.parts.map((part) => part.field);
  if (column.kind === 'literal' || column.kind === 'emitted_at') return [];
  return column.kind === 'url' && column.sizeField !== undefined ? [column.field, column.sizeField] : [column.field];
}

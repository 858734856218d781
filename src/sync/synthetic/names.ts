/**
 * The names stream: each person, queue or record that a Who, What or Owner key of the selected collections points to, once.
 * Salesforce does not let the Name object be queried; its fields are reachable through the polymorphic lookups only.
 */
import type { AirbyteStream, ConfiguredStream } from '../../airbyte/protocol.ts';
import type { JsonObject } from '../../json/value.ts';
import type { Column } from '../../record/column.ts';
import type { FieldDescribe, SObjectDescribe } from '../../salesforce/metadata.ts';
import { kindOf } from '../offer/object-kind.ts';
import { streamOf, type StreamOptions } from '../offer/stream-schema.ts';
import { missingNotes } from '../plan/notes.ts';
import type { PlanContext, Reading } from '../plan/plan.ts';
import { selectProperties } from '../plan/selection.ts';
import { readState } from '../plan/saved-state.ts';
import type { QueriedStream } from './synthetic-stream.ts';

export const names: QueriedStream = {
  kind: 'queried',
  sobject: 'Name',
  describe: documentedName,
  offer: offerNames,
  plan: planNames,
  replan: withoutNames,
};

const RELATIONSHIPS = new Set(['Who', 'What', 'Owner']);

/** Keyed like an object, but there is nothing of its own to resume: its readings start anew in every run. */
function offerNames(describe: SObjectDescribe, name: string, options: StreamOptions): AirbyteStream {
  const { source_defined_cursor: _cursor, ...stream } = streamOf(describe, name, options);
  return { ...stream, is_resumable: false };
}

/** The object behind the names stream by the Object Reference, for orgs that don't describe it. */
function documentedName(): SObjectDescribe {
  return {
    name: 'Name',
    label: 'Name',
    labelPlural: 'Names',
    custom: false,
    customSetting: false,
    queryable: false,
    replicateable: false,
    deprecatedAndHidden: false,
    keyPrefix: null,
    fields: NAME_FIELDS.map(([name, type, label]) => documentedField(name, type, label)),
  };
}

/**
 * One reading for each polymorphic lookup among the selected properties of the other streams' readings; an idle one where
 * there is none, and none at all where the org knows none of the selected properties. They start anew in every run, so that a Bulk job of a former one (in `saved`) is only to be deleted.
 */
function planNames(
  stream: ConfiguredStream,
  name: SObjectDescribe,
  others: readonly Reading[],
  saved: JsonObject | undefined,
  context: PlanContext,
): Reading[] {
  const { config, apiVersion } = context;
  const wanted = selectProperties(stream, name, undefined, {
    ...config,
    apiVersion,
    hardDeletes: false,
    referenceTypes: false,
  });
  if (wanted.columns.length === 0) return [];
  const readings = others.flatMap((other) =>
    keysOf(other).map((key) => namesReading(stream, other.describe, key, wanted.columns, context)),
  );
  const [first = readingOf(stream, name, wanted.columns, wanted.fields, context), ...further] = readings;
  const abandonedJob = readState(saved ?? {}, undefined, undefined).state.resume?.job;
  const notes = missingNotes(stream, wanted);
  return [{ ...first, notes, ...(abandonedJob && { abandonedJob }) }, ...further];
}

/** A reading of names without the fields that the org does not know there: a lookup with one target shows that target's fields. */
function withoutNames(reading: Reading, lost: ReadonlySet<string>): Reading {
  const { selection } = reading;
  const isLost = (field: string) => lost.has(field.slice(field.indexOf('.') + 1));
  const columns = selection.columns.map((column): Column =>
    'field' in column && isLost(column.field) ? { kind: 'literal', property: column.property, json: 'null' } : column,
  );
  return {
    ...reading,
    selection: { ...selection, columns, fields: selection.fields.filter((field) => !isLost(field)) },
  };
}

/** The polymorphic Who, What and Owner lookups among a reading's selected fields. */
function keysOf({ describe, selection }: Reading): FieldDescribe[] {
  const selected = new Set(selection.selected);
  return describe.fields.filter(
    (field) =>
      field.polymorphicForeignKey &&
      RELATIONSHIPS.has(field.relationshipName ?? '') &&
      selected.has(field.name) &&
      field.filterable,
  );
}

function namesReading(
  stream: ConfiguredStream,
  describe: SObjectDescribe,
  key: FieldDescribe,
  nameColumns: readonly Column[],
  context: PlanContext,
): Reading {
  // The key itself is the Id of what it points to.
  const columns = nameColumns.map((column): Column =>
    isId(column) ? { kind: 'string', property: column.property, field: key.name } : throughKey(column, key),
  );
  const used = columns.flatMap((column) => ('field' in column ? [column.field] : []));
  const reading = readingOf(stream, describe, columns, ['Id', ...new Set([key.name, ...used])], context);
  return { ...reading, distinctBy: key.name, windows: [{ where: `${key.name} != null` }] };
}

function readingOf(
  stream: ConfiguredStream,
  describe: SObjectDescribe,
  columns: readonly Column[],
  fields: readonly string[],
  { startedAt, organizationId }: PlanContext,
): Reading {
  return {
    stream,
    describe,
    kind: kindOf(describe),
    selection: { columns, fields, selected: [], retyped: [], missing: [], calculated: [] },
    incremental: false,
    whole: true,
    why: 'it is put together from what other streams read',
    windows: [],
    startedAt,
    currentState: { organizationId },
    finalState: { organizationId },
    notes: [],
  };
}

function throughKey(column: Column, key: FieldDescribe): Column {
  return 'field' in column ? { ...column, field: `${key.relationshipName}.${column.field}` } : column;
}

function isId(column: Column): boolean {
  return 'field' in column && column.field === 'Id';
}

const NAME_FIELDS = [
  ['Id', 'id', 'ID'],
  ['Alias', 'string', 'Alias'],
  ['Email', 'email', 'Email'],
  ['FirstName', 'string', 'First Name'],
  ['IsActive', 'boolean', 'Active'],
  ['LastName', 'string', 'Last Name'],
  ['LastReferencedDate', 'datetime', 'Last Referenced Date'],
  ['LastViewedDate', 'datetime', 'Last Viewed Date'],
  ['Name', 'string', 'Name'],
  ['NameOrAlias', 'string', 'Name or Alias'],
  ['Phone', 'phone', 'Phone'],
  ['ProfileId', 'reference', 'Profile ID'],
  ['RecordTypeId', 'reference', 'Record Type ID'],
  ['Title', 'string', 'Title'],
  ['Type', 'picklist', 'Type'],
  ['UserRoleId', 'reference', 'Role ID'],
  ['Username', 'string', 'Username'],
] as const;

function documentedField(name: string, type: string, label: string): FieldDescribe {
  return {
    name,
    label,
    type,
    custom: false,
    filterable: true,
    sortable: true,
    calculated: false,
    nillable: name !== 'Id',
    compoundFieldName: null,
    inlineHelpText: null,
    referenceTo: [],
    relationshipName: null,
    polymorphicForeignKey: false,
    length: 0,
    precision: 0,
    scale: 0,
  };
}

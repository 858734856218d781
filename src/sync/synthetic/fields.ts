/** The fields stream of the data dictionary: every field that the user sees of the selected objects. */
import type { JsonObject } from '../../json/value.ts';
import { nameProperties } from '../../collections/property-name.ts';
import type { DescribeDetails } from '../../salesforce/describe-details.ts';
import type { FieldDescribe } from '../../salesforce/metadata.ts';
import type { Reading } from '../plan/plan.ts';
import { describedObjects } from './described-object.ts';
import { BOOLEAN, INTEGER, TEXT, type Material, type WrittenStream } from './synthetic-stream.ts';

export const fields: WrittenStream = {
  kind: 'written',
  sobject: 'modstamp.fields',
  name: 'fields',
  title: 'Fields',
  description: 'What each field of the selected objects is: its label, type, formula, and the column it is in.',
  columns: {
    object: { ...TEXT, title: 'Object', description: 'API name of the object.' },
    api_name: { ...TEXT, title: 'API name' },
    stream: { ...TEXT, title: 'Stream', description: 'The stream, and so the table, that holds the object.' },
    column: {
      ...TEXT,
      title: 'Column',
      description: 'The column that holds the field; null where it is not selected.',
    },
    label: { ...TEXT, title: 'Label' },
    help_text: { ...TEXT, title: 'Help text' },
    type: { ...TEXT, title: 'Type', description: "Salesforce's type, such as picklist or currency." },
    length: { ...INTEGER, title: 'Length' },
    precision: { ...INTEGER, title: 'Precision' },
    scale: { ...INTEGER, title: 'Scale' },
    formula_text: { ...TEXT, title: 'Formula', description: 'Null for roll-up summaries, which have no text.' },
    references: {
      ...TEXT,
      title: 'References',
      description: 'API names of the objects it may point to, joined by commas.',
    },
    compound_of: { ...TEXT, title: 'Compound of', description: 'The address, name or location that it is a part of.' },
    controlling_field: { ...TEXT, title: 'Controlling field', description: 'On which a dependent picklist depends.' },
    nillable: { ...BOOLEAN, title: 'May be null' },
    custom: { ...BOOLEAN, title: 'Custom' },
    deprecated: { ...BOOLEAN, title: 'Deprecated and hidden' },
  },
  key: ['object', 'api_name'],
  needsDetails: true,
  isOn: ({ dataDictionary }) => dataDictionary,
  rows: fieldRows,
};

function* fieldRows(material: Material): Generator<JsonObject> {
  for (const { reading, details } of describedObjects(material)) {
    const columnOf = columnFinder(reading, material);
    for (const field of reading.describe.fields) yield fieldRow(reading, field, columnOf(field.name), details);
  }
}

function fieldRow(
  { stream, describe }: Reading,
  field: FieldDescribe,
  column: string | undefined,
  details: DescribeDetails,
): JsonObject {
  const own = details.fields.get(field.name);
  return {
    object: describe.name,
    api_name: field.name,
    stream: stream.name,
    column: column ?? null,
    label: field.label,
    help_text: field.inlineHelpText,
    type: field.type,
    length: field.length,
    precision: field.precision,
    scale: field.scale,
    formula_text: own?.formula ?? null,
    references: field.referenceTo.length > 0 ? field.referenceTo.join(',') : null,
    compound_of: field.compoundFieldName,
    controlling_field: own?.controllerName ?? null,
    nillable: field.nillable,
    custom: field.custom,
    deprecated: own?.deprecated ?? false,
  };
}

/** Finds the column that a field is written to: the configured catalog says it, or else the naming. */
function columnFinder({ stream, describe, selection }: Reading, { config }: Material) {
  const { names } = nameProperties(config.naming, describe.fields);
  const selected = new Set(selection.selected);
  const told = new Map([...stream.properties].map(([property, field]) => [field?.toLowerCase(), property]));
  return (field: string) => (selected.has(field) ? (told.get(field.toLowerCase()) ?? names.get(field)) : undefined);
}

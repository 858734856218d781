/** The picklist_values stream of the data dictionary: what may be picked in each picklist of the selected objects. */
import type { JsonObject } from '../../json/value.ts';
import { controllingValues, type DescribeDetails, type PicklistEntry } from '../../salesforce/describe-details.ts';
import type { SObjectDescribe } from '../../salesforce/metadata.ts';
import { describedObjects } from './described-object.ts';
import { BOOLEAN, INTEGER, TEXT, type Material, type WrittenStream } from './synthetic-stream.ts';

export const picklistValues: WrittenStream = {
  kind: 'written',
  sobject: 'modstamp.picklist_values',
  name: 'picklist_values',
  title: 'Picklist values',
  description: 'The values of each picklist of the selected objects, inactive ones included, with their labels.',
  columns: {
    object: { ...TEXT, title: 'Object', description: 'API name of the object.' },
    field: { ...TEXT, title: 'Field', description: 'API name of the picklist.' },
    value: { ...TEXT, title: 'Value', description: 'As it stands in rows.' },
    label: { ...TEXT, title: 'Label', description: 'In the language of the user that the sync logs in as.' },
    active: { ...BOOLEAN, title: 'Active' },
    default: { ...BOOLEAN, title: 'Default' },
    position: { ...INTEGER, title: 'Position', description: 'Place in the list, from 1.' },
    controlling_values: {
      type: ['null', 'array'],
      items: TEXT,
      title: 'Controlling values',
      description:
        'Values of the controlling field with which this one may be picked; null where the picklist depends on no field that the user sees.',
    },
  },
  key: ['object', 'field', 'value'],
  needsDetails: true,
  isOn: ({ dataDictionary }) => dataDictionary,
  rows: picklistRows,
};

function* picklistRows(material: Material): Generator<JsonObject> {
  for (const { reading, details } of describedObjects(material)) {
    for (const { name } of reading.describe.fields) yield* rowsOfField(reading.describe, name, details);
  }
}

function* rowsOfField(describe: SObjectDescribe, field: string, details: DescribeDetails): Generator<JsonObject> {
  const { picklistValues = [], controllerName = null } = details.fields.get(field) ?? {};
  const controlling = controllerName === null ? undefined : valuesOf(describe, controllerName, details);
  const positions = new Map(picklistValues.map((entry, index) => [entry, index + 1]));
  for (const entry of distinct(picklistValues)) {
    const isDependent = controlling !== undefined && entry.validFor !== null;
    yield {
      object: describe.name,
      field,
      value: entry.value,
      label: entry.label,
      active: entry.active,
      default: entry.isDefault,
      position: positions.get(entry) ?? null,
      controlling_values: isDependent ? controllingValues(entry.validFor, controlling) : null,
    };
  }
}

/** All values of a controlling field in the order of the describe; undefined where the user does not see it. */
function valuesOf({ fields }: SObjectDescribe, name: string, details: DescribeDetails): string[] | undefined {
  const controller = fields.find((field) => field.name === name);
  if (controller?.type === 'boolean') return ['false', 'true'];
  return controller && details.fields.get(name)?.picklistValues.map(({ value }) => value);
}

/** A row for each value: of an active and an inactive entry with the same value the active one. */
function distinct(entries: readonly PicklistEntry[]): Iterable<PicklistEntry> {
  const byValue = new Map<string, PicklistEntry>();
  for (const entry of entries) {
    const known = byValue.get(entry.value);
    if (known === undefined || (entry.active && !known.active)) byValue.set(entry.value, entry);
  }
  return byValue.values();
}

/** The record_types stream of the data dictionary: the record types of the selected objects, as their describes list them. */
import type { JsonObject } from '../../json/value.ts';
import { describedObjects } from './described-object.ts';
import { BOOLEAN, TEXT, type Material, type WrittenStream } from './synthetic-stream.ts';

export const recordTypes: WrittenStream = {
  kind: 'written',
  sobject: 'modstamp.record_types',
  name: 'record_types',
  title: 'Record types',
  description: 'The record types of each selected object, and which of them the user may use.',
  columns: {
    object: { ...TEXT, title: 'Object', description: 'API name of the object.' },
    id: { ...TEXT, title: 'Record type ID', description: 'The master record type has the same Id in all objects.' },
    name: { ...TEXT, title: 'Name', description: 'In the language of the user that the sync logs in as.' },
    developer_name: { ...TEXT, title: 'Developer name' },
    active: { ...BOOLEAN, title: 'Active' },
    available: { ...BOOLEAN, title: 'Available', description: 'Whether the user may make records of this type.' },
    default: { ...BOOLEAN, title: 'Default', description: "Whether it is the user's default." },
    master: { ...BOOLEAN, title: 'Master', description: 'Whether it stands for records without a type.' },
  },
  key: ['object', 'id'],
  needsDetails: true,
  isOn: ({ dataDictionary }) => dataDictionary,
  rows: recordTypeRows,
};

function* recordTypeRows(material: Material): Generator<JsonObject> {
  for (const { reading, details } of describedObjects(material)) {
    for (const { id, name, developerName, active, available, isDefault, isMaster } of details.recordTypes) {
      yield {
        object: reading.describe.name,
        id,
        name,
        developer_name: developerName,
        active,
        available,
        default: isDefault,
        master: isMaster,
      };
    }
  }
}

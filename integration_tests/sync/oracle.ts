/** What a record must hold, from the row as the org stores it: written from the documented value forms, not from src. */
import type { Row, Value } from '../../emulator/model.ts';
import type { AirbyteStream, PropertySchema } from '../../src/airbyte/protocol.ts';
import type { JsonValue } from '../../src/json/value.ts';

/** `data` of a row under a stream's schema; property by property what its `x-field` holds. */
export function expectedData(stream: AirbyteStream, row: Row, apiVersion = '58.0'): Record<string, JsonValue> {
  const sobject = stream.json_schema['x-sobject'] ?? '';
  const data: Record<string, JsonValue> = {};
  for (const [property, schema] of Object.entries(stream.json_schema.properties)) {
    const field = schema['x-field'];
    if (field !== undefined) data[property] = expectedValue(schema, field, row, sobject, apiVersion);
  }
  return data;
}

function expectedValue(
  schema: PropertySchema,
  field: string,
  row: Row,
  sobject: string,
  apiVersion: string,
): JsonValue {
  if (field === 'Id' && BIG_OBJECTS.test(sobject)) return '000000000000000AAA';
  if (schema.type.includes('object')) return compound(schema, field, row);
  const sizeField = FILES.get(`${sobject}.${field}`);
  if (sizeField !== undefined && row[sizeField] === 0) return null;
  if (sizeField !== undefined) return `/services/data/v${apiVersion}/sobjects/${sobject}/${row['Id']}/${field}`;
  const value = row[field] ?? null;
  if (typeof value !== 'string') return value;
  const text = value.replaceAll('\0', '');
  return text === '' ? null : text;
}

/** Big objects of the practice org: every row has the empty Id. */
const BIG_OBJECTS =
  /^(?:Api|IdentityVerification|LightningUri|ListView|LoginAs|Login|Logout|Report|Uri)Event$|EventStore$/;

/** The base64 fields of the practice org's objects, and where the size of each stands. */
const FILES = new Map([
  ['Attachment.Body', 'BodyLength'],
  ['ContentVersion.VersionData', 'ContentSize'],
  ['Document.Body', 'BodyLength'],
  ['StaticResource.Body', 'BodyLength'],
]);

/** BillingAddress from BillingStreet …, Address from Street …, Site__c from Site__Latitude__s …: null where all parts are. */
function compound(schema: PropertySchema, field: string, row: Row): JsonValue {
  const custom = field.endsWith('__c');
  const prefix = custom ? `${field.slice(0, -3)}__` : field.replace(/Address$/, '');
  const part = (key: string): Value =>
    row[`${prefix}${key[0]?.toUpperCase()}${key.slice(1)}${custom ? '__s' : ''}`] ?? null;
  const keys = Object.keys(schema.properties ?? {}).filter(
    (key) => `${prefix}${key[0]?.toUpperCase()}${key.slice(1)}${custom ? '__s' : ''}` in row,
  );
  const parts = Object.fromEntries(keys.map((key) => [key, clean(part(key))]));
  return Object.values(parts).every((value) => value === null) ? null : parts;
}

function clean(value: Value): JsonValue {
  if (typeof value !== 'string') return value;
  const text = value.replaceAll('\0', '');
  return text === '' ? null : text;
}

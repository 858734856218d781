/** How a stored value looks on the wire, in REST's JSON and in Bulk's CSV. */
import type { Field, SObject, Value } from '../model.ts';
import { javaDouble } from './double.ts';

/** Where a row's base64 content can be fetched: what REST puts in the place of the content. */
export interface BlobAddress {
  readonly sobject: string;
  /** "58.0" */
  readonly version: string;
}

/** The suffix of a datetime in CSV; no recording shows which of the two the service writes, `Z` is what clients parse. */
export type CsvDatetime = 'Z' | '+0000';

/** Compiles a field to a function from its value to JSON text. Compound fields: compound.ts. */
export function jsonValue(field: Field): (value: Value) => string {
  if (isDouble(field.type)) return (value) => (typeof value === 'number' ? javaDouble(value) : JSON.stringify(value));
  if (field.type === 'datetime') return (value) => (value === null ? 'null' : `"${restDatetime(String(value))}"`);
  if (field.type === 'time') return (value) => (value === null ? 'null' : `"${String(value)}Z"`);
  return (value) => JSON.stringify(value);
}

/** Compiles a base64 field: its value is the relative URL of the content. */
export function jsonBlob(field: Field, address: BlobAddress): (value: Value, id: string) => string {
  return (value, id) => (value === null ? 'null' : JSON.stringify(blobUrl(address, id, field.name)));
}

/** Compiles a field to a function from its value to bare CSV text: null is empty, as is the empty string. */
export function csvValue(field: Field, datetime: CsvDatetime): (value: Value) => string {
  if (isDouble(field.type)) {
    return (value) => (typeof value === 'number' ? javaDouble(value) : value === null ? '' : String(value));
  }
  if (field.type === 'datetime' && datetime === '+0000') {
    return (value) => (value === null ? '' : restDatetime(String(value)));
  }
  if (field.type === 'time') return (value) => (value === null ? '' : `${String(value)}Z`);
  return (value) => (value === null ? '' : String(value));
}

/** `2020-01-31T10:00:00.000Z` -> `2020-01-31T10:00:00.000+0000`, the form of every datetime in REST's JSON. */
export function restDatetime(stored: string): string {
  return `${stored.slice(0, -1)}+0000`;
}

/** The URL path of a record: `attributes.url`. */
export function recordUrl(sobject: SObject, id: string, version: string): string {
  return `/services/data/v${version}/sobjects/${sobject.name}/${id}`;
}

/** True for the types that are printed in Java's notation. */
function isDouble(type: string): boolean {
  return type === 'double' || type === 'currency' || type === 'percent';
}

/** `/services/data/v58.0/sobjects/Attachment/00P…/Body`. */
function blobUrl(address: BlobAddress, id: string, field: string): string {
  return `/services/data/v${address.version}/sobjects/${address.sobject}/${id}/${field}`;
}

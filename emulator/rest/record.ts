/** Single records and the content of their base64 fields. */
import { indexOf } from '../directory.ts';
import { json, jsonText, type Answer } from '../http/answer.ts';
import { notFound, Refusal, refusal } from '../http/refusal.ts';
import type { Row, SObject } from '../model.ts';
import { to18 } from '../rows/id.ts';
import type { Service } from '../service.ts';
import { recordWriter } from '../soql/json.ts';
import { planQuery } from '../soql/planner.ts';
import { viewpoint } from '../viewpoint.ts';
import { objectOf, type Respond } from './rest-call.ts';

/** `GET /sobjects/X/{id}[?fields=Name,Phone]`. */
export const answerRecord: Respond = (service, { call, version }, [name, id = '']) => {
  const sobject = objectOf(service, name);
  const row = livingRow(service, sobject, id);
  const fields = call.query.get('fields') ?? sobject.fields.map((field) => field.name).join(',');
  const plan = planQuery(viewpoint(service, false), `SELECT ${fields} FROM ${sobject.name} WHERE Id = '${id}'`);
  return jsonText(recordWriter(plan, version).write(row));
};

/** `GET /sobjects/X/{id}/{field}`: the bytes themselves, in the record's content type. */
export const answerBlob: Respond = (service, _rest, [name, id = '', fieldName = '']): Answer => {
  const sobject = objectOf(service, name);
  const field = indexOf(sobject).field(fieldName);
  if (field?.type !== 'base64') throw notFound();
  const row = livingRow(service, sobject, id);
  const content = row[field.name];
  if (content === null || content === undefined) throw notFound();
  const stored = row['ContentType'];
  const type = typeof stored === 'string' && stored !== '' ? stored : 'application/octet-stream';
  return { status: 200, headers: { 'Content-Type': type }, body: [{ bytes: Buffer.from(String(content)) }] };
};

/** Throws Refusal 400 MALFORMED_ID, 404 NOT_FOUND, and 404 ENTITY_IS_DELETED for what is in the recycle bin. */
function livingRow(service: Service, sobject: SObject, id: string): Row {
  const prefixed = sobject.keyPrefix === null || id.startsWith(sobject.keyPrefix);
  if (!prefixed || (id !== to18(id) && id.length !== 15)) throw malformedId(sobject, id);
  const row = service.org.table(sobject.name).get(id);
  if (!row) throw notFound();
  if (row['IsDeleted'] === true) throw refusal(404, 'ENTITY_IS_DELETED', 'entity is deleted');
  return row;
}

/** An Id of another object, or with a wrong checksum (REST guide, status codes). */
function malformedId(sobject: SObject, id: string): Refusal {
  const message = `${sobject.label} ID: id value of incorrect type: ${id}`;
  return new Refusal(json([{ fields: ['Id'], message, errorCode: 'MALFORMED_ID' }], 400), message);
}

/** What the protocol demands of a run, as a list of complaints; empty means that a host has nothing to object. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { AirbyteStream, StreamDescriptor } from '../src/airbyte/protocol.ts';
import type { ProgramMessage, ProgramRun, RecordMessage } from './program.ts';

/** As in "Supported data types" of Airbyte's documentation; the calendar is checked by Date besides. */
const timestampPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{1,2}:\d{2})( BC)?$/;

/** The streams of a configured catalog (an array of `{stream}`) or of a discovered one, as far as checks need them. */
export interface CatalogLike {
  readonly streams: readonly (AirbyteStream | { readonly stream: AirbyteStream })[];
}

export interface RecordChecks {
  /** A record's member that its stream does not declare is a complaint ("fail_on_extra_columns"). */
  readonly extraColumns?: 'fail' | 'allow';
}

const message = new Ajv({ discriminator: true, allErrors: true, strict: false });
addFormats.default(message);
const validateMessage = message.compile(
  JSON.parse(readFileSync(join(import.meta.dirname, 'protocol-schema.json'), 'utf8')),
);

/** Every message against protocol-schema.json, and the rules of a stdout line: whole lines, no secrets asked here. */
export function complaintsOfMessages(run: ProgramRun): string[] {
  const complaints = run.messages.flatMap((message, index) =>
    validateMessage(message)
      ? []
      : [`line ${index + 1}: ${describeErrors(validateMessage.errors)}: ${run.lines[index]?.slice(0, 300)}`],
  );
  if (run.tail !== '') complaints.push(`stdout ends in half a line: ${run.tail.slice(0, 100)}`);
  if (/^\{"type":"(RECORD|STATE|LOG|TRACE|SPEC|CATALOG|CONTROL|CONNECTION_STATUS)"/m.test(run.stderr)) {
    complaints.push('stderr carries protocol messages');
  }
  return complaints;
}

/**
 * Every record against the schema of its stream, as the connector acceptance tests do: draft-07, strict integers (by
 * the digits on the line, since JSON.parse makes 12 of 12.0), date-times by pattern and calendar, keys not null.
 */
export function complaintsOfRecords(run: ProgramRun, catalog: CatalogLike, checks: RecordChecks = {}): string[] {
  const streams = new Map<string, StreamCheck>();
  for (const entry of catalog.streams) {
    const stream = 'stream' in entry ? entry.stream : entry;
    streams.set(streamKey(stream), prepareCheck(stream, checks.extraColumns ?? 'fail'));
  }
  const complaints: string[] = [];
  run.messages.forEach((message, index) => {
    if (message.type !== 'RECORD') return;
    const { record } = message;
    const check = streams.get(streamKey({ name: record.stream, ...spaceOf(record) }));
    const found =
      check === undefined
        ? ['its stream is not in the catalog']
        : complaintsOfRecord(check, record, run.lines[index] ?? '');
    complaints.push(...found.map((text) => `line ${index + 1}, ${record.stream}: ${text}`));
  });
  return complaints;
}

/**
 * The order and the sums of a `read`: STARTED, RUNNING, records and states, last state, COMPLETE or INCOMPLETE, for
 * every stream of the catalog; recordCounts add up to the records; nothing after the end; times never go back.
 */
export function complaintsOfOrder(run: ProgramRun, catalog: CatalogLike): string[] {
  const lives = new Map<string, Life>();
  for (const entry of catalog.streams) lives.set(streamKey('stream' in entry ? entry.stream : entry), newLife());
  const complaints: string[] = [];
  run.messages.forEach((message, index) => {
    const stream = streamOf(message);
    if (stream === undefined) return;
    const life = lives.get(streamKey(stream));
    const found = life === undefined ? ['is not in the catalog'] : live(life, message);
    complaints.push(...found.map((text) => `line ${index + 1}, ${stream.name}: ${text}`));
  });
  for (const [key, life] of lives) complaints.push(...complaintsOfLife(life).map((text) => `${key}: ${text}`));
  return complaints;
}

/** Stream and namespace as one text; equal texts, equal streams. */
function streamKey(stream: StreamDescriptor): string {
  return stream.namespace === undefined ? stream.name : `${stream.namespace}.${stream.name}`;
}

/** The stream that a message speaks of; undefined for those that speak of none. */
function streamOf(message: ProgramMessage): StreamDescriptor | undefined {
  if (message.type === 'RECORD') return { name: message.record.stream, ...spaceOf(message.record) };
  if (message.type === 'STATE') return message.state.stream.stream_descriptor;
  if (message.type !== 'TRACE') return undefined;
  const { trace } = message;
  if (trace.type === 'STREAM_STATUS') return trace.stream_status.stream_descriptor;
  if (trace.type === 'ERROR') return trace.error.stream_descriptor;
  return undefined;
}

interface StreamCheck {
  readonly validate: ValidateFunction;
  readonly keys: readonly string[];
  readonly integers: readonly string[];
}

interface Life {
  readonly statuses: string[];
  recordsSinceState: number;
  states: number;
  lastEmittedAtMs: number;
  lastState: string;
}

function prepareCheck(stream: AirbyteStream, extraColumns: 'fail' | 'allow'): StreamCheck {
  const records = new Ajv({ strict: false, allErrors: true });
  records.addFormat('date-time', (value) => timestampPattern.test(value) && !Number.isNaN(Date.parse(value)));
  records.addFormat('date', (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)));
  records.addFormat('time', /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?$/);
  const schema = stream.json_schema;
  const entries = Object.entries(schema.properties);
  return {
    validate: records.compile(extraColumns === 'fail' ? { ...schema, additionalProperties: false } : schema),
    keys: (stream.source_defined_primary_key ?? []).flatMap(([first]) => first ?? []),
    integers: entries.flatMap(([name, property]) => (property.type.includes('integer') ? [name] : [])),
  };
}

function complaintsOfRecord(check: StreamCheck, record: RecordMessage['record'], line: string): string[] {
  const complaints: string[] = [];
  if (!check.validate(record.data)) complaints.push(describeErrors(check.validate.errors));
  const declaredKeys = check.keys.filter((key) => key in record.data);
  if (declaredKeys.length > 0 && declaredKeys.every((key) => record.data[key] === null))
    complaints.push('its key is null');
  for (const name of check.integers) {
    // A quote inside a JSON string is escaped, so `"name":` can only be a key.
    const digits = new RegExp(`${JSON.stringify(name)}:(-?[0-9][^,}]*)`).exec(line)?.[1];
    if (digits !== undefined && Number.isInteger(Number(digits)) && !/^-?\d+$/.test(digits))
      complaints.push(`${name} is ${digits}, no integer`);
  }
  return complaints;
}

function newLife(): Life {
  return { statuses: [], recordsSinceState: 0, states: 0, lastEmittedAtMs: 0, lastState: '' };
}

function live(life: Life, message: ProgramMessage): string[] {
  const complaints: string[] = [];
  const last = life.statuses.at(-1);
  const ended = last === 'COMPLETE' || last === 'INCOMPLETE';
  if (ended) complaints.push(`${message.type} after ${last}`);
  if (message.type === 'RECORD') {
    if (last !== 'RUNNING') complaints.push(`RECORD while its status is ${last ?? 'not yet STARTED'}`);
    if (message.record.emitted_at < life.lastEmittedAtMs) complaints.push('emitted_at goes back');
    life.lastEmittedAtMs = message.record.emitted_at;
    life.recordsSinceState++;
  }
  if (message.type === 'STATE') {
    const counted = message.state.sourceStats.recordCount;
    if (counted !== life.recordsSinceState)
      complaints.push(`recordCount ${counted}, records ${life.recordsSinceState}`);
    const text = JSON.stringify(message.state.stream.stream_state);
    if (counted > 0 && text === life.lastState) complaints.push('the same state twice with records between');
    life.lastState = text;
    life.recordsSinceState = 0;
    life.states++;
  }
  if (message.type === 'TRACE' && message.trace.type === 'STREAM_STATUS') {
    const { status } = message.trace.stream_status;
    if (status === 'STARTED' && life.statuses.length > 0) complaints.push('STARTED twice');
    if (status === 'RUNNING' && last !== 'STARTED' && last !== 'RUNNING') complaints.push('RUNNING before STARTED');
    if (status === 'COMPLETE' && life.recordsSinceState > 0) complaints.push('records without a STATE before COMPLETE');
    life.statuses.push(status);
  }
  return complaints;
}

function complaintsOfLife(life: Life): string[] {
  const end = life.statuses.at(-1);
  if (end !== 'COMPLETE' && end !== 'INCOMPLETE') return [`ends as ${end ?? 'never started'}`];
  if (end === 'INCOMPLETE') return [];
  const complaints: string[] = [];
  if (life.states === 0) complaints.push('COMPLETE without a STATE');
  if (life.statuses.length < 3) complaints.push(`statuses are only ${life.statuses.join(', ')}`);
  return complaints;
}

function spaceOf(of: { readonly namespace?: string }): { namespace?: string } {
  return of.namespace === undefined ? {} : { namespace: of.namespace };
}

function describeErrors(errors: readonly ErrorObject[] | null | undefined): string {
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath || 'message'} ${message}`).join('; ');
}

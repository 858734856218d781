/** What objects and fields the org has. Of a describe, which is large, only what replication uses is kept. */
import { parseValue, skipValue, walkElements, walkMembers } from '../record/json-scan.ts';
import { asModstampError, type ModstampError } from '../errors.ts';
import { sendComposite, type Subanswer } from './composite.ts';
import type { Connection } from './connection.ts';
import { inFlight } from './flight.ts';
import type { FieldDescribe, SObjectDescribe, SObjectSummary } from './metadata.ts';
import { raise } from './refusal.ts';

export type DescribeOutcome =
  | { readonly name: string; readonly describe: SObjectDescribe }
  | { readonly name: string; readonly error: ModstampError };

/** Subrequests of a composite (REST API guide, "Composite": 25). */
const DESCRIBES_A_CALL = 25;
const CALLS_IN_FLIGHT = 8;

/** All objects that the user can see, in the org's order. */
export async function describeGlobal(connection: Connection, signal: AbortSignal): Promise<SObjectSummary[]> {
  const purpose = 'list the objects of the org';
  const path = `/services/data/v${connection.apiVersion}/sobjects`;
  const { bytes } = await connection.call({ method: 'GET', path, purpose, signal });
  const summaries: SObjectSummary[] = [];
  understand(purpose, () => {
    walkMembers(bytes, 0, (key, start) => {
      if (key !== 'sobjects') return skipValue(bytes, start);
      return pickEach(bytes, start, SUMMARY_KEYS, (raw) => summaries.push(summaryOf(raw)));
    });
  });
  // Every org has objects; an answer without them is another document, not an empty org.
  if (summaries.length === 0) throw raise('metadata', { purpose, message: 'no sobjects in the answer' });
  return summaries;
}

/**
 * Describes the named objects, 25 to an API call, several calls in flight; outcomes in the order of the names. One object's
 * trouble is its own `error`; what stops the sync, and an abort, is thrown.
 */
export async function* describeObjects(
  connection: Connection,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<DescribeOutcome> {
  const batches = Array.from({ length: Math.ceil(names.length / DESCRIBES_A_CALL) }, (_, index) =>
    names.slice(index * DESCRIBES_A_CALL, (index + 1) * DESCRIBES_A_CALL),
  );
  const run = (batch: readonly string[], signal: AbortSignal) => describeBatch(connection, batch, signal);
  for await (const outcomes of inFlight(batches, CALLS_IN_FLIGHT, signal, run)) yield* outcomes;
}

async function describeBatch(
  connection: Connection,
  names: readonly string[],
  signal: AbortSignal,
): Promise<DescribeOutcome[]> {
  const requests = names.map((name) => ({ path: pathOf(connection, name), purpose: purposeOf(name) }));
  const answers = names.length === 1 ? undefined : await sendComposite(connection, requests, signal);
  const outcomes: DescribeOutcome[] = [];
  for (const [index, name] of names.entries()) {
    outcomes.push(await describeOne(connection, name, answers?.[index], signal));
  }
  return outcomes;
}

/** The describe from its part of a composite, asked alone where there is none or where asking again may help. */
async function describeOne(
  connection: Connection,
  name: string,
  answer: Subanswer | undefined,
  signal: AbortSignal,
): Promise<DescribeOutcome> {
  try {
    if (answer !== undefined && 'error' in answer && !answer.error.isCurable()) throw answer.error;
    const body = answer !== undefined && 'body' in answer ? answer.body : await askDescribe(connection, name, signal);
    return { name, describe: readDescribe(body, purposeOf(name)) };
  } catch (thrown) {
    signal.throwIfAborted();
    const error = asModstampError(thrown);
    if (error.stopsSync) throw error;
    return { name, error };
  }
}

async function askDescribe(connection: Connection, name: string, signal: AbortSignal): Promise<Uint8Array> {
  const request = { method: 'GET', path: pathOf(connection, name), purpose: purposeOf(name), signal } as const;
  return (await connection.call(request)).bytes;
}

function pathOf(connection: Connection, name: string): string {
  return `/services/data/v${connection.apiVersion}/sobjects/${encodeURIComponent(name)}/describe`;
}

function purposeOf(name: string): string {
  return `describe ${name}`;
}

// prettier-ignore
const SUMMARY_KEYS: ReadonlySet<string> = new Set<keyof SObjectSummary>([
  'name', 'label', 'labelPlural', 'custom', 'customSetting', 'queryable', 'replicateable', 'deprecatedAndHidden', 'keyPrefix',
]);

// prettier-ignore
const FIELD_KEYS: ReadonlySet<string> = new Set<keyof FieldDescribe>([
  'name', 'label', 'type', 'custom', 'filterable', 'sortable', 'calculated', 'nillable', 'compoundFieldName', 'inlineHelpText',
  'referenceTo', 'relationshipName', 'polymorphicForeignKey', 'length', 'precision', 'scale',
]);

function readDescribe(bytes: Uint8Array, purpose: string): SObjectDescribe {
  return understand(purpose, () => {
    const fields: FieldDescribe[] = [];
    const summary = new Map<string, unknown>();
    walkMembers(bytes, 0, (key, start) => {
      if (key === 'fields') return pickEach(bytes, start, FIELD_KEYS, (raw) => fields.push(fieldOf(raw)));
      return pickMember(bytes, key, start, SUMMARY_KEYS, summary);
    });
    if (fields.length === 0) throw new TypeError('a describe without fields');
    return { ...summaryOf(summary), fields };
  });
}

type Raw = Map<string, unknown>;

/** The wanted members of each object of an array, parsed; all others are only walked over. Returns the array's end. */
function pickEach(bytes: Uint8Array, at: number, keys: ReadonlySet<string>, take: (raw: Raw) => void): number {
  const raw: Raw = new Map();
  return walkElements(bytes, at, (start) => {
    raw.clear();
    const end = walkMembers(bytes, start, (key, valueStart) => pickMember(bytes, key, valueStart, keys, raw));
    take(raw);
    return end;
  });
}

function pickMember(bytes: Uint8Array, key: string, start: number, keys: ReadonlySet<string>, raw: Raw): number {
  const end = skipValue(bytes, start);
  if (keys.has(key)) raw.set(key, parseValue(bytes, start, end));
  return end;
}

function summaryOf(raw: Raw): SObjectSummary {
  const name = text(raw, 'name');
  return {
    name,
    label: textOr(raw, 'label', name),
    labelPlural: textOr(raw, 'labelPlural', name),
    custom: raw.get('custom') === true,
    customSetting: raw.get('customSetting') === true,
    queryable: raw.get('queryable') === true,
    replicateable: raw.get('replicateable') === true,
    deprecatedAndHidden: raw.get('deprecatedAndHidden') === true,
    keyPrefix: textOrNull(raw, 'keyPrefix'),
  };
}

function fieldOf(raw: Raw): FieldDescribe {
  const name = text(raw, 'name');
  const targets = raw.get('referenceTo');
  return {
    name,
    label: textOr(raw, 'label', name),
    type: text(raw, 'type'),
    custom: raw.get('custom') === true,
    filterable: raw.get('filterable') === true,
    sortable: raw.get('sortable') === true,
    calculated: raw.get('calculated') === true,
    nillable: raw.get('nillable') === true,
    compoundFieldName: textOrNull(raw, 'compoundFieldName'),
    inlineHelpText: textOrNull(raw, 'inlineHelpText'),
    referenceTo: Array.isArray(targets) && targets.length > 0 ? targets.map(String) : NOWHERE,
    relationshipName: textOrNull(raw, 'relationshipName'),
    polymorphicForeignKey: raw.get('polymorphicForeignKey') === true,
    length: numberOr0(raw, 'length'),
    precision: numberOr0(raw, 'precision'),
    scale: numberOr0(raw, 'scale'),
  };
}

/** Most fields refer to nothing; one list for all of them is megabytes less in a large org. */
const NOWHERE: readonly string[] = [];

function text(raw: Raw, key: string): string {
  const value = raw.get(key);
  if (typeof value === 'string') return value;
  throw new TypeError(`a describe without ${key}`);
}

function textOr(raw: Raw, key: string, fallback: string): string {
  const value = raw.get(key);
  return typeof value === 'string' ? value : fallback;
}

function textOrNull(raw: Raw, key: string): string | null {
  const value = raw.get(key);
  return typeof value === 'string' ? value : null;
}

function numberOr0(raw: Raw, key: string): number {
  const value = raw.get(key);
  return typeof value === 'number' ? value : 0;
}

function understand<T>(purpose: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw raise('metadata', { purpose, message: cause instanceof Error ? cause.message : String(cause), cause });
  }
}

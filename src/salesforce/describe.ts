/** What objects and fields the org has. Of a describe, which is large, only what replication uses is kept. */
import { parseValue, skipValue, walkElements, walkMembers } from '../record/json-scan.ts';
import { asModstampError, type ModstampError } from '../errors.ts';
import { sendComposite, type Subanswer } from './composite.ts';
import { withCompoundNames } from './compound-name.ts';
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

/**
 * All objects that the user can see, in the org's order. Throws `access_denied` where that is none, `version_gone` where the
 * org has no such list in this version, and `metadata` for a document that is none.
 */
export async function describeGlobal(connection: Connection, signal: AbortSignal): Promise<SObjectSummary[]> {
  const purpose = 'list the objects of the org';
  const path = `/services/data/v${connection.apiVersion}/sobjects`;
  const { bytes } = await connection.call({ method: 'GET', path, purpose, signal });
  const summaries: SObjectSummary[] = [];
  let isListed = false;
  understand(purpose, () => {
    walkMembers(bytes, 0, (key, start) => {
      if (key !== 'sobjects') return skipValue(bytes, start);
      isListed = true;
      return pickEach(bytes, start, SUMMARY_KEYS, (raw) => summaries.push(summaryOf(raw)));
    });
  });
  // Every org has objects. Without one, streams would look as if they had vanished; but it is the user who sees none.
  if (summaries.length === 0)
    throw raise(isListed ? 'access_denied' : 'metadata', { purpose, message: 'no sobjects in the answer' });
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
    return { name, describe: readDescribe(body, name) };
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

/** Reads a describe of `name`, which not every host repeats in it. */
function readDescribe(bytes: Uint8Array, name: string): SObjectDescribe {
  return understand(purposeOf(name), () => {
    const fields: FieldDescribe[] = [];
    const summary: Raw = new Map([['name', name]]);
    walkMembers(bytes, 0, (key, start) => {
      if (key === 'fields') return pickEach(bytes, start, FIELD_KEYS, (raw) => fields.push(fieldOf(raw)));
      return pickMember(bytes, key, start, SUMMARY_KEYS, summary);
    });
    if (fields.length === 0) throw new TypeError('a describe without fields');
    const areCompoundsTold = fields.some(({ compoundFieldName }) => compoundFieldName !== null);
    return { ...summaryOf(summary), fields: areCompoundsTold ? fields : withCompoundNames(fields) };
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

/**
 * An object by what the org tells of it. Salesforce tells everything; of other hosts that speak its API, what is left out is
 * what the name tells, or what lets the object be tried: a refusal is then the org's own word.
 */
function summaryOf(raw: Raw): SObjectSummary {
  const name = text(raw, 'name');
  return {
    name,
    label: textOr(raw, 'label', name),
    labelPlural: textOr(raw, 'labelPlural', name),
    custom: flag(raw, 'custom', /__\w+$/.test(name)),
    customSetting: flag(raw, 'customSetting', false),
    queryable: flag(raw, 'queryable', true),
    replicateable: flag(raw, 'replicateable', true),
    deprecatedAndHidden: flag(raw, 'deprecatedAndHidden', false),
    keyPrefix: textOrNull(raw, 'keyPrefix'),
  };
}

/** A field by what the org tells of it; as with objects, what is left out is tried. */
function fieldOf(raw: Raw): FieldDescribe {
  const name = text(raw, 'name');
  const targets = raw.get('referenceTo');
  const referenceTo = Array.isArray(targets) && targets.length > 0 ? targets.map(String) : NOWHERE;
  return {
    name,
    label: textOr(raw, 'label', name),
    type: text(raw, 'type'),
    custom: flag(raw, 'custom', /__\w+$/.test(name)),
    filterable: flag(raw, 'filterable', true),
    sortable: flag(raw, 'sortable', true),
    calculated: flag(raw, 'calculated', false),
    nillable: flag(raw, 'nillable', true),
    compoundFieldName: textOrNull(raw, 'compoundFieldName'),
    inlineHelpText: textOrNull(raw, 'inlineHelpText'),
    referenceTo,
    relationshipName: textOrNull(raw, 'relationshipName'),
    polymorphicForeignKey: flag(raw, 'polymorphicForeignKey', referenceTo.length > 1),
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

function flag(raw: Raw, key: string, fallback: boolean): boolean {
  const value = raw.get(key);
  return typeof value === 'boolean' ? value : fallback;
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

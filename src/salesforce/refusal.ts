/** Turns what came back (a status and a body, a broken socket, a failed job's message) into the fault that it is. */
import { ModstampError, type ModstampErrorDetails } from '../errors.ts';
import { FAULT_TABLE, type FaultName, type FaultRow, type Place, type Remedy } from './faults.ts';

export interface Refusal {
  readonly place: Place;
  readonly host: string;
  readonly purpose: string;
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  /** The server's X-Request-Id, which Salesforce's support asks for. */
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  /** False brings the sandbox hint where the row has one. */
  readonly isSandbox?: boolean;
  readonly cause?: unknown;
}

/** A ModstampError that knows what to do about itself. */
export class FaultError extends ModstampError {
  readonly remedy: Remedy;
  /** Retry-After of the answer: no try may come earlier. */
  readonly retryAfterMs: number | undefined;

  constructor(sentence: string, details: FaultDetails) {
    super(sentence, details);
    this.remedy = details.remedy;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** True where asking again, or with a new session, may help. */
  isCurable(): boolean {
    return this.remedy !== 'fail the stream' && this.remedy !== 'stop the sync';
  }

  /** The same fault when it is given up, with a remark for the internal text. */
  after(remark: string, stopsSync: boolean): FaultError {
    const { failureType, fault = 'refused', remedy, retryAfterMs, cause } = this;
    const internal = `${this.internal ?? ''} ${remark}`.trim();
    return new FaultError(this.message, { failureType, fault, remedy, retryAfterMs, cause, internal, stopsSync });
  }
}

interface FaultDetails extends ModstampErrorDetails {
  readonly fault: string;
  readonly remedy: Remedy;
  readonly retryAfterMs: number | undefined;
}

/** The fault of a refusal: the first row of the table that fits; `refused` where none does. */
export function classify(refusal: Refusal): FaultError {
  return faultError(FAULT_TABLE.find((row) => fits(row, refusal)) ?? rowOf('refused'), refusal);
}

/** A fault by its name, for what the program finds out by itself. `message` goes to the internal text. */
export function makeFault(
  fault: FaultName,
  about: { purpose: string; host?: string; message?: string; cause?: unknown },
): FaultError {
  return faultError(rowOf(fault), { place: 'data', host: 'Salesforce', ...about });
}

/** The place of a request, by its method and path. */
export function placeOf(method: string, path: string): Place {
  if (path.startsWith('/services/oauth2/')) return 'login';
  const resource = /^\/services\/data\/v[\d.]+\/([^?]*)/.exec(path)?.[1] ?? '';
  if (/^jobs\/query\/?$/.test(resource) && method === 'POST') return 'job creation';
  if (/^jobs\/query\/./.test(resource)) return 'job';
  if (/^query(All)?\/./i.test(resource)) return 'locator';
  if (/^sobjects\/?$/.test(resource)) return 'objects';
  if (/^sobjects\/[^/]+\/deleted\/?$/.test(resource)) return 'deleted';
  if (/^limits(\/|$)/.test(resource)) return 'limits';
  return resource.startsWith('sobjects/') ? 'metadata' : 'data';
}

/**
 * Code and message of an error body: REST's array of {errorCode, message} (or one such object), OAuth's {error,
 * error_description}, Bulk's older {exceptionCode, exceptionMessage}, or, as is normal for 4xx and 5xx of the edge servers,
 * HTML, plain text or nothing: then the first 300 characters are the message.
 */
export function readErrorBody(bytes: Uint8Array): { code?: string; message?: string } {
  const text = new TextDecoder().decode(bytes).trim();
  const body = parseJson(text);
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (typeof first !== 'object' || first === null) return text === '' ? {} : { message: plainText(text) };
  return {
    ...member(first, 'code', 'errorCode', 'error', 'exceptionCode'),
    ...member(first, 'message', 'message', 'error_description', 'exceptionMessage'),
  };
}

/**
 * Code and message of a failed job's errorMessage, such as `InvalidBatch : Failed to process query:
 * FUNCTIONALITY_NOT_ENABLED: Selecting …`: the code is the first word in capitals that a colon follows.
 */
export function readJobMessage(text: string): { code?: string; message: string } {
  const code = /(?:^|[\s:])([A-Z]{3,}[A-Z_]*)\s*:/.exec(text)?.[1];
  return { ...(code === undefined ? {} : { code }), message: text };
}

/** Retry-After in ms, given as seconds or as an HTTP date (RFC 9110, 10.2.3); undefined where missing or unreadable. */
export function readRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function faultError(row: FaultRow, refusal: Refusal): FaultError {
  return new FaultError(sentenceOf(row, refusal), {
    failureType: row.failureType,
    internal: internalOf(refusal),
    stopsSync: row.remedy === 'stop the sync' || row.remedy === 'log in again',
    fault: row.fault,
    remedy: row.remedy,
    retryAfterMs: refusal.retryAfterMs,
    cause: refusal.cause,
  });
}

function fits(row: FaultRow, refusal: Refusal): boolean {
  const { place, status, code, message } = row;
  if (place === undefined && status === undefined && code === undefined && message === undefined) return false;
  return (
    (place === undefined ? refusal.place !== 'wire' : [place].flat().includes(refusal.place)) &&
    (status === undefined || statusFits(status, refusal.status)) &&
    (code === undefined || textFits(code, refusal.code)) &&
    (message === undefined || textFits(message, refusal.message))
  );
}

function statusFits(wanted: NonNullable<FaultRow['status']>, status: number | undefined): boolean {
  if (status === undefined) return false;
  if (typeof wanted === 'string') return wanted === `${Math.floor(status / 100)}xx`;
  return [wanted].flat().includes(status);
}

function textFits(wanted: string | RegExp, text: string | undefined): boolean {
  if (text === undefined) return false;
  return typeof wanted === 'string' ? wanted === text : wanted.test(text);
}

function rowOf(fault: FaultName): FaultRow {
  const row = FAULT_TABLE.find((row) => row.fault === fault);
  if (row === undefined) throw new TypeError(`No row for fault ${fault}`);
  return row;
}

function sentenceOf(row: FaultRow, refusal: Refusal): string {
  const { purpose, host, isSandbox } = refusal;
  const sentences = [row.sentence.replaceAll('{purpose}', () => purpose).replaceAll('{host}', () => host)];
  const answer = row.quotesAnswer === true ? quotedAnswer(refusal) : undefined;
  if (answer !== undefined) sentences.push(`The answer was "${answer}".`);
  if (row.sandboxHint === true && isSandbox === false) {
    sentences.push('If the user belongs to a sandbox, set is_sandbox to true.');
  }
  return sentences.join(' ');
}

/** Code and words of the answer in one line, cut where they are long; undefined where it had neither. */
function quotedAnswer({ code, message }: Refusal): string | undefined {
  const parts = [code, message].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : plainText(parts.join(': '));
}

function internalOf({ status, code, message, purpose, requestId }: Refusal): string {
  const parts = [status, code, message?.slice(0, 1000), `(${purpose})`, requestId && `request ${requestId}`];
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // normal for the edge servers; the caller takes the text itself
  }
}

function plainText(text: string): string {
  return text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}

function member<K extends string>(object: object, as: K, ...keys: string[]): { [key in K]?: string } {
  const found = keys.map((key): unknown => Reflect.get(object, key)).find((value) => typeof value === 'string');
  return (typeof found === 'string' ? { [as]: found } : {}) as { [key in K]?: string };
}

/** Faults by script: what shall go wrong, where, and how often. */
import { json, text, type Answer } from './answer.ts';
import { isCount, isFlag, isObject, isText } from './json-body.ts';

export interface Fault {
  readonly method?: string;
  /** A regular expression, tried on path and query, decoded. */
  readonly path: string;
  /** Matches to let pass first. */
  readonly skip?: number;
  /** How many matches it strikes: 1 unless told, 0 for ever. */
  readonly times?: number;
  readonly status?: number;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
  /** The connection breaks after so many bytes of the body. */
  readonly cutAfterBytes?: number;
  /** The connection is reset instead of an answer. */
  readonly reset?: boolean;
  /** The body falls silent after so many bytes; the connection stays. */
  readonly hangAfterBytes?: number;
  /** The session of the request has ended. */
  readonly expireSession?: boolean;
  /** The Bulk job made or asked for fails with this errorMessage; empty: with none. */
  readonly failJob?: string;
  /** The Bulk job made or asked for is aborted. */
  readonly abortJob?: boolean;
  /** A page has so many rows fewer than it announces. */
  readonly shortPage?: number;
  /** A page of a query shows the rows that stand so many places earlier, in the place of its own. */
  readonly repeatRows?: number;
  /** A page of a query has no rows and names itself as the next one. */
  readonly stuckPage?: boolean;
  /** Text of the body that matches the regular expression is replaced, each time that it occurs. */
  readonly edit?: readonly [pattern: string, replacement: string];
}

const CHECKS: Readonly<Record<keyof Fault, (value: unknown) => boolean>> = {
  method: isText,
  path: (value) => isText(value) && isPattern(value),
  skip: isCount,
  times: isCount,
  status: (value) => isCount(value) && value >= 200 && value < 600,
  body: () => true,
  headers: (value) => isObject(value) && Object.values(value).every(isText),
  delayMs: isCount,
  cutAfterBytes: isCount,
  reset: isFlag,
  hangAfterBytes: isCount,
  expireSession: isFlag,
  failJob: isText,
  abortJob: isFlag,
  shortPage: isCount,
  repeatRows: isCount,
  stuckPage: isFlag,
  edit: (value) => Array.isArray(value) && value.length === 2 && value.every(isText) && isPattern(String(value[0])),
};

/** Reads a fault from JSON. Throws an Error that names what is missing, unknown or wrong. */
export function readFault(value: unknown): Fault {
  if (!isObject(value)) throw new Error('A fault is a JSON object');
  const { path } = value;
  if (!isText(path)) throw new Error('A fault needs a path: a regular expression on path and query');
  for (const [name, member] of Object.entries(value)) {
    if (!isMember(name)) throw new Error(`A fault has no ${name}`);
    if (!CHECKS[name](member)) throw new Error(`A fault's ${name} can't be ${JSON.stringify(member)}`);
  }
  return { ...value, path } as Fault;
}

interface Armed {
  readonly id: number;
  readonly fault: Fault;
  readonly pattern: RegExp;
  skip: number;
  /** Infinity: for ever. */
  left: number;
}

/** The faults that wait for their request. */
export class FaultList {
  #armed: Armed[] = [];
  #lastId = 0;

  /** Arms a fault; gives its id. */
  add(fault: Fault): number {
    this.#lastId += 1;
    const left = fault.times === 0 ? Number.POSITIVE_INFINITY : (fault.times ?? 1);
    this.#armed.push({ id: this.#lastId, fault, pattern: new RegExp(fault.path), skip: fault.skip ?? 0, left });
    return this.#lastId;
  }

  clear(): void {
    this.#armed = [];
  }

  /**
   * The first armed fault that strikes a request, spent by one. `targets` are the forms of its path and query that a
   * pattern may mean.
   */
  strike(method: string, targets: readonly string[]): Fault | undefined {
    for (const armed of this.#armed) {
      if (armed.fault.method !== undefined && armed.fault.method !== method) continue;
      if (!targets.some((target) => armed.pattern.test(target))) continue;
      if (armed.skip > 0) {
        armed.skip -= 1;
        continue;
      }
      armed.left -= 1;
      if (armed.left <= 0) this.#armed = this.#armed.filter((other) => other !== armed);
      return armed.fault;
    }
    return undefined;
  }
}

/**
 * The answer that a fault puts in the place of the real one; undefined where it has neither status nor body. A status
 * without a body gets the body that Salesforce sends with it.
 */
export function scriptedAnswer(fault: Fault): Answer | undefined {
  if (fault.status === undefined && fault.body === undefined) return undefined;
  const status = fault.status ?? 200;
  const answer = fault.body === undefined ? usualAnswer(status) : bodyAnswer(status, fault.body);
  return { ...answer, headers: { ...answer.headers, ...fault.headers } };
}

function bodyAnswer(status: number, body: unknown): Answer {
  return typeof body === 'string' ? text(body, 'text/html;charset=UTF-8', status) : json(body, status);
}

/** Bodies by status: those of the edge are HTML, those of the API an array of errors. */
function usualAnswer(status: number): Answer {
  const known = USUAL_ERRORS[status];
  if (known) return json([{ message: known[1], errorCode: known[0] }], status);
  if (status < 300) return json({}, status);
  return text(`<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`, 'text/html', status);
}

const USUAL_ERRORS: Readonly<Record<number, readonly [errorCode: string, message: string]>> = {
  401: ['INVALID_SESSION_ID', 'Session expired or invalid'],
  403: ['REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'],
  404: ['NOT_FOUND', 'The requested resource does not exist'],
  500: [
    'UNKNOWN_EXCEPTION',
    'An unexpected error occurred. Please include this ErrorId if you contact support: 123456789-12345 (-1234567890)',
  ],
};

function isMember(name: string): name is keyof Fault {
  return Object.hasOwn(CHECKS, name);
}

function isPattern(source: string): boolean {
  try {
    return RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

/** A request as the rest of the org sees it. */
import type { IncomingMessage } from 'node:http';

export interface Call {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query, decoded: what faults and the log go by. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** `http://127.0.0.1:8123`, as the client wrote it. */
  readonly origin: string;
}

/** A request body must fit here; the largest that this API takes is a composite call. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Reads a request whole. Throws an Error where its body is larger than 16 MiB or ends early. */
export async function readCall(request: IncomingMessage, ownOrigin: string): Promise<Call> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new Error('A request body came as text');
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`A request body of more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    ...subCall(request.method ?? 'GET', request.url ?? '/', headers, originOf(headers, ownOrigin)),
    body: Buffer.concat(chunks),
  };
}

/** A call from its parts, as in a composite request; the body is empty. */
export function subCall(method: string, url: string, headers: Readonly<Record<string, string>>, origin: string): Call {
  const mark = url.indexOf('?');
  const path = decode(mark < 0 ? url : url.slice(0, mark)).replace(/(?<=.)\/$/, '');
  const search = mark < 0 ? '' : url.slice(mark + 1);
  const target = mark < 0 ? path : `${path}?${decode(search.replaceAll('+', ' '))}`;
  return { method, path, query: new URLSearchParams(search), target, headers, body: Buffer.alloc(0), origin };
}

/** True for a request to Salesforce's own login hosts, which a proxy may lead here. */
export function isForLoginHost(headers: Readonly<Record<string, string>>): boolean {
  return /^(?:login|test)\.salesforce\.com$/.test(headers['host'] ?? '');
}

function originOf(headers: Readonly<Record<string, string>>, ownOrigin: string): string {
  const host = headers['host'];
  // The instance that a login host names is the practice org under its own name.
  return host === undefined || isForLoginHost(headers) ? ownOrigin : `http://${host}`;
}

/** A `%` that begins no escape stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

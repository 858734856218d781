/** One HTTP request on the network, by undici: bounded kept-alive connections, no redirects, time limits, broken bodies named. */
import { setMaxListeners } from 'node:events';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { isLoopback } from '../config/loopback.ts';
import type { ApiRequest, OpenAnswer } from './connection.ts';
import { proxiesOf } from './proxy.ts';
import { classify, makeFault } from './refusal.ts';
import { spooled } from './spool.ts';

/** A request with its host: scheme, name and port, no path. */
export interface WireRequest extends ApiRequest {
  readonly origin: string;
}

/** What every HTTP behaviour wraps and is itself: a request in, an answer of whatever status out. */
export type Send<R extends ApiRequest = ApiRequest, A = OpenAnswer> = (request: R) => Promise<A>;

export interface WireOptions {
  /** Connections to one host at the same time. */
  readonly connections: number;
  /** Until the status line is there. */
  readonly answerMs: number;
  /** Between two pieces of a body. */
  readonly bodySilentMs: number;
}

export interface Wire {
  readonly send: Send<WireRequest>;
  /** Ends what is under way and closes the sockets, so that the process can end. */
  close(): Promise<void>;
}

/** Time for DNS, TCP and TLS together. */
const CONNECT_MS = 10_000;
/** Salesforce's edge keeps idle connections for longer than this; a shorter time here avoids sending into a closed one. */
const IDLE_MS = 15_000;

/**
 * Opens the way out. Proxies of the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY) are used, but never for
 * loopback; throws what `proxiesOf` throws.
 * `send` throws the faults of place 'wire' (unreachable, host_unknown, tls_refused), and its body `body_cut` where it ends
 * before its length or falls silent; an aborted request throws its signal's reason.
 */
export function openWire(options: WireOptions): Wire {
  const settings: Agent.Options = {
    connections: options.connections,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    headersTimeout: options.answerMs,
    bodyTimeout: options.bodySilentMs,
    connect: { timeout: CONNECT_MS },
  };
  const direct = new Agent(settings);
  const proxies = proxiesOf(process.env);
  const outward = proxies ? new EnvHttpProxyAgent({ ...settings, ...proxies }) : direct;
  return {
    send: (request) => exchange(isLoopback(new URL(request.origin).hostname) ? direct : outward, request),
    close: async () => {
      await Promise.all([direct.destroy(), outward.destroy()]);
    },
  };
}

async function exchange(dispatcher: Dispatcher, request: WireRequest): Promise<OpenAnswer> {
  const { origin, method, path, headers, body, signal } = request;
  signal.throwIfAborted();
  // One signal ends a whole run, so many requests listen to it; Node would take more than ten for a leak and say so.
  setMaxListeners(0, signal);
  try {
    const answer = await dispatcher.request({
      origin,
      method,
      path,
      signal,
      headers: headers ?? {},
      body: body ?? null,
    });
    const flat = flatten(answer.headers);
    const received = isLast(flat) ? spooled(answer.body) : answer.body;
    return { status: answer.statusCode, headers: flat, body: readBody(received, request) };
  } catch (cause) {
    signal.throwIfAborted();
    throw notReached(cause, request);
  }
}

/**
 * Whether the connection ends with this answer (RFC 9112, 6.3 and 9.6). Such a body is taken without back-pressure: undici 7
 * ends the process where a connection that is not to be kept alive ends while its reader is behind (an assertion that no
 * caller can catch, nodejs/undici#5360; 8 is mended, and wants Node 22). Salesforce keeps its connections alive; what closes
 * them is a proxy, or an edge server with little to say.
 */
function isLast(headers: Readonly<Record<string, string>>): boolean {
  const isFramed = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return !isFramed || /\bclose\b/i.test(headers['connection'] ?? '');
}

async function* readBody(body: AsyncIterable<Uint8Array>, request: WireRequest): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    request.signal.throwIfAborted();
    const { purpose, origin } = request;
    throw makeFault('body_cut', { purpose, host: new URL(origin).host, message: describeCause(cause), cause });
  }
}

function notReached(cause: unknown, { origin, purpose }: WireRequest): Error {
  const code = codeOf(cause);
  return classify({
    place: 'wire',
    host: new URL(origin).host,
    purpose,
    ...(code !== undefined && { code }),
    message: describeCause(cause),
    cause,
  });
}

/** Node's `code`, also where undici or happy eyeballs wrapped the cause or an AggregateError. */
function codeOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null) return undefined;
  const code: unknown = Reflect.get(cause, 'code');
  if (typeof code === 'string' && code !== 'UND_ERR') return code;
  return codeOf(Reflect.get(cause, 'cause'));
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? `${codeOf(cause) ?? cause.name} ${cause.message}`.trim() : String(cause);
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

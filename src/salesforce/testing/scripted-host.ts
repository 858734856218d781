/** For tests: a real HTTP server on a free port that plays login host and instance by a script. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, type ConnectOptions } from '../connect.ts';
import type { Connection } from '../connection.ts';

export interface Asked {
  readonly method: string;
  /** Path without the query string. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Played {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; an object is sent as JSON. */
  readonly body?: string | Uint8Array | object;
  /** The socket is destroyed: 'before' any answer, or in the middle of the body. */
  readonly cut?: 'before' | 'middle';
  /** The body stops in the middle and nothing more comes. */
  readonly stall?: true;
}

export type Script = (asked: Asked) => Played | Promise<Played>;

export interface ScriptedHost {
  readonly url: string;
  readonly asked: Asked[];
  /** Requests whose path ends so. */
  count(pathEnd: string): number;
  close(): Promise<void>;
}

export const ORG_ID = '00Dxx0000001gEREAY';
export const NOT_FOUND = [{ message: 'The requested resource does not exist', errorCode: 'NOT_FOUND' }];
export const SESSION_EXPIRED = {
  status: 401,
  body: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }],
};

/** Starts the server. What the script leaves undefined (login, versions) is answered as a healthy org would. */
export async function startHost(script: (asked: Asked) => ReturnType<Script> | undefined): Promise<ScriptedHost> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void serve(request, response);
  });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const one = await readRequest(request);
    asked.push(one);
    play(response, (await script(one)) ?? healthy(one, url));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    count: (pathEnd) => asked.filter(({ path }) => path.endsWith(pathEnd)).length,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A connection to the host, with budgets short enough for a test. */
export function connectTo(host: ScriptedHost, options: Partial<ConnectOptions> = {}): Promise<Connection> {
  return connect({
    credentials: { authType: 'oauth', clientId: 'key', clientSecret: 'secret', refreshToken: 'refresh-1' },
    isSandbox: false,
    loginUrl: host.url,
    apiVersion: '58.0',
    mode: 'read',
    signal: AbortSignal.timeout(20_000),
    onRefreshToken: async () => {},
    ...options,
    budgets: {
      hostMs: 400,
      nameMs: 200,
      serverMs: 400,
      freshSessionMs: 100,
      firstWaitMs: 5,
      longestWaitMs: 20,
      bodySilentMs: 200,
      ...options.budgets,
    },
  });
}

export function tokenBody(url: string, members: object = {}): object {
  return {
    access_token: 'token-1',
    instance_url: url,
    id: `https://login.salesforce.com/id/${ORG_ID}/005xx000001Sv6AAAS`,
    token_type: 'Bearer',
    issued_at: '1700000000000',
    ...members,
  };
}

function healthy({ path }: Asked, url: string): Played {
  if (path === '/services/oauth2/token') return { body: tokenBody(url) };
  if (path === '/services/data')
    return { body: ['58.0', '60.0', '62.0'].map((version) => ({ label: '', url: '', version })) };
  return { status: 404, body: NOT_FOUND };
}

async function readRequest(request: IncomingMessage): Promise<Asked> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host');
  const { method = 'GET', headers } = request;
  return { method, path: pathname, query: searchParams, headers, body: Buffer.concat(chunks).toString() };
}

function play(response: ServerResponse, { status = 200, headers = {}, body = '', cut, stall }: Played): void {
  if (cut === 'before') {
    response.destroy();
    return;
  }
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = Buffer.from(isRaw ? body : JSON.stringify(body));
  const contentType: Record<string, string> = isRaw ? {} : { 'content-type': 'application/json;charset=UTF-8' };
  response.writeHead(status, { ...contentType, 'content-length': String(bytes.length), ...headers });
  if (cut === undefined && stall === undefined) {
    response.end(status === 204 || status === 304 ? undefined : bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => {
    if (cut === 'middle') response.destroy();
  });
}

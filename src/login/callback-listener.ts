/** The listener on localhost that a browser comes back to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ModstampError } from '../errors.ts';

export interface CallbackListener {
  /** What the app must have among its callback URLs; the port is part of the match. */
  readonly url: string;
  close(): void;
}

export interface CallbackPage {
  readonly status: number;
  readonly text: string;
}

/** The path that Salesforce's own tools register. */
const PATH = '/OauthRedirect';
/** Browsers may try either first for localhost; one of the two may be missing on a machine. */
const LOOPBACKS = ['127.0.0.1', '::1'] as const;

/**
 * Listens on the port of both loopback addresses. `onCallback` is given the query of each GET of the callback path, and
 * decides what the browser shows. Throws config_error where the port is taken.
 */
export async function listenForCallback(
  port: number,
  onCallback: (query: URLSearchParams) => CallbackPage,
): Promise<CallbackListener> {
  const servers: Server[] = [];
  const close = () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
  let bound = port;
  for (const host of LOOPBACKS) {
    const server = createServer((request, response) => answer(request, response, onCallback));
    try {
      bound = await listen(server, bound, host);
      servers.push(server);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (host === '::1' && code !== 'EADDRINUSE') continue;
      close();
      throw portRefused(bound, code, error);
    }
  }
  return { url: `http://localhost:${bound}${PATH}`, close };
}

function portRefused(port: number, code: string, cause: unknown): ModstampError {
  const reason =
    code === 'EADDRINUSE' ? 'is taken by another program, perhaps another login' : `can't be had (${code})`;
  return new ModstampError(
    `Port ${port} of this machine ${reason}: end that program, or choose another one with --port and add http://localhost:PORT${PATH} to the callback URLs of the app.`,
    { failureType: 'config_error', cause },
  );
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  onCallback: (query: URLSearchParams) => CallbackPage,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (request.method === 'OPTIONS') {
    // Browsers ask before a public page may lead to a private address (Private Network Access).
    response.writeHead(204, {
      'access-control-allow-methods': 'GET',
      'access-control-allow-private-network': 'true',
      'access-control-allow-origin': request.headers.origin ?? '*',
    });
    response.end();
  } else if (pathname !== PATH) show(response, { status: 404, text: 'Not found.' });
  else if (request.method !== 'GET') show(response, { status: 405, text: 'Only GET is understood here.' });
  else show(response, onCallback(searchParams));
}

function show(response: ServerResponse, { status, text }: CallbackPage): void {
  const words = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  // No script, no picture, no referrer: the address of this page holds the code.
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Modstamp</title><style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}</style></head><body><p>${words}</p></body></html>\n`,
  );
}

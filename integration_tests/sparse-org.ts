/** A host that speaks as little of Salesforce's API as a connector can live on: what the test doubles of others are like. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

/** How an answer travels: with its length, in chunks, until the connection ends (HTTP/1.0), or compressed unasked. */
export type Framing = 'length' | 'chunks' | 'close' | 'gzip';

export interface SparseOrg {
  readonly url: string;
  /** Paths that were asked, without query strings, in their order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export interface SparseOptions {
  readonly framing?: Framing;
  /** Rows of the one object, `Invoice__c`. */
  readonly rowCount: number;
  /** Whether the pages of a query tell its totalSize, from which a reader knows that Bulk would be cheaper. */
  readonly isQueryCounted?: boolean;
  /** Whether a Bulk job tells how many rows it has; its results never do. */
  readonly isJobCounted?: boolean;
  /** Rows that the results of Bulk lack at their end. */
  readonly lostRows?: number;
}

const PAGE_ROWS = 2000;
const STAMP = '2026-01-02T03:04:05.000+0000';
const JOB = '/jobs/query/750xx0000000001AAA';

/**
 * Starts it on a free port of loopback. It has no list of versions, no composite, no limits, no Date and no headers of its
 * own; a token answer of two members, describes of names and types, pages without done or totalSize.
 */
export async function openSparseOrg(options: SparseOptions): Promise<SparseOrg> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void serve(request, response);
  });
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    await text(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    asked.push(pathname);
    const body = answerOf(
      pathname.replace('/services/data/v58.0', ''),
      searchParams,
      request.method ?? 'GET',
      url,
      options,
    );
    send(response, body, options.framing ?? 'length');
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

/** The body of an answer; undefined for what is not there. A text is CSV. */
function answerOf(
  resource: string,
  query: URLSearchParams,
  method: string,
  url: string,
  options: SparseOptions,
): object | string | undefined {
  const page = /^\/query\/(\d+)$/.exec(resource)?.[1];
  if (page !== undefined) return pageOf(Number(page), options);
  switch (resource) {
    case '/services/oauth2/token':
      return { access_token: 'opaque', instance_url: url };
    case '/sobjects':
      return { sobjects: [{ name: 'Invoice__c', queryable: true }] };
    case '/sobjects/Invoice__c/describe':
      return { fields: [{ name: 'Id', type: 'id' }, { name: 'Total__c', type: 'double' }, { name: 'SystemModstamp', type: 'datetime' }] }; // prettier-ignore
    case '/queryAll':
      return query.get('q')?.includes('FROM Invoice__c') ? pageOf(0, options) : undefined;
    case '/jobs/query':
      return { id: JOB.slice(-18) };
    case JOB:
      return method === 'GET'
        ? {
            state: 'JobComplete',
            ...(options.isJobCounted && { numberRecordsProcessed: options.rowCount }),
          }
        : {};
    case `${JOB}/results`:
      return csvOf(options.rowCount - (options.lostRows ?? 0));
    default:
      return undefined;
  }
}

function pageOf(from: number, { rowCount, isQueryCounted }: SparseOptions): object {
  const to = Math.min(rowCount, from + PAGE_ROWS);
  const records = Array.from({ length: to - from }, (_, index) => ({
    Id: idOf(from + index),
    Total__c: 1.5,
    SystemModstamp: STAMP,
  }));
  return {
    records,
    ...(isQueryCounted && { totalSize: rowCount }),
    ...(to < rowCount && { nextRecordsUrl: `/services/data/v58.0/query/${to}` }),
  };
}

function csvOf(rowCount: number): string {
  const rows = Array.from({ length: rowCount }, (_, index) => `"${idOf(index)}","${STAMP}","1.5"\n`);
  return `"Id","SystemModstamp","Total__c"\n${rows.join('')}`;
}

function idOf(index: number): string {
  return `a00xx${String(index).padStart(10, '0')}AAA`;
}

function send(response: ServerResponse, body: object | string | undefined, framing: Framing): void {
  response.sendDate = false;
  response.statusCode = body === undefined ? 404 : 200;
  const plain = typeof body === 'string' ? body : JSON.stringify(body ?? { errorCode: 'NOT_FOUND', message: 'no' });
  const type = typeof body === 'string' ? 'text/csv' : 'application/json';
  switch (framing) {
    case 'length':
      response.setHeader('content-type', type).setHeader('content-length', Buffer.byteLength(plain)).end(plain);
      return;
    case 'chunks':
      response.setHeader('content-type', type).write(plain.slice(0, 40));
      response.end(plain.slice(40));
      return;
    case 'close':
      response.socket?.end(`HTTP/1.0 ${response.statusCode} X\r\nContent-Type: ${type}\r\n\r\n${plain}`);
      return;
    case 'gzip':
      response.setHeader('content-type', type).setHeader('content-encoding', 'gzip').end(gzipSync(plain));
      return;
    default:
      framing satisfies never;
  }
}

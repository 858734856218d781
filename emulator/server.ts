/** The practice org as a server. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { JobBook } from './bulk/job-book.ts';
import { Bulk1Book } from './bulk1/job-book.ts';
import { Directory } from './directory.ts';
import { exchange } from './exchange.ts';
import { FaultList } from './http/fault.ts';
import { Journal } from './http/journal.ts';
import { Usage } from './http/usage.ts';
import { AuthorizationBook } from './login/authorization-book.ts';
import { JwtKeys } from './login/jwt.ts';
import { RefreshGrant } from './login/refresh-grant.ts';
import { SessionBook } from './login/session.ts';
import type { PracticeOrg, PracticeOrgOptions } from './model.ts';
import { createPracticeOrg } from './org.ts';
import { CursorBook } from './rest/cursor.ts';
import { DescribeCache } from './rest/describe-cache.ts';
import type { Service } from './service.ts';
import { changeSettings, defaultSettings, type Settings } from './settings.ts';

export interface ServerOptions {
  /** 0, the default: any free one. */
  readonly port?: number;
  /** 127.0.0.1 unless told: an org with known passwords isn't for others. */
  readonly host?: string;
  readonly settings?: Partial<Settings>;
}

export interface RunningOrg {
  readonly url: string;
  readonly org: PracticeOrg;
  /** Breaks open connections and removes temporary files. */
  close(): Promise<void>;
}

/** The service closes idle connections after some minutes; a client that keeps one shall find it. */
const KEEP_ALIVE_MS = 65_000;
/** Above the limits that the org itself answers with 414 and 431. */
const MAX_HEADER_BYTES = 256 * 1024;

/** Makes an org and serves it. Rejects where the port can't be had. */
export async function startPracticeOrg(options: PracticeOrgOptions & ServerOptions): Promise<RunningOrg> {
  return serveOrg(createPracticeOrg(options), options);
}

async function serveOrg(org: PracticeOrg, options: ServerOptions): Promise<RunningOrg> {
  const settings = defaultSettings();
  changeSettings(settings, options.settings ?? {});
  org.shiftClock(settings.clockOffsetMs);
  const service = createService(org, settings);
  const host = options.host ?? '127.0.0.1';
  let url = '';
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      response.sendDate = false;
      void exchange(service, request, response, url);
    },
  );
  url = `http://${host}:${await listen(server, options.port ?? 0, host)}`;
  return {
    url,
    org,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await service.jobs.close();
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The practice org listens on no port');
  return address.port;
}

/** A service on an org with nothing done to it. */
function createService(org: PracticeOrg, settings: Settings): Service {
  const premises = { org, settings, directory: new Directory(org) };
  const jobs = new JobBook(premises);
  return {
    ...premises,
    sessions: new SessionBook(settings, org.id),
    refreshGrant: new RefreshGrant(),
    authorizations: new AuthorizationBook(),
    jwtKeys: new JwtKeys(),
    usage: new Usage(settings),
    faults: new FaultList(),
    journal: new Journal(),
    describes: new DescribeCache(org, premises.directory),
    cursors: new CursorBook(),
    jobs,
    bulk1: new Bulk1Book(premises, jobs),
  };
}

/** The running org: its data and all that the server keeps beside them. */
import type { JobBook } from './bulk/job-book.ts';
import { Directory } from './directory.ts';
import { FaultList } from './http/fault.ts';
import { Journal } from './http/journal.ts';
import { Usage } from './http/usage.ts';
import { JwtKeys } from './login/jwt.ts';
import { SessionBook } from './login/session.ts';
import { RefreshGrant } from './login/token.ts';
import type { PracticeOrg } from './model.ts';
import { CursorBook } from './rest/cursor.ts';
import { DescribeCache } from './rest/describe.ts';
import type { Settings } from './settings.ts';
import type { Viewpoint } from './soql/plan.ts';

export interface Service {
  readonly org: PracticeOrg;
  readonly settings: Settings;
  readonly directory: Directory;
  readonly sessions: SessionBook;
  readonly refreshGrant: RefreshGrant;
  readonly jwtKeys: JwtKeys;
  readonly usage: Usage;
  readonly faults: FaultList;
  readonly journal: Journal;
  readonly describes: DescribeCache;
  readonly cursors: CursorBook;
  readonly jobs: JobBook;
  /** Epoch ms by the server's clock. */
  now(): number;
}

/** A service on an org with nothing done to it; `jobs` holds temporary files and is closed by whoever made it. */
export function createService(org: PracticeOrg, settings: Settings, jobs: JobBook): Service {
  const directory = new Directory(org);
  const now = () => org.now();
  return {
    org,
    settings,
    directory,
    sessions: new SessionBook(settings, org.id),
    refreshGrant: new RefreshGrant(),
    jwtKeys: new JwtKeys(),
    usage: new Usage(settings),
    faults: new FaultList(),
    journal: new Journal(),
    describes: new DescribeCache(org, directory),
    cursors: new CursorBook(),
    jobs,
    now,
  };
}

/** The org as a request of this moment sees it. */
export function viewpoint(service: Service, includeDeleted: boolean): Viewpoint {
  const nowMs = service.now();
  const { lateCommitMs } = service.settings;
  const committedUntil = lateCommitMs > 0 ? new Date(nowMs - lateCommitMs).toISOString() : undefined;
  return { org: service.org, directory: service.directory, nowMs, committedUntil, includeDeleted };
}

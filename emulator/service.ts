/** The running org: its data and all that the server keeps beside them. */
import type { JobBook } from './bulk/job-book.ts';
import type { Bulk1Book } from './bulk1/job-book.ts';
import type { Directory } from './directory.ts';
import type { FaultList } from './http/fault.ts';
import type { Journal } from './http/journal.ts';
import type { Usage } from './http/usage.ts';
import type { JwtKeys } from './login/jwt.ts';
import type { SessionBook } from './login/session.ts';
import type { RefreshGrant } from './login/token.ts';
import type { PracticeOrg } from './model.ts';
import type { CursorBook } from './rest/cursor.ts';
import type { DescribeCache } from './rest/describe.ts';
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
  readonly bulk1: Bulk1Book;
  /** Epoch ms by the server's clock. */
  now(): number;
}

/** The org as a request of this moment sees it. */
export function viewpoint(service: Service, includeDeleted: boolean): Viewpoint {
  const nowMs = service.now();
  const { lateCommitMs } = service.settings;
  const committedUntil = lateCommitMs > 0 ? new Date(nowMs - lateCommitMs).toISOString() : undefined;
  return { org: service.org, directory: service.directory, nowMs, committedUntil, includeDeleted };
}

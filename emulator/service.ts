/** The running org: its data and all that the server keeps beside them. */
import type { JobBook } from './bulk/job-book.ts';
import type { Bulk1Book } from './bulk1/job-book.ts';
import type { FaultList } from './http/fault.ts';
import type { Journal } from './http/journal.ts';
import type { Usage } from './http/usage.ts';
import type { AuthorizationBook } from './login/authorization-book.ts';
import type { JwtKeys } from './login/jwt.ts';
import type { SessionBook } from './login/session.ts';
import type { RefreshGrant } from './login/refresh-grant.ts';
import type { CursorBook } from './rest/cursor.ts';
import type { DescribeCache } from './rest/describe-cache.ts';
import type { Premises } from './viewpoint.ts';

export interface Service extends Premises {
  readonly sessions: SessionBook;
  readonly refreshGrant: RefreshGrant;
  readonly authorizations: AuthorizationBook;
  readonly jwtKeys: JwtKeys;
  readonly usage: Usage;
  readonly faults: FaultList;
  readonly journal: Journal;
  readonly describes: DescribeCache;
  readonly cursors: CursorBook;
  readonly jobs: JobBook;
  readonly bulk1: Bulk1Book;
}

/** The org as one request sees it. */
import type { Directory } from './directory.ts';
import type { PracticeOrg } from './model.ts';
import type { Settings } from './settings.ts';

export interface Viewpoint {
  readonly org: PracticeOrg;
  readonly directory: Directory;
  /** Epoch ms of the request, for TODAY and its like. */
  readonly nowMs: number;
  /** Datetime; rows changed later aren't committed yet, so that nobody sees them. Undefined: all are. */
  readonly committedUntil: string | undefined;
  /** queryAll: soft-deleted and archived rows, too. */
  readonly includeDeleted: boolean;
}

/** What decides how the org is seen: its rows, its schema and its settings. */
export interface Premises {
  readonly org: PracticeOrg;
  readonly directory: Directory;
  readonly settings: Settings;
}

/** The org as a request of this moment sees it. */
export function viewpoint({ org, directory, settings }: Premises, includeDeleted: boolean): Viewpoint {
  const nowMs = org.now();
  const { lateCommitMs } = settings;
  const committedUntil = lateCommitMs > 0 ? new Date(nowMs - lateCommitMs).toISOString() : undefined;
  return { org, directory, nowMs, committedUntil, includeDeleted };
}

/**
 * What a stream's STATE says, and how it is written: `{"<cursor property>": bound, "modstamp": {…}}`. The cursor's key is
 * the property's own name, as hosts and acceptance tests expect; everything else stands under `modstamp`.
 */
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Window } from './window.ts';

/** A Bulk job that can be read on: the result page to go on with (absent: the first), the rows of the pages before it. */
export interface ResumedJob {
  readonly id: string;
  readonly apiVersion: string;
  readonly locator?: string;
  readonly rows: number;
}

/** Where an interrupted reading goes on. `windows` are those still to be read, the first one in progress. */
export interface Resume {
  readonly windows: readonly Window[];
  /** The Bulk job of the first window. */
  readonly job?: ResumedJob;
  /** Start of the run that planned this reading: the bound once it is done. */
  readonly startedAt: string;
  /** How far back the stream will have been read once it is done; absent: its whole history. */
  readonly since?: string;
  /** Whether it reads the whole object, so that a resumed read keeps its meaning. */
  readonly whole: boolean;
  /** Whether it leads to a checkpoint: what one sync mode has begun, the other can't end. Absent in old states. */
  readonly incremental?: boolean;
  /** Fields being read, joined by commas: another selection can't go on here. */
  readonly fields: string;
  readonly syncId?: number;
  readonly generationId?: number;
}

export interface DeletesState {
  /** The next call asks from here on. */
  readonly from: string;
  /** Since when deletes may be missing, until a refresh. */
  readonly gapSince?: string;
  /** Ids that the last list of deletions named and that were still in the recycle bin. */
  readonly binned?: readonly string[];
  /** When these were last looked for. */
  readonly binCheckedAt?: string;
}

export interface StreamState {
  /** Lower bound of the next increment; absent: no checkpoint. */
  readonly cursor?: string;
  /** Salesforce fields that the rows written so far carry. */
  readonly fields?: readonly string[];
  /** Fields that rows carried and that the org did not show at later syncs: since which bound their values are missing. */
  readonly hidden?: { readonly [field: string]: string };
  readonly organizationId?: string;
  /** The start_date under which the rows came: earlier ones were left out. Absent: the whole history. */
  readonly since?: string;
  /** When the stream was last read whole. */
  readonly wholeReadAt?: string;
  readonly resume?: Resume;
  readonly deletes?: DeletesState;
  /** A finished full refresh, told apart by the host's ids. */
  readonly finished?: { readonly syncId?: number; readonly generationId?: number };
}

/** A StreamState as JSON, the cursor under its property's name. */
export function writeState(state: StreamState, cursorProperty: string | undefined): JsonObject {
  const { cursor, fields, ...rest } = state;
  const own: Record<string, JsonValue> = { version: 1, ...(JSON.parse(JSON.stringify(rest)) as JsonObject) };
  if (fields) own['fields'] = fields.join(',');
  return cursor && cursorProperty ? { [cursorProperty]: cursor, modstamp: own } : { modstamp: own };
}

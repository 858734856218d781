/**
 * The checkpoint of a stream: what of a saved state a reading may go on with, and what it leaves for the next one. Pure.
 */
import type { ConfiguredStream } from '../../airbyte/protocol.ts';
import type { Selection } from './selection.ts';
import type { Resume, StreamState } from './stream-state.ts';

/** What decides about the states of a reading. */
export interface ReadingKind {
  /** Start of the run that planned it. */
  readonly bound: string;
  /** Up to when changes are read, which becomes the cursor: later than `bound` where a resumed reading has caught up. */
  readonly reachedAt: string;
  readonly whole: boolean;
  /** Whether it keeps a checkpoint. */
  readonly incremental: boolean;
  readonly hardDeletes: boolean;
  readonly organizationId: string;
  /** How far back the stream will have been read; absent: its whole history. */
  readonly since?: string;
  /** What the next run must know of fields that the org does not show now. */
  readonly hidden?: StreamState['hidden'];
}

/**
 * The saved resume, where this reading can go on in it: the same fields, and the same sync mode, since an overwriting read
 * has lost its first half to the host, and an increment is no whole read. Bulk results belong to one API version (409 for
 * any other); without their job the window is read anew.
 */
export function usableResume(
  { resume }: StreamState,
  selection: Selection,
  incremental: boolean,
  apiVersion: string,
): Resume | undefined {
  if (!resume || resume.fields !== selection.selected.join(',')) return undefined;
  if ((resume.incremental ?? incremental) !== incremental || (!incremental && !resume.whole)) return undefined;
  if (!resume.job || resume.job.apiVersion === apiVersion) return resume;
  const { job: _job, ...anew } = resume;
  return anew;
}

/** The ids by which a host shows that two runs belong to one job. */
export function jobOf(stream: ConfiguredStream): { syncId?: number; generationId?: number } {
  return {
    ...(stream.syncId !== undefined && { syncId: stream.syncId }),
    ...(stream.generationId !== undefined && { generationId: stream.generationId }),
  };
}

/**
 * Whether a saved state belongs to this run's job. Sync ids decide where both sides have one: a generation lives on over
 * many jobs where the destination appends.
 */
export function sameJob(
  stream: ConfiguredStream,
  saved: { readonly syncId?: number; readonly generationId?: number },
): boolean {
  if (stream.syncId !== undefined && saved.syncId !== undefined) return stream.syncId === saved.syncId;
  return stream.generationId !== undefined && stream.generationId === saved.generationId;
}

/** Ids of 15 and 18 characters may name the same org; a login that does not tell it can't be compared. */
export function sameOrganization(a: string, b: string): boolean {
  return a === '' || b === '' || a.slice(0, 15) === b.slice(0, 15);
}

/**
 * What the state holds while a reading is under way, besides its resume: the checkpoint from which it started. A read
 * without a checkpoint keeps none.
 */
export function standingState(stream: ConfiguredStream, state: StreamState, reading: ReadingKind): StreamState {
  const { organizationId, incremental } = reading;
  if (!incremental) return { ...keptDeletes(state, stream), organizationId };
  const { resume: _resume, finished: _finished, ...standing } = state;
  return { ...standing, ...dueDeletes(state, reading), organizationId };
}

/** The state once every window of a reading is read. */
export function finishedState(
  stream: ConfiguredStream,
  state: StreamState,
  selection: Selection,
  reading: ReadingKind,
): StreamState {
  const { bound, reachedAt, whole, organizationId, since } = reading;
  const wholeReadAt = whole ? bound : state.wholeReadAt;
  const common = {
    organizationId,
    fields: selection.selected,
    ...(since !== undefined && { since }),
    ...(wholeReadAt && { wholeReadAt }),
  };
  if (!reading.incremental) return { ...common, ...keptDeletes(state, stream), finished: jobOf(stream) };
  // A cursor never moves back: a host may hand in one from the future, and what it covers stays covered.
  const cursor = state.cursor && !whole && state.cursor > reachedAt ? state.cursor : reachedAt;
  const hidden = reading.hidden && Object.keys(reading.hidden).length > 0 ? { hidden: reading.hidden } : {};
  return { ...common, ...hidden, cursor, ...(state.deletes && { deletes: state.deletes }) };
}

/**
 * The deletes' bound of a stream that has none yet. A first read carries it from its first STATE on: a row that it brings,
 * and that is deleted before it is resumed, must be found.
 */
function dueDeletes({ deletes, cursor, wholeReadAt }: StreamState, { bound, hardDeletes }: ReadingKind): StreamState {
  if (!hardDeletes || deletes) return {};
  return { deletes: { from: wholeReadAt ?? cursor ?? bound } };
}

/** A read without a checkpoint does not empty the table unless it overwrites it: deletes stay due from where they were. */
function keptDeletes({ deletes }: StreamState, { destinationSyncMode }: ConfiguredStream): StreamState {
  return deletes && destinationSyncMode !== 'overwrite' ? { deletes } : {};
}

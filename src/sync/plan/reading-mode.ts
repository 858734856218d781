/** In words, why a stream is read whole or in part. Pure. */
import type { ConfiguredStream } from '../../airbyte/protocol.ts';
import type { Selection } from './selection.ts';
import type { Resume, StreamState } from './stream-state.ts';
import type { Window } from './window.ts';

export interface ModeFacts {
  readonly stream: ConfiguredStream;
  readonly selection: Selection;
  readonly cursorField: string | undefined;
  /** As it counts for this read: empty where it was another org's. */
  readonly state: StreamState;
  readonly whole: boolean;
  readonly windows: readonly Window[];
  readonly resume?: Resume;
}

export function whyRead({ stream, selection, cursorField, state, whole, windows, resume }: ModeFacts): string {
  if (resume) return `the read of ${resume.startedAt} is resumed`;
  if (windows.length === 0) return 'it was read already in this job';
  if (!whole) return `rows changed since ${windows.at(-1)?.from ?? 'the last sync'}`;
  if (stream.syncMode === 'full_refresh') return 'the catalog asks for a full refresh';
  if (cursorField === undefined) return 'the object has no date that tells which rows changed';
  if (selection.cursorProperty === undefined) return `its cursor ${cursorField} is not selected`;
  if (state.cursor === undefined) return 'no earlier sync of it is known';
  return 'what was read before is not enough';
}

/** Remembers where the tracked values of the last row lie, without making a string for each row. */

import { type Cells, cellText } from './cells.ts';
import { canonicalDatetime } from './moment.ts';
import type { LastRow, RecordTemplate } from './template.ts';

export interface Track {
  readonly cells: readonly number[];
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly marks: Uint8Array;
  readonly id: number | undefined;
  readonly cursor: number | undefined;
}

export function createTrack({ track: { id, cursor } }: RecordTemplate): Track {
  const cells = [id, cursor].filter((cell) => cell !== undefined);
  return {
    cells,
    starts: new Int32Array(cells.length),
    ends: new Int32Array(cells.length),
    marks: new Uint8Array(cells.length),
    id: id === undefined ? undefined : 0,
    cursor: cursor === undefined ? undefined : cells.length - 1,
  };
}

/** Keeps the places of the row in hand; the next row overwrites `cells`. */
export function keepRow(track: Track, cells: Cells): void {
  for (let i = 0; i < track.cells.length; i++) {
    const cell = track.cells[i] as number;
    track.starts[i] = cells.starts[cell] as number;
    track.ends[i] = cells.ends[cell] as number;
    track.marks[i] = cells.marks[cell] as number;
  }
}

/** The tracked values of the row that was kept last; to be called before the buffer's bytes move. */
export function lastRow(track: Track, cells: Cells): LastRow {
  const { starts, ends, marks } = track;
  const kept = { ...cells, starts, ends, marks };
  const id = track.id === undefined ? undefined : cellText(kept, track.id);
  const cursor = track.cursor === undefined ? undefined : cellText(kept, track.cursor);
  return {
    ...(id === undefined ? {} : { id }),
    ...(cursor === undefined ? {} : { cursor: canonicalDatetime(cursor) ?? cursor }),
  };
}

/** The bytes of a page on their way in: gathered until a row is whole, and always valid UTF-8. */

import { isUtf8 } from 'node:buffer';
import { OVERSHOOT, viewOf } from './cells.ts';

export interface Intake {
  /** A buffer of our own, OVERSHOOT bytes longer than what is in it. */
  bytes: Uint8Array;
  view: DataView;
  /** Everything before it is done with. */
  from: number;
  /** Everything before it may be read. */
  to: number;
  /** Start of a character whose end has not come yet: up to three bytes. */
  cut: Uint8Array;
}

/** Room for two chunks as sockets and zlib give them (64 KiB at most); it grows only for a row that is longer. */
const CAPACITY_BYTES = 128 * 1024;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function createIntake(): Intake {
  const bytes = new Uint8Array(CAPACITY_BYTES);
  return { bytes, view: viewOf(bytes), from: 0, to: 0, cut: new Uint8Array(0) };
}

/**
 * Takes a chunk in. What is not UTF-8 becomes U+FFFD by the WHATWG rule, the same however the bytes are cut. Positions in
 * the buffer move; gives the distance by which they moved down.
 */
export function takeIn(intake: Intake, chunk: Uint8Array, last: boolean): number {
  const { cut } = intake;
  const moved = makeRoom(intake, cut.length + chunk.length);
  const { bytes, to } = intake;
  bytes.set(cut, to);
  bytes.set(chunk, to + cut.length);
  const end = to + cut.length + chunk.length;
  const whole = last ? end : end - cutBytes(bytes, to, end);
  intake.cut = bytes.slice(whole, end);
  intake.to = whole;
  if (isUtf8(bytes.subarray(to, whole))) return moved;
  const repaired = new TextEncoder().encode(decoder.decode(bytes.subarray(to, whole)));
  intake.to = to;
  const movedAgain = makeRoom(intake, repaired.length);
  intake.bytes.set(repaired, intake.to);
  intake.to += repaired.length;
  return moved + movedAgain;
}

function makeRoom(intake: Intake, bytesNeeded: number): number {
  const { bytes, from, to } = intake;
  if (to + bytesNeeded + OVERSHOOT <= bytes.length) return 0;
  const kept = to - from;
  // At least half of the buffer is free after a move, so that a long row that comes in many chunks is not moved for each.
  const needed = Math.max(kept * 2, kept + bytesNeeded + OVERSHOOT);
  if (needed <= bytes.length) bytes.copyWithin(0, from, to);
  else {
    const grown = new Uint8Array(Math.max(needed, bytes.length * 2));
    grown.set(bytes.subarray(from, to));
    intake.bytes = grown;
    intake.view = viewOf(grown);
  }
  intake.from = 0;
  intake.to = kept;
  return from;
}

/** How many of the last bytes begin a character that goes on behind `end`: 0 … 3. */
function cutBytes(bytes: Uint8Array, start: number, end: number): number {
  for (let back = 1; back <= 3 && back <= end - start; back++) {
    const byte = bytes[end - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}

/** The bytes of a page on their way in: gathered in the module's memory until a row is whole, and always valid UTF-8. */

import { isUtf8 } from 'node:buffer';
import { bytesOf, growTo, type WasmInstance } from './wasm-instance.ts';
import { OVERSHOOT } from '../../transcoder/memory-map.ts';
import { aligned } from './layout.ts';

export interface Intake {
  readonly wasm: WasmInstance;
  /** Where its room begins. */
  readonly at: number;
  /** OVERSHOOT bytes more are free after them. */
  capacityBytes: number;
  /** Everything before it is done with. */
  from: number;
  /** Everything before it may be read; after it stand quotes, so that a look for one stops there without asking. */
  to: number;
  /** Start of a character whose end has not come yet: up to three bytes. */
  cut: Uint8Array;
}

/** Room for two chunks as zlib gives them; it grows only for a row that is longer. */
const CAPACITY_BYTES = 256 * 1024;
/** The lines of a chunk, which are written after it, are about twice as long. */
const LINES_BYTES = 512 * 1024;

const QUOTE = 0x22;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** An empty one, its room from `at` on. */
export function createIntake(wasm: WasmInstance, at: number): Intake {
  growTo(wasm, at + CAPACITY_BYTES + LINES_BYTES);
  return { wasm, at, capacityBytes: CAPACITY_BYTES, from: at, to: at, cut: new Uint8Array(0) };
}

/** The first address after its room. */
export function afterIntake({ at, capacityBytes }: Intake): number {
  return aligned(at + capacityBytes + OVERSHOOT);
}

/**
 * Takes a chunk in. What is not UTF-8 becomes U+FFFD by the WHATWG rule, the same however the bytes are cut. Positions in
 * the memory move, and what lies after the room may be written over; gives the distance by which they moved down.
 */
export function takeIn(intake: Intake, chunk: Uint8Array, last: boolean): number {
  const { cut, wasm } = intake;
  const moved = makeRoom(intake, cut.length + chunk.length);
  const { to } = intake;
  const bytes = bytesOf(wasm);
  bytes.set(cut, to);
  bytes.set(chunk, to + cut.length);
  const end = to + cut.length + chunk.length;
  const whole = last ? end : end - cutBytes(bytes, to, end);
  intake.cut = bytes.slice(whole, end);
  intake.to = whole;
  const movedAgain = isUtf8(bytes.subarray(to, whole)) ? 0 : repair(intake, to);
  bytesOf(wasm).fill(QUOTE, intake.to, intake.to + OVERSHOOT);
  return moved + movedAgain;
}

/** Replaces what is not UTF-8 from `start` on; gives the distance by which all moved down for that. */
function repair(intake: Intake, start: number): number {
  const { wasm } = intake;
  const repaired = new TextEncoder().encode(decoder.decode(bytesOf(wasm).subarray(start, intake.to)));
  intake.to = start;
  const moved = makeRoom(intake, repaired.length);
  bytesOf(wasm).set(repaired, intake.to);
  intake.to += repaired.length;
  return moved;
}

function makeRoom(intake: Intake, bytesNeeded: number): number {
  const { wasm, at, from, to, capacityBytes } = intake;
  if (to + bytesNeeded <= at + capacityBytes) return 0;
  const kept = to - from;
  // At least half of the room is free after a move, so that a long row that comes in many chunks is not moved for each.
  const needed = Math.max(kept * 2, kept + bytesNeeded);
  if (needed > capacityBytes) {
    intake.capacityBytes = Math.max(needed, capacityBytes * 2);
    growTo(wasm, at + intake.capacityBytes + OVERSHOOT);
  }
  bytesOf(wasm).copyWithin(at, from, to);
  intake.from = at;
  intake.to = at + kept;
  return from - at;
}

/** How many of the last bytes begin a character that goes on after `end`: 0 … 3. */
function cutBytes(bytes: Uint8Array, start: number, end: number): number {
  for (let back = 1; back <= 3 && back <= end - start; back++) {
    const byte = bytes[end - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}

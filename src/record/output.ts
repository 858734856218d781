/** The buffer that lines are written to: it grows by doubling, and is used again and again. */

import { viewOf } from './cells.ts';

export interface Output {
  bytes: Uint8Array;
  view: DataView;
  /** Where the next byte goes; all before it is written. */
  at: number;
}

export function createOutput(capacityBytes: number): Output {
  const bytes = new Uint8Array(capacityBytes);
  return { bytes, view: viewOf(bytes), at: 0 };
}

/** Makes room for `bytesNeeded` more. `bytes` and `view` may be others afterwards; what is written stays. */
export function reserve(output: Output, bytesNeeded: number): void {
  const needed = output.at + bytesNeeded;
  if (needed <= output.bytes.length) return;
  const grown = new Uint8Array(Math.max(needed, output.bytes.length * 2));
  grown.set(output.bytes.subarray(0, output.at));
  output.bytes = grown;
  output.view = viewOf(grown);
}

/** Writes text of which every character is ASCII. The room must be there. */
export function writeAscii(output: Output, text: string): void {
  for (let i = 0; i < text.length; i++) output.bytes[output.at++] = text.charCodeAt(i);
}

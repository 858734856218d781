/** Room for what is written, and copying in steps of sixteen bytes. */
import { refuseGrowth } from './host.ts';

/** Up to so many bytes may be read, or written and written over, behind the end of what is copied. */
export const OVERSHOOT: usize = 16;

/** Makes sure that `bytes` more can be written at `to`. What is written stays where it is: the memory grows at its end. */
export function reserve(to: usize, bytes: usize): void {
  const needed = to + bytes;
  if (needed > (<usize>memory.size()) << 16) grow(needed);
}

function grow(needed: usize): void {
  // A quarter more, so that a long text which grows step by step costs few steps.
  const pages = <i32>((needed + (needed >> 2) - ((<usize>memory.size()) << 16)) >> 16) + 1;
  if (memory.grow(pages) < 0) refuseGrowth(needed);
}

/** Copies the bytes from `from` to `end` to `to`; gives the end of the copy. The room must be there. */
export function copy(from: usize, end: usize, to: usize): usize {
  const copied = to + (end - from);
  // The first sixteen bytes without asking: few values are longer.
  v128.store(to, v128.load(from));
  while (from + 16 < end) {
    from += 16;
    to += 16;
    v128.store(to, v128.load(from));
  }
  return copied;
}

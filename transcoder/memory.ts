/** Room for what is written, and copying in steps of sixteen bytes. */
import { check } from './check.ts';
import { refuseGrowth } from './host.ts';
import { COPY_BACKWARDS, COPY_WITHOUT_ROOM, MEMORY_BYTES_MAX, OVERSHOOT } from './memory-map.ts';
import { copySixteen } from './vector.ts';

/** The memory never ends beyond it; less than MEMORY_BYTES_MAX in tests only, which can't fill that. */
export let memoryLimit: usize = MEMORY_BYTES_MAX;

/** Makes sure that `bytes` more, below 2 GiB, can be written at `to`. What is written stays where it is: the memory grows at its end. */
export function reserve(to: usize, bytes: usize): void {
  const needed = to + bytes;
  if (needed > (<usize>memory.size()) << 16) grow(needed);
}

function grow(needed: usize): void {
  // A quarter more, so that a long text which grows step by step costs few steps.
  const wanted = min(<u64>needed + (needed >> 2), <u64>memoryLimit);
  const missing = wanted + 0xffff - ((<u64>memory.size()) << 16);
  if (needed > memoryLimit || memory.grow(<i32>(missing >> 16)) < 0) refuseGrowth(needed);
}

/** Copies the bytes from `from` to `end` to `to`; gives the end of the copy. The room must be there. */
export function copy(from: usize, end: usize, to: usize): usize {
  const copied = to + (end - from);
  check(from <= end, COPY_BACKWARDS);
  check(copied + OVERSHOOT <= (<usize>memory.size()) << 16, COPY_WITHOUT_ROOM);
  // The first sixteen bytes without asking: few values are longer.
  copySixteen(from, to);
  while (from + 16 < end) {
    from += 16;
    to += 16;
    copySixteen(from, to);
  }
  return copied;
}

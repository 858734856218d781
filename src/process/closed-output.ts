/** Whether the process was started with its stdout closed (`>&-`), so that nothing it writes can arrive. */
import { readFileSync, readlinkSync } from 'node:fs';

/** Of open flags: which way a file is open, and both ways (fcntl.h). */
const ACCESS_MODE = 0o3;
const READ_WRITE = 0o2;

/**
 * True where fd 1 was closed. Node opens /dev/null for reading and writing in the place of standard files that are closed when
 * it starts (node.cc, PlatformInit), so writing never fails; a shell's `> /dev/null` opens it for writing only. Parents that
 * discard the output by a /dev/null open both ways (Python's DEVNULL) can't be told apart, and get the same answer. False
 * where there is no /proc.
 */
export function isStdoutClosed(): boolean {
  try {
    if (readlinkSync('/proc/self/fd/1') !== '/dev/null') return false;
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync('/proc/self/fdinfo/1', 'utf8'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & ACCESS_MODE) === READ_WRITE;
  } catch {
    return false;
  }
}

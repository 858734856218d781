/**
 * The hot path: bytes of a page in, RECORD lines out, compiled to WebAssembly because that has vectors of sixteen bytes,
 * which JavaScript lacks: 700 MB/s of CSV on one core against 360 (Node 20). JavaScript lays out the memory, judges the few
 * values that need more than a look at their bytes, and does everything else.
 */
import { at, columnCount, follow, nextRow, startAt } from './csv-row.ts';
import { lacking, readRecord, stop } from './json-record.ts';
import { writeLine } from './line.ts';
import { memoryLimit } from './memory.ts';
import { ROW } from './memory-map.ts';
import { bind, keep } from './stream.ts';

export { at, bind, columnCount, follow, keep, lacking, memoryLimit, nextRow, readRecord, startAt, stop, writeLine };

/** Rows seen whole by the last `readRows`, the end of the last of them, and the end of the lines that it wrote. */
export let rows: i32 = 0;
export let rowsEnd: usize = 0;
export let linesEnd: usize = 0;

/**
 * Reads the CSV rows from `from`, where the last whole row ended, up to `to`, and writes the lines of all but the first
 * `skipped` at `linesAt`; what they track of the last whole row is kept. Gives what stopped it: MORE, or what is wrong with
 * the row after `rows`. Sixteen quotes must stand at `to`.
 */
export function readRows(from: usize, to: usize, linesAt: usize, skipped: i32): i32 {
  rows = 0;
  rowsEnd = from;
  linesEnd = linesAt;
  let outcome = nextRow(to);
  while (outcome == ROW) {
    rows++;
    if (rows > skipped) linesEnd = writeLine(at - rowsEnd, linesEnd);
    keep();
    rowsEnd = at;
    outcome = nextRow(to);
  }
  return outcome;
}

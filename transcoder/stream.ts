/** One stream as JavaScript has laid it out in memory: the cells of the row in hand, and the steps of its line. */
import { CELL_BYTES, END, MARK, START } from './memory-map.ts';

/** After the cells: for each column of the CSV the address of its cell (i32). */
export let columns: usize = 0;
export let columnsEnd: usize = 0;

/** The cells of the last row's id and cursor, 0 where it has none, and where they are kept: two cells, one after the other. */
let id: usize = 0;
let cursor: usize = 0;
let keptAt: usize = 0;

/** The steps of a line, and the text after its last value. */
export let steps: usize = 0;
export let stepsEnd: usize = 0;
export let closingFrom: usize = 0;
export let closingTo: usize = 0;
/** What a line needs besides the bytes of its row, and how often it needs those. */
export let fixedBytes: usize = 0;
export let copies: usize = 0;

/** Takes the layout of a stream; all but `lineBytes` and `rowCopies` are addresses. */
export function bind(
  columnsAt: usize,
  columnsEndAt: usize,
  stepsAt: usize,
  stepsEndAt: usize,
  closingFromAt: usize,
  closingToAt: usize,
  lineBytes: usize,
  rowCopies: usize,
  kept: usize,
  idCell: usize,
  cursorCell: usize,
): void {
  columns = columnsAt;
  columnsEnd = columnsEndAt;
  steps = stepsAt;
  stepsEnd = stepsEndAt;
  closingFrom = closingFromAt;
  closingTo = closingToAt;
  fixedBytes = lineBytes;
  copies = rowCopies;
  keptAt = kept;
  id = idCell;
  cursor = cursorCell;
}

/** Whether the row in hand has an id; true where none is tracked. */
export function hasId(): bool {
  return id == 0 || load<u32>(id, START) != load<u32>(id, END);
}

/** Keeps the places of the id and the cursor of the row in hand; the next row overwrites its cells. */
export function keep(): void {
  if (id != 0) keepCell(id, keptAt);
  if (cursor != 0) keepCell(cursor, keptAt + CELL_BYTES);
}

function keepCell(cell: usize, at: usize): void {
  store<u32>(at, load<u32>(cell, START), START);
  store<u32>(at, load<u32>(cell, END), END);
  store<u32>(at, load<u32>(cell, MARK), MARK);
}

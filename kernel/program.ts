/** One stream as JavaScript has laid it out in memory: the cells of the row in hand, and the steps of its line. */

/** The bytes between start and end are the value's text as it is. */
export const PLAIN: u32 = 0;
/** The inside of a quoted CSV value with something to translate: `""`, a backslash, a control character. */
export const CSV_TEXT: u32 = 1;
/** The inside of a JSON string with at least one escape. */
export const JSON_TEXT: u32 = 2;
/** A JSON object or array, brackets included. */
export const JSON_STRUCTURE: u32 = 3;

/** Where names are written that JSON escapes; an address of 0 is a mistake that shows, since nothing lies there. */
export const SCRATCH: usize = 64;
/** Where the cells begin. */
export const CELLS: usize = 1024;

/** A cell for each field: three i32. The start and the end of its value, which are equal where it is null, and its mark. */
export const START: usize = 0;
export const END: usize = 4;
export const MARK: usize = 8;
const CELL_BYTES: usize = 12;

/** Behind the cells: for each column of the CSV the address of its cell (i32). */
export let columns: usize = 0;
export let columnsEnd: usize = 0;

/** The cells of the last row's id and cursor, 0 where it has none, and where they are kept: two cells, one behind the other. */
let id: usize = 0;
let cursor: usize = 0;
let keptAt: usize = 0;

/** The steps of a line, and the text behind its last value. */
export let steps: usize = 0;
export let stepsEnd: usize = 0;
export let closingFrom: usize = 0;
export let closingTo: usize = 0;
/** What a line needs besides the bytes of its row, and how often it needs those. */
export let fixedBytes: usize = 0;
export let copies: usize = 0;

/** A step is eight i32; these are their offsets. */
export const STEP_BYTES: usize = 32;
export const KIND: usize = 0;
/** The address of the cell; of a compound, how many of the steps behind it are its parts. */
export const CELL: usize = 4;
/** Text before the value: from, to. */
export const BEFORE: usize = 8;
/** What stands inside a url's quotes round the value: from, to. */
export const HEAD: usize = 16;
export const TAIL: usize = 24;

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

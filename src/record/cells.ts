/** Where the values of one row lie in the kernel's memory: what the scanners of CSV and JSON leave and the line writer reads. */

/** Marks as in kernel/program.ts. The inside of a quoted CSV value with something to translate, such as `""`. */
const CSV_TEXT = 1;
/** The inside of a JSON string with at least one escape. */
const JSON_TEXT = 2;

/** A cell is three i32, as in kernel/program.ts: the start and the end of its value, and its mark. */
export const CELL_BYTES = 12;
const CELL_WORDS = 3;

/**
 * The cells of a row, one behind the other in the order of the SOQL. start = end means null: Salesforce's empty string and
 * null are one (Bulk CSV has `""` for both).
 */
export type Cells = Int32Array;

/** The value of one cell as text, NUL removed; undefined where it is null. For the rare value that can't be judged as bytes. */
export function cellText(bytes: Uint8Array, cells: Cells, cell: number): string | undefined {
  const [start, end, mark] = cells.subarray(cell * CELL_WORDS, (cell + 1) * CELL_WORDS);
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', start, end);
  const text = decode(raw, mark).replaceAll('\0', '');
  return text === '' ? undefined : text;
}

function decode(raw: string, mark: number | undefined): string {
  if (mark === CSV_TEXT) return raw.replaceAll('""', '"');
  if (mark === JSON_TEXT) return String(JSON.parse(`"${raw}"`));
  return raw;
}

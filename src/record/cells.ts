/** The values of one row in the module's memory: what the scanners of CSV and JSON leave and the line writer reads. */
import { CELL_BYTES, CSV_TEXT, JSON_TEXT, PLAIN } from '../../transcoder/memory-map.ts';

const CELL_WORDS = CELL_BYTES / 4;

/**
 * The cells of a row, one after the other in the order of the SOQL: start, end and mark of each value. start = end means
 * null: Salesforce's empty string and null are one (Bulk CSV has `""` for both).
 */
export type Cells = Int32Array;

/** The value of one cell as text, NUL removed; undefined where it is null. For the rare value that can't be judged as bytes. */
export function cellText(bytes: Uint8Array, cells: Cells, cell: number): string | undefined {
  const [start, end, mark] = cells.subarray(cell * CELL_WORDS, (cell + 1) * CELL_WORDS);
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', start, end);
  const text = decode(raw, mark).replaceAll('\0', '');
  return text === '' ? undefined : text;
}

/** The same as UTF-8; where the value is its bytes as they are, a view of them, valid until the memory changes. */
export function cellBytes(bytes: Uint8Array, cells: Cells, cell: number): Uint8Array | undefined {
  // Asked for each row that a hook looks at: no array is made for the three.
  const at = cell * CELL_WORDS;
  const start = cells[at];
  const end = cells[at + 1];
  if (start === end) return undefined;
  if (cells[at + 2] === PLAIN) return bytes.subarray(start, end);
  const text = cellText(bytes, cells, cell);
  return text === undefined ? undefined : Buffer.from(text);
}

function decode(raw: string, mark: number | undefined): string {
  if (mark === CSV_TEXT) return raw.replaceAll('""', '"');
  if (mark === JSON_TEXT) return String(JSON.parse(`"${raw}"`));
  return raw;
}

/** Where the values of one row lie in a buffer: what the scanners of CSV and JSON leave and the line writer reads. */

/** The bytes between start and end are the value's text as it is. */
export const PLAIN = 0;
/** The inside of a quoted CSV field with something to translate: `""`, a backslash, a control character. */
export const CSV_TEXT = 1;
/** The inside of a JSON string with at least one escape. */
export const JSON_TEXT = 2;
/** A JSON object or array, brackets included. */
export const JSON_STRUCTURE = 3;

/** Bytes that may be read, and thrown away, behind the end of a value: copying goes in steps of this size. */
export const OVERSHOOT = 8;

export interface Cells {
  /** The buffer, twice: single bytes from the one, whole words from the other. Valid UTF-8 up to the last value. */
  bytes: Uint8Array;
  view: DataView;
  /** By the field's place in the SOQL. start = end means null: Salesforce's empty string and null are one (Bulk CSV has `""` for both). */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly marks: Uint8Array;
}

/** Cells for `count` fields over `bytes`, all null. */
export function createCells(count: number, bytes: Uint8Array): Cells {
  return {
    bytes,
    view: viewOf(bytes),
    starts: new Int32Array(count),
    ends: new Int32Array(count),
    marks: new Uint8Array(count),
  };
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The value of one cell as text, NUL removed; undefined where it is null. For the rare value that can't be judged as bytes. */
export function cellText(cells: Cells, cell: number): string | undefined {
  const raw = Buffer.from(cells.bytes.buffer, cells.bytes.byteOffset, cells.bytes.byteLength).toString(
    'utf8',
    cells.starts[cell],
    cells.ends[cell],
  );
  const text = decode(raw, cells.marks[cell] as number).replaceAll('\0', '');
  return text === '' ? undefined : text;
}

function decode(raw: string, mark: number): string {
  if (mark === CSV_TEXT) return raw.replaceAll('""', '"');
  if (mark === JSON_TEXT) return String(JSON.parse(`"${raw}"`));
  return raw;
}

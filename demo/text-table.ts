/** Rows of cells as aligned text. */

export type TextCell = string | number | boolean | null;

/** A count with thousands separated: 48000 -> "48,000". */
export function formatCount(count: number): string {
  return count.toLocaleString('en-GB');
}

/**
 * A table with a header line, numbers to the right and grouped by thousands, everything else to the left.
 * Each line is indented by two spaces; the text ends without a newline.
 */
export function formatTable(header: readonly string[], rows: readonly (readonly TextCell[])[]): string {
  const texts = rows.map((row) => row.map(textOf));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...texts.map((row) => (row[column] ?? '').length)),
  );
  const right = header.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => (right[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ')}`.trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return [line(header), line(rule), ...texts.map(line)].join('\n');
}

function textOf(cell: TextCell): string {
  if (cell === null) return '';
  return typeof cell === 'number' ? cell.toLocaleString('en-GB', { maximumFractionDigits: 2 }) : String(cell);
}

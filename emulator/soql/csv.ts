/** Rows of a plan as Bulk shows them: CSV text, everything quoted. */
import type { Row } from '../model.ts';
import { csvValue, type CsvDatetime } from '../wire/value.ts';
import type { Plan, Selected } from './plan.ts';
import type { Column } from './scope.ts';

export interface CsvForm {
  /** One character. */
  readonly delimiter: string;
  /** `\n` or `\r\n`. */
  readonly lineEnding: string;
  readonly datetime: CsvDatetime;
  /** In the query's order, or by name as up to v49 (Bulk guide, "Get Results for a Query Job"). */
  readonly columns: 'as asked' | 'by name';
}

export interface CsvWriter {
  /** The header row, line ending included; paths are dotted. */
  readonly header: string;
  /** One row, line ending included. */
  write(row: Row): string;
}

/** Compiles the SELECT list of a plan that selects columns only; others were refused before. */
export function csvWriter(plan: Plan, form: CsvForm): CsvWriter {
  const asked = plan.select.flatMap((selected) => (selected.kind === 'column' ? [named(selected)] : []));
  const columns =
    form.columns === 'as asked' ? asked : asked.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const cells = columns.map(({ column: { field, names, read, shape } }) => {
    const text = csvValue(field, form.datetime);
    const quote = QUOTE_FREE.has(field.type) ? plainlyQuoted : quoted;
    if (names.length > 1 || shape) return (row: Row) => quote(text(read(row)));
    const { name } = field;
    return (row: Row) => quote(text(row[name] ?? null));
  });
  const [first, ...rest] = cells;
  return {
    header: columns.map(({ name }) => quoted(name)).join(form.delimiter) + form.lineEnding,
    write(row) {
      let line = first ? first(row) : '';
      for (const cell of rest) line += form.delimiter + cell(row);
      return line + form.lineEnding;
    },
  };
}

function named({ column, key }: Selected & { kind: 'column' }): { readonly name: string; readonly column: Column } {
  return { name: [...column.names.slice(0, -1), key].join('.'), column };
}

/** Types whose values never hold a quote: most cells of most tables needn't be searched for one. */
const QUOTE_FREE = new Set([
  'id',
  'reference',
  'boolean',
  'int',
  'long',
  'double',
  'currency',
  'percent',
  'date',
  'datetime',
  'time',
]);

function plainlyQuoted(text: string): string {
  return `"${text}"`;
}

/** Every value and header is quoted, a quote doubled, a newline left as it is (recorded). */
function quoted(text: string): string {
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : `"${text}"`;
}

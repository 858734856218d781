/** What a stream's rows become, resolved once: which cell goes where, and the literal text between the values. */

import { ModstampError } from '../errors.ts';
import type { Column, ScalarKind } from './column.ts';

export interface TemplateOptions {
  readonly stream: string;
  readonly namespace?: string;
  readonly columns: readonly Column[];
  /** SOQL fields in SELECT order: all that columns and `track` use, and maybe more. */
  readonly fields: readonly string[];
  /** Fields of which the last row's value is reported: where a resume goes on. */
  readonly track?: { readonly id?: string; readonly cursor?: string };
  /** Whether a row without a value of `track.id` is none: its page is refused. */
  readonly needsId?: boolean;
}

/** One value of the line, in the order of the line. */
export interface Step {
  readonly kind: ScalarKind | 'url' | 'compound' | 'reference_type';
  readonly property: string;
  /** The literal JSON between the previous value and this one. */
  readonly before: string;
  /** Place of the value among the fields; 0 and unused for a compound. */
  readonly cell: number;
  /** Of a compound: its values, the opening brace inside the first `before`. */
  readonly parts: readonly Step[];
  /** Of a url: the insides of the JSON strings that stand round the value. */
  readonly around: readonly [head: string, tail: string];
  /** Of a reference type: which prefix of the value stands for what. */
  readonly types: readonly (readonly [prefix: string, type: string])[];
}

export interface RecordTemplate {
  readonly stream: string;
  readonly fields: readonly string[];
  readonly steps: readonly Step[];
  /** What stands between the last value and the end of `data`. */
  readonly after: string;
  /** Cells of the tracked fields. */
  readonly track: { readonly id?: number; readonly cursor?: number };
  readonly needsId: boolean;
  /** How many columns the most used cell appears in: bounds the length of a line by that of its row. */
  readonly copies: number;
}

/** The last whole row's tracked values as text; absent where the row has none. A datetime is in its canonical form, with `Z`. */
export interface LastRow {
  readonly id?: string;
  readonly cursor?: string;
}

/** Stands in literal text for the moment of emission; NUL can't occur in JSON text. */
export const EMITTED_AT = '\0';

/**
 * Resolves columns against fields (names alike in any case). Throws a system_error where a column or a tracked field is
 * not among the fields: the plan that made both is wrong.
 */
export function compileTemplate(options: TemplateOptions): RecordTemplate {
  const { stream, namespace, columns, fields, track } = options;
  const cellOf = cellFinder(stream, fields);
  const head = JSON.stringify({
    type: 'RECORD',
    record: { stream, ...(namespace === undefined ? {} : { namespace }) },
  });
  const steps: Step[] = [];
  let literal = `${head.slice(0, -2)},"data":{`;
  columns.forEach((column, index) => {
    const before = `${literal}${index === 0 ? '' : ','}${JSON.stringify(column.property)}:`;
    const step = stepOf(column, before, cellOf);
    if (step !== undefined) steps.push(step);
    literal = step === undefined ? before + constantOf(column) : '';
  });
  return {
    stream,
    fields,
    steps,
    after: literal,
    track: {
      ...(track?.id === undefined ? {} : { id: cellOf(track.id) }),
      ...(track?.cursor === undefined ? {} : { cursor: cellOf(track.cursor) }),
    },
    needsId: options.needsId === true,
    copies: mostUsed(steps),
  };
}

function stepOf(column: Column, before: string, cellOf: (field: string) => number): Step | undefined {
  const plain = { property: column.property, before, cell: 0, parts: [], around: ['', ''], types: [] } as const;
  switch (column.kind) {
    case 'compound': {
      const parts = column.parts.map(({ key, field, kind }, i): Step => {
        const name = `${i === 0 ? '{' : ','}${JSON.stringify(key)}:`;
        return { ...plain, kind, before: name, cell: cellOf(field) };
      });
      return { ...plain, kind: 'compound', parts };
    }
    case 'url': {
      const around = [insideOf(column.before), insideOf(column.after)] as const;
      return { ...plain, kind: 'url', cell: cellOf(column.field), around };
    }
    case 'reference_type':
      return { ...plain, kind: 'reference_type', cell: cellOf(column.field), types: column.types };
    case 'emitted_at':
    case 'literal':
      return undefined;
    default:
      return { ...plain, kind: column.kind, cell: cellOf(column.field) };
  }
}

function insideOf(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function constantOf(column: Column): string {
  return column.kind === 'literal' ? column.json : `"${EMITTED_AT}"`;
}

function cellFinder(stream: string, fields: readonly string[]): (field: string) => number {
  const cells = new Map(fields.map((field, cell) => [field.toLowerCase(), cell]));
  return (field) => {
    const cell = cells.get(field.toLowerCase());
    if (cell !== undefined) return cell;
    throw new ModstampError(
      `Modstamp planned the read of ${stream} wrongly; please report it with the log of this run.`,
      {
        failureType: 'system_error',
        internal: `field ${field} is used but not selected`,
      },
    );
  };
}

function mostUsed(steps: readonly Step[]): number {
  const uses = new Map<number, number>();
  // Of a reference type nothing is copied.
  const copied = steps.filter(({ kind }) => kind !== 'reference_type');
  for (const { cell } of copied.flatMap((step) => (step.kind === 'compound' ? step.parts : step)))
    uses.set(cell, (uses.get(cell) ?? 0) + 1);
  return Math.max(1, ...uses.values());
}

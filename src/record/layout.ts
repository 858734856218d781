/** A template laid out in the kernel's memory: the cells of a row, the steps of its line, and the literal text between them. */
import { CELL_BYTES, type Cells } from './cells.ts';
import { bytesOf, growTo, type Kernel } from './kernel.ts';
import { EMITTED_AT, type RecordTemplate, type Step } from './template.ts';

export interface Layout {
  readonly kernel: Kernel;
  readonly template: RecordTemplate;
  /** The steps as they lie in memory: a compound's parts behind it. */
  readonly steps: readonly Step[];
  readonly stepsAt: number;
  /** For each column of a CSV the address of its cell. */
  readonly columnsAt: number;
  /** Two cells more: the last row's id and its cursor. */
  readonly keptAt: number;
  /** What lies behind it is free. */
  readonly end: number;
}

/** Bytes that may be read or written over behind the end of a value: the kernel copies in steps of this size. */
export const OVERSHOOT = 16;
/** A step: kind, cell, and from and to of three texts, as in kernel/program.ts. */
export const STEP_BYTES = 32;
/** `}}` and the line end: what a line with remarks on its values has in place of them begins here. */
export const CLOSING_BYTES = 3;

/** In the order of their numbers in kernel/line.ts. */
const KINDS: readonly Step['kind'][] = [
  'string', 'number', 'integer', 'boolean', 'date', 'time', 'datetime', 'url', 'compound',
]; // prettier-ignore

/** As in kernel/program.ts. */
const CELLS = 1024;
/** More than a value's quotes, a canonical form's additions and the overshoot of a copy take together. */
const VALUE_BYTES = 64;

/** Lays a template with its moment of emission (epoch milliseconds) out in the kernel, which is bound to it then. */
export function layOut(kernel: Kernel, template: RecordTemplate, emittedAt: number): Layout {
  const steps = template.steps.flatMap((step) => [step, ...step.parts]);
  const columnsAt = CELLS + template.fields.length * CELL_BYTES;
  const columnsEnd = columnsAt + template.fields.length * 4;
  const stepsAt = columnsEnd + 2 * CELL_BYTES;
  const textAt = stepsAt + steps.length * STEP_BYTES;
  const { words, text, closing } = encode(template, steps, textAt, emittedAt);
  const textEnd = textAt + text.length;
  const end = aligned(textEnd + OVERSHOOT);
  growTo(kernel, end);
  const memory = bytesOf(kernel);
  memory.fill(0, CELLS, stepsAt);
  new Int32Array(memory.buffer, stepsAt, words.length).set(words);
  memory.set(text, textAt);
  const fixedBytes = text.length + VALUE_BYTES * (steps.length + 1);
  const { track, copies } = template;
  const kept = [columnsEnd, addressOf(track.id), addressOf(track.cursor)] as const;
  kernel.calls.bind(columnsAt, columnsEnd, stepsAt, textAt, closing, textEnd, fixedBytes, copies, ...kept);
  return { kernel, template, steps, stepsAt, columnsAt, keptAt: columnsEnd, end };
}

/** The cells of the row in hand. Valid until the memory grows. */
export function cellsOf({ kernel, template }: Layout): Cells {
  return new Int32Array(bytesOf(kernel).buffer, CELLS, (template.fields.length * CELL_BYTES) / 4);
}

/** The address of a field's cell; 0 for that of no field. */
export function addressOf(cell: number | undefined): number {
  return cell === undefined ? 0 : CELLS + cell * CELL_BYTES;
}

/** The next address at which vectors are read fast. */
export function aligned(address: number): number {
  return Math.ceil(address / OVERSHOOT) * OVERSHOOT;
}

/** The steps as words and their texts as bytes, which lie at `textAt`; `closing` is where the text begins that ends a line. */
function encode(template: RecordTemplate, steps: readonly Step[], textAt: number, emittedAt: number) {
  const iso = new Date(emittedAt).toISOString();
  const pieces: Uint8Array[] = [];
  let at = textAt;
  const place = (text: string): [from: number, to: number] => {
    const piece = Buffer.from(text.replaceAll(EMITTED_AT, iso));
    pieces.push(piece);
    at += piece.length;
    return [at - piece.length, at];
  };
  const words = steps.flatMap(({ kind, cell, parts, before, around: [head, tail] }) => [
    KINDS.indexOf(kind),
    kind === 'compound' ? parts.length : addressOf(cell),
    ...place(before),
    ...place(head),
    ...place(tail),
  ]);
  const [closing] = place(`${template.after}},"emitted_at":${emittedAt}}}\n`);
  return { words, text: Buffer.concat(pieces), closing };
}

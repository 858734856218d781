/** A template laid out in the module's memory: the cells of a row, the steps of its line, and the literal text between them. */
import {
  BEFORE,
  BOOLEAN,
  CELL,
  CELL_BYTES,
  CELLS,
  COMPOUND,
  CSV_TEXT,
  DATE,
  DATETIME,
  HEAD,
  INTEGER,
  KIND,
  NUMBER,
  OVERSHOOT,
  REFERENCE_TYPE,
  REPLACED_CELL,
  STEP_BYTES,
  STRING,
  TAIL,
  TIME,
  URL,
} from '../../transcoder/memory-map.ts';
import { escapeSeparators } from '../json/line.ts';
import type { Cells } from './cells.ts';
import { EMITTED_AT, type RecordTemplate, type Step } from './template.ts';
import { bytesOf, growTo, type WasmInstance } from './wasm-instance.ts';

export interface Layout {
  readonly wasm: WasmInstance;
  readonly template: RecordTemplate;
  /** The steps as they lie in memory: a compound's parts after it. */
  readonly steps: readonly PlacedStep[];
  readonly stepsAt: number;
  /** For each column of a CSV the address of its cell. */
  readonly columnsAt: number;
  /** Two cells more: the last row's id and its cursor. */
  readonly keptAt: number;
  /** What lies after it is free. */
  readonly end: number;
}

/** `}}` and the line end: what a line with remarks on its values has in place of them begins here. */
export const CLOSING_BYTES = 3;

/** A step, or a part of the compound before it. */
export interface PlacedStep extends Step {
  readonly isPart: boolean;
}

const KINDS: Readonly<Record<Step['kind'], number>> = {
  string: STRING,
  number: NUMBER,
  integer: INTEGER,
  boolean: BOOLEAN,
  date: DATE,
  time: TIME,
  datetime: DATETIME,
  url: URL,
  compound: COMPOUND,
  reference_type: REFERENCE_TYPE,
};

/** More than a value's quotes, a canonical form's additions and the overshoot of a copy take together. */
const VALUE_BYTES = 64;

/** Lays a template with its moment of emission (epoch milliseconds) out in the memory of an instance, which is bound to it then. */
export function layOut(wasm: WasmInstance, template: RecordTemplate, emittedAt: number): Layout {
  const steps = template.steps.flatMap((step): PlacedStep[] => [
    { ...step, isPart: false },
    ...step.parts.map((part) => ({ ...part, isPart: true })),
  ]);
  const columnsAt = CELLS + template.fields.length * CELL_BYTES;
  const columnsEnd = columnsAt + template.fields.length * 4;
  const stepsAt = columnsEnd + 2 * CELL_BYTES;
  const textAt = stepsAt + steps.length * STEP_BYTES;
  const { words, text, closing } = encode(template, steps, textAt, emittedAt);
  const textEnd = textAt + text.length;
  const end = aligned(textEnd + OVERSHOOT);
  growTo(wasm, end);
  const memory = bytesOf(wasm);
  memory.fill(0, CELLS, stepsAt);
  new Int32Array(memory.buffer, REPLACED_CELL, CELL_BYTES / 4).set([0, 1, CSV_TEXT]);
  new Int32Array(memory.buffer, stepsAt, words.length).set(words);
  memory.set(text, textAt);
  const fixedBytes = text.length + VALUE_BYTES * (steps.length + 1);
  const { track, copies } = template;
  const kept = [columnsEnd, addressOf(track.id), addressOf(track.cursor)] as const;
  wasm.exports.bind(columnsAt, columnsEnd, stepsAt, textAt, closing, textEnd, fixedBytes, copies, ...kept);
  return { wasm, template, steps, stepsAt, columnsAt, keptAt: columnsEnd, end };
}

/** The cells of the row in hand. Valid until the memory grows. */
export function cellsOf({ wasm, template }: Layout): Cells {
  return new Int32Array(bytesOf(wasm).buffer, CELLS, (template.fields.length * CELL_BYTES) / 4);
}

/** The address of a field's cell; 0 for that of no field. */
export function addressOf(cell: number | undefined): number {
  return cell === undefined ? 0 : CELLS + cell * CELL_BYTES;
}

/** The next address at which vectors are read fast. */
export function aligned(address: number): number {
  return Math.ceil(address / OVERSHOOT) * OVERSHOOT;
}

type Span = [from: number, to: number];

/** The table of a reference type: for each prefix its bytes as one word, and where the type's JSON text lies. */
function placeTypes(types: Step['types'], place: (piece: Uint8Array) => Span): Span {
  const rows = types.map(([prefix, type]) => [wordOf(prefix), ...place(Buffer.from(JSON.stringify(type)))]);
  return place(new Uint8Array(new Int32Array(rows.flat()).buffer));
}

/** Three bytes, the first one lowest; 0 for the prefix of any Id. */
function wordOf(prefix: string): number {
  return Buffer.from(prefix.padEnd(3, '\0'), 'latin1').readUIntLE(0, 3);
}

/** The steps as words and their texts as bytes, which lie at `textAt`; `closing` is where the text begins that ends a line. */
function encode(template: RecordTemplate, steps: readonly Step[], textAt: number, emittedAt: number) {
  const iso = new Date(emittedAt).toISOString();
  const pieces: Uint8Array[] = [];
  let at = textAt;
  const placeBytes = (piece: Uint8Array): Span => {
    pieces.push(piece);
    at += piece.length;
    return [at - piece.length, at];
  };
  const placeText = (text: string) => placeBytes(Buffer.from(escapeSeparators(text.replaceAll(EMITTED_AT, iso))));
  const words = new Int32Array((steps.length * STEP_BYTES) / 4);
  for (const [
    i,
    {
      kind,
      cell,
      parts,
      before,
      around: [head, tail],
      types,
    },
  ] of steps.entries()) {
    const set = (offset: number, ...values: number[]) => words.set(values, (i * STEP_BYTES + offset) / 4);
    set(KIND, KINDS[kind]);
    set(CELL, kind === 'compound' ? parts.length : addressOf(cell));
    set(BEFORE, ...placeText(before));
    set(HEAD, ...(kind === 'reference_type' ? placeTypes(types, placeBytes) : placeText(head)));
    set(TAIL, ...placeText(tail));
  }
  const [closing] = placeText(`${template.after}},"emitted_at":${emittedAt}}}\n`);
  return { words, text: Buffer.concat(pieces), closing };
}

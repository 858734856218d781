/** One row's cells as one RECORD line. */

import { cellText, type Cells, OVERSHOOT, PLAIN, viewOf } from './cells.ts';
import {
  canonicalDate,
  canonicalDatetime,
  canonicalTime,
  DATETIME_BYTES,
  isDate,
  isUtcDatetime,
  isUtcTime,
  TIME_BYTES,
} from './moment.ts';
import { canonicalInteger, canonicalNumber, isInteger, isNumber } from './number.ts';
import { type Output, reserve, writeAscii } from './output.ts';
import { EMITTED_AT, type RecordTemplate, type Step } from './template.ts';
import { copyText, writeText } from './text.ts';

/** A step with its literal text as a range of the line's literals. */
interface LineStep {
  readonly kind: Step['kind'];
  readonly property: string;
  readonly cell: number;
  readonly from: number;
  readonly to: number;
  readonly parts: readonly LineStep[];
  readonly around: readonly [head: Uint8Array, tail: Uint8Array];
}

/** A template with its moment of emission, ready to write. */
export interface Line {
  readonly steps: readonly LineStep[];
  readonly literals: Uint8Array;
  readonly literalView: DataView;
  /** Where the text begins that ends the line. */
  readonly endFrom: number;
  readonly endTo: number;
  /** What a line needs besides the bytes of its row, and how often it needs those. */
  readonly fixedBytes: number;
  readonly copies: number;
  /** Properties of the row in hand whose value could not be what its type says; they were written as null. */
  readonly nulled: Set<string>;
  /** The same of all rows: property -> rows. */
  readonly nulledRows: Map<string, number>;
}

const QUOTE = 0x22;
const CLOSING_BRACE = 0x7d;
const LETTER_Z = 0x5a;
/** `null`, `true` and the first four letters of `false` as little-endian words. */
const NULL_WORD = 0x6c6c756e;
const TRUE_WORD = 0x65757274;
const FALS_WORD = 0x736c6166;
const LETTER_E = 0x65;

/** More than a value's quotes, a canonical form's additions and the overshoot of a copy take together. */
const VALUE_BYTES = 48;
/** `}}` and the line end: what a line with remarks on its values has in place of them begins here. */
const CLOSING_BYTES = 3;

/** Binds a template to `emittedAt`, epoch milliseconds. */
export function createLine(template: RecordTemplate, emittedAt: number): Line {
  const iso = new Date(emittedAt).toISOString();
  const pieces: Uint8Array[] = [];
  let length = 0;
  const place = (text: string): { from: number; to: number } => {
    const piece = Buffer.from(text.replaceAll(EMITTED_AT, iso));
    pieces.push(piece);
    length += piece.length;
    return { from: length - piece.length, to: length };
  };
  const bind = (step: Step): LineStep => ({
    kind: step.kind,
    property: step.property,
    cell: step.cell,
    ...place(step.before),
    parts: step.parts.map(bind),
    around: [Buffer.from(step.around[0]), Buffer.from(step.around[1])],
  });
  const steps = template.steps.map(bind);
  const end = place(`${template.after}},"emitted_at":${emittedAt}}}\n`);
  const literals = new Uint8Array(length + OVERSHOOT);
  literals.set(Buffer.concat(pieces));
  const around = steps.reduce((bytes, step) => bytes + step.around[0].length + step.around[1].length, 0);
  return {
    steps,
    literals,
    literalView: viewOf(literals),
    endFrom: end.from,
    endTo: end.to,
    fixedBytes: length + VALUE_BYTES * (pieces.length + 1) + around,
    copies: template.copies,
    nulled: new Set(),
    nulledRows: new Map(),
  };
}

/** Writes the line of the row in `cells`; `rowBytes` is at least the length of all its values together. */
export function writeLine(line: Line, cells: Cells, output: Output, rowBytes: number): void {
  const { steps, literals, literalView } = line;
  const { starts, ends, marks } = cells;
  const room = line.fixedBytes + line.copies * rowBytes;
  reserve(output, room);
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as LineStep;
    copyText(literals, literalView, step.from, step.to, output);
    const start = starts[step.cell] as number;
    const end = ends[step.cell] as number;
    // The two commonest cases stand here rather than behind a call.
    if (step.kind === 'compound') writeCompound(line, step, cells, output, room);
    else if (start === end) writeNull(output);
    else if (step.kind === 'string' && marks[step.cell] === PLAIN) {
      output.bytes[output.at++] = QUOTE;
      copyText(cells.bytes, cells.view, start, end, output);
      output.bytes[output.at++] = QUOTE;
    } else writeValue(line, step, cells, output, room);
  }
  copyText(literals, literalView, line.endFrom, line.endTo, output);
  if (line.nulled.size > 0) writeChanges(line, output);
}

/** Writes the object of a compound's parts, or null where all of them are null. */
function writeCompound(line: Line, step: LineStep, cells: Cells, output: Output, room: number): void {
  const begin = output.at;
  let filled = false;
  for (const part of step.parts) {
    copyText(line.literals, line.literalView, part.from, part.to, output);
    if (writeValue(line, part, cells, output, room)) filled = true;
  }
  if (filled) output.bytes[output.at++] = CLOSING_BRACE;
  else {
    output.at = begin;
    writeNull(output);
  }
}

/** Writes one value, leaving `room` behind it; false where it was written as null. */
function writeValue(line: Line, step: LineStep, cells: Cells, output: Output, room: number): boolean {
  const start = cells.starts[step.cell] as number;
  const end = cells.ends[step.cell] as number;
  if (start === end) {
    writeNull(output);
    return false;
  }
  if (step.kind === 'string' || step.kind === 'url') return writeString(step, cells, output, room);
  if (cells.marks[step.cell] === PLAIN && writePlain(step.kind, cells, start, end, output)) return true;
  const text = cellText(cells, step.cell);
  const canonical = text === undefined ? undefined : canonicalOf(step.kind, text);
  if (canonical === undefined) writeNull(output);
  else writeAscii(output, canonical);
  if (text !== undefined && canonical === undefined) line.nulled.add(step.property);
  return canonical !== undefined;
}

function writeString(step: LineStep, cells: Cells, output: Output, room: number): boolean {
  const { bytes, view, starts, ends, marks } = cells;
  const [head, tail] = step.around;
  const begin = output.at;
  output.bytes[output.at++] = QUOTE;
  output.bytes.set(head, output.at);
  output.at += head.length;
  const textAt = output.at;
  if (marks[step.cell] === PLAIN) copyText(bytes, view, starts[step.cell] as number, ends[step.cell] as number, output);
  else {
    writeText(cells, step.cell, output);
    reserve(output, room);
  }
  if (output.at === textAt) {
    output.at = begin;
    writeNull(output);
    return false;
  }
  output.bytes.set(tail, output.at);
  output.at += tail.length;
  output.bytes[output.at++] = QUOTE;
  return true;
}

/** Writes a value that passes as it is, or all but; false, and nothing written, where it needs a closer look. */
function writePlain(kind: Step['kind'], cells: Cells, start: number, end: number, output: Output): boolean {
  const { bytes, view } = cells;
  switch (kind) {
    case 'number':
      if (!isNumber(bytes, start, end)) return false;
      copyText(bytes, view, start, end, output);
      return true;
    case 'integer':
      if (!isInteger(bytes, start, end)) return false;
      copyText(bytes, view, start, end, output);
      return true;
    case 'boolean':
      if (!isBoolean(view, start, end)) return false;
      copyText(bytes, view, start, end, output);
      return true;
    case 'date':
      if (!isDate(view, start, end)) return false;
      writeQuoted(cells, start, end, output);
      return true;
    case 'time':
      if (!isUtcTime(view, start, end)) return false;
      writeQuoted(cells, start, start + TIME_BYTES, output);
      return true;
    default:
      if (!isUtcDatetime(view, start, end)) return false;
      writeQuoted(cells, start, start + DATETIME_BYTES, output);
      output.bytes[output.at - 1] = LETTER_Z;
      output.bytes[output.at++] = QUOTE;
      return true;
  }
}

function writeQuoted(cells: Cells, start: number, end: number, output: Output): void {
  output.bytes[output.at++] = QUOTE;
  copyText(cells.bytes, cells.view, start, end, output);
  output.bytes[output.at++] = QUOTE;
}

function isBoolean(view: DataView, start: number, end: number): boolean {
  if (end - start === 4) return view.getInt32(start, true) === TRUE_WORD;
  return end - start === 5 && view.getInt32(start, true) === FALS_WORD && view.getUint8(start + 4) === LETTER_E;
}

/** The JSON text of a value that did not pass as bytes; undefined where it is not of its kind at all. */
function canonicalOf(kind: Step['kind'], text: string): string | undefined {
  switch (kind) {
    case 'number':
      return canonicalNumber(text);
    case 'integer':
      return canonicalInteger(text);
    case 'boolean':
      return /^(?:true|false)$/i.test(text) ? text.toLowerCase() : undefined;
    case 'date':
      return quoted(canonicalDate(text));
    case 'time':
      return quoted(canonicalTime(text));
    default:
      return quoted(canonicalDatetime(text));
  }
}

function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `"${text}"`;
}

function writeNull(output: Output): void {
  output.view.setInt32(output.at, NULL_WORD, true);
  output.at += 4;
}

/** Says in the record's meta.changes, as the protocol asks, which values could not be kept (AirbyteRecordMessageMeta). */
function writeChanges(line: Line, output: Output): void {
  const changes = [...line.nulled].map((field) => ({ field, change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }));
  const meta = Buffer.from(`,"meta":${JSON.stringify({ changes })}}}\n`);
  reserve(output, meta.length);
  output.at -= CLOSING_BYTES;
  output.bytes.set(meta, output.at);
  output.at += meta.length;
  for (const property of line.nulled) line.nulledRows.set(property, (line.nulledRows.get(property) ?? 0) + 1);
  line.nulled.clear();
}

/** The few values that don't pass as bytes: what each becomes, and what the record says of those that were lost. */
import { cellText } from './cells.ts';
import { bytesOf, growTo, type KernelHost } from './kernel.ts';
import { cellsOf, CLOSING_BYTES, type Layout, STEP_BYTES } from './layout.ts';
import { canonicalDate, canonicalDatetime, canonicalTime } from './moment.ts';
import { canonicalInteger, canonicalNumber } from './number.ts';
import type { Step } from './template.ts';

export interface OddValues extends KernelHost {
  /** Property -> rows in which its value could not be what its type says and became null. */
  readonly nulledRows: ReadonlyMap<string, number>;
}

export function createOddValues(layout: Layout): OddValues {
  const { kernel, steps, stepsAt } = layout;
  const nulledRows = new Map<string, number>();
  /** Of the row in hand. */
  const nulled = new Set<string>();
  return {
    nulledRows,
    writeOddValue(stepAt, to) {
      const step = steps[(stepAt - stepsAt) / STEP_BYTES] as Step;
      const text = cellText(bytesOf(kernel), cellsOf(layout), step.cell);
      const canonical = text === undefined ? undefined : canonicalOf(step.kind, text);
      if (text !== undefined && canonical === undefined) nulled.add(step.property);
      return to + asBuffer(bytesOf(kernel)).write(canonical ?? 'null', to, 'latin1');
    },
    // As the protocol asks (AirbyteRecordMessageMeta).
    writeRemarks(to) {
      if (nulled.size === 0) return to;
      const changes = [...nulled].map((field) => ({ field, change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }));
      for (const property of nulled) nulledRows.set(property, (nulledRows.get(property) ?? 0) + 1);
      nulled.clear();
      const remarks = Buffer.from(`,"meta":${JSON.stringify({ changes })}}}\n`);
      const begin = to - CLOSING_BYTES;
      growTo(kernel, begin + remarks.length);
      bytesOf(kernel).set(remarks, begin);
      return begin + remarks.length;
    },
  };
}

/** The JSON text of a value; undefined where it is not of its kind at all. */
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

function asBuffer(bytes: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

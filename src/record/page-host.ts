/** What a page's WebAssembly instance asks of JavaScript: the few values that don't pass as bytes, and what the record says of them. */
import { CELL_BYTES, START, STEP_BYTES } from '../../transcoder/memory-map.ts';
import { ModstampError } from '../errors.ts';
import { stringifyForLine } from '../json/line.ts';
import { cellText } from './cells.ts';
import { cellsOf, CLOSING_BYTES, type Layout } from './layout.ts';
import { canonicalDate, canonicalDatetime, canonicalTime } from './moment.ts';
import { canonicalInteger, canonicalNumber } from './number.ts';
import type { Replacement } from './row-hook.ts';
import type { Step } from './template.ts';
import { bytesOf, growTo, type WasmHost } from './wasm-instance.ts';

export interface PageHost extends WasmHost {
  /** Property -> rows that have left in which its value could not be what its type says and became null. */
  readonly nulled: ReadonlyMap<string, number>;
  /** Address of a step -> what its value is replaced by in the row in hand. */
  replacements: ReadonlyMap<number, Replacement>;
  /** Field -> rows that have left whose record had no member of its name. */
  readonly absent: ReadonlyMap<string, number>;
  /** Looks into the record in the cells, which lacks something. Throws fault `row_without_id` where that is its Id. */
  noteLacking(): void;
  /** Counts what became null or was absent in the lines since the last call: they leave. */
  commit(): void;
}

interface Change {
  readonly field: string;
  readonly change: 'NULLED';
  readonly reason: string;
}

export function createPageHost(layout: Layout): PageHost {
  const { wasm, steps, stepsAt } = layout;
  const nulled = new Map<string, number>();
  /** Of the lines that have not left yet: properties, one entry for each row. */
  let uncounted: string[] = [];
  const absent = new Map<string, number>();
  let uncountedAbsent: string[] = [];
  /** Of the row in hand, by property. */
  const changes = new Map<string, Change>();
  const stepAt = (address: number) => steps[(address - stepsAt) / STEP_BYTES] as Step;
  const host: PageHost = {
    nulled,
    absent,
    replacements: new Map(),
    noteLacking() {
      const { fields, track, needsId, stream } = layout.template;
      const cells = cellsOf(layout);
      if (needsId && track.id !== undefined && cellText(bytesOf(wasm), cells, track.id) === undefined)
        throw rowWithoutId(stream);
      // Parents may be null as a whole, so only members of the record itself are judged.
      for (const [cell, field] of fields.entries())
        if (cells[(cell * CELL_BYTES + START) / 4] === 0 && !field.includes('.')) uncountedAbsent.push(field);
    },
    writeOddValue(address, to) {
      const step = stepAt(address);
      const text = cellText(bytesOf(wasm), cellsOf(layout), step.cell);
      const canonical = text === undefined ? undefined : canonicalOf(step.kind, text);
      if (text !== undefined && canonical === undefined) {
        if (!changes.has(step.property)) uncounted.push(step.property);
        noteNull(step.property, 'SOURCE_SERIALIZATION_ERROR');
      }
      return to + asBuffer(bytesOf(wasm)).write(canonical ?? 'null', to, 'latin1');
    },
    writeReplacement(address, to) {
      const { property, json, reason } = host.replacements.get(address) as Replacement;
      if (reason !== undefined) noteNull(property, reason);
      let end = to;
      for (const piece of json) {
        growTo(wasm, end + piece.length);
        bytesOf(wasm).set(piece, end);
        end += piece.length;
      }
      return end;
    },
    // As the protocol asks (AirbyteRecordMessageMeta).
    writeRemarks(to) {
      if (changes.size === 0) return to;
      const remarks = Buffer.from(`,"meta":${stringifyForLine({ changes: [...changes.values()] })}}}\n`);
      changes.clear();
      const begin = to - CLOSING_BYTES;
      growTo(wasm, begin + remarks.length);
      bytesOf(wasm).set(remarks, begin);
      return begin + remarks.length;
    },
    refuseGrowth: (bytes) => {
      throw rowTooLong(layout.template.stream, bytes);
    },
    commit() {
      if (uncounted.length > 0) uncounted = countInto(nulled, uncounted);
      if (uncountedAbsent.length > 0) uncountedAbsent = countInto(absent, uncountedAbsent);
    },
  };
  return host;

  function noteNull(field: string, reason: string): void {
    changes.set(field, { field, change: 'NULLED', reason });
  }
}

/** Counts each name once more; gives the empty list that takes the place of this one. */
function countInto(counts: Map<string, number>, names: readonly string[]): string[] {
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [];
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

/** In words for the internal text: the fault table has the user's sentence. */
function rowWithoutId(stream: string): ModstampError {
  return new ModstampError(`Salesforce sent a row of ${stream} without its Id.`, {
    failureType: 'transient_error',
    fault: 'row_without_id',
  });
}

function rowTooLong(stream: string, bytes: number): ModstampError {
  return new ModstampError(
    `Stream ${stream} has a row so long that its record does not fit into the 2 GiB that one message may take; leave out its longest columns.`,
    { failureType: 'config_error', fault: 'row_too_long', internal: `${bytes} bytes of memory are needed` },
  );
}

/** Pages of REST queries on their way to the host: the text of a JSON array of records in, RECORD lines out. */

import { isUtf8 } from 'node:buffer';
import { ModstampError } from '../errors.ts';
import { createRecordScan, scanRecord } from './json-row.ts';
import { skipSpace } from './json-scan.ts';
import { createLine, writeLine } from './line.ts';
import { createOutput } from './output.ts';
import type { LastRow, RecordTemplate } from './template.ts';
import { createTrack, keepRow, lastRow } from './track.ts';

export interface JsonOptions {
  /** Epoch milliseconds, in every line. */
  readonly emittedAt: number;
}

/** One page. Its members tell of the lines that were given out so far. */
export interface JsonTranscoding {
  /**
   * The lines of all records, in views of about 256 KiB (one long line more at most), each valid until the next is asked
   * for. Can be walked once. Throws fault `json_malformed` (transient) where the text is no array of objects.
   */
  readonly lines: Iterable<Uint8Array>;
  readonly rows: number;
  readonly last: LastRow;
  /** Property -> rows in which its value could not be what its type says and became null. */
  readonly nulled: ReadonlyMap<string, number>;
}

const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;

const BLOCK_BYTES = 256 * 1024;
/** A line is about as long as its record: what it lacks of `attributes`, it has in stream and time of emission. */
const FIRST_LINE_BYTES = 1024;

/**
 * Transcodes the records of one page (`records` in a query's answer). Nothing happens until `lines` is walked. The bytes
 * of each `data` are those that createCsvTranscoder makes of the same row.
 */
export function transcodeJson(
  template: RecordTemplate,
  records: Uint8Array,
  { emittedAt }: JsonOptions,
): JsonTranscoding {
  const bytes = isUtf8(records) ? records : new TextEncoder().encode(new TextDecoder().decode(records));
  const line = createLine(template, emittedAt);
  let rows = 0;
  let last: LastRow = {};

  function* lines(): Generator<Uint8Array> {
    // Most pages are small: a block for each of a thousand streams would be garbage of 256 KiB that V8 is slow to collect.
    const output = createOutput(Math.min(BLOCK_BYTES, bytes.length + FIRST_LINE_BYTES));
    const scan = createRecordScan(template.fields, bytes);
    const track = createTrack(template);
    let written = rows;
    const transcode = (start: number): number => {
      const end = scanRecord(scan, start);
      writeLine(line, scan.cells, output, end - start);
      return end;
    };
    for (const _ of walk(bytes, transcode)) {
      keepRow(track, scan.cells);
      written++;
      if (output.at < BLOCK_BYTES) continue;
      rows = written;
      last = lastRow(track, scan.cells);
      yield output.bytes.subarray(0, output.at);
      output.at = 0;
    }
    if (output.at === 0) return;
    rows = written;
    last = lastRow(track, scan.cells);
    yield output.bytes.subarray(0, output.at);
  }

  return {
    lines: lines(),
    get rows() {
      return rows;
    },
    get last() {
      return last;
    },
    nulled: line.nulledRows,
  };
}

/** Walks the array, stopping behind each record; `visit` finds the end of the record that begins at an offset. */
function* walk(bytes: Uint8Array, visit: (start: number) => number): Generator<void> {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_BRACKET) throw malformed(`no "[" at ${at}`);
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_BRACKET) return endAt(bytes, at + 1);
  for (;;) {
    at = skipSpace(bytes, visited(visit, at));
    yield;
    if (bytes[at] === CLOSE_BRACKET) return endAt(bytes, at + 1);
    if (bytes[at] !== COMMA) throw malformed(`no "," at ${at} of ${bytes.length} bytes`);
    at = skipSpace(bytes, at + 1);
  }
}

/** Nothing may follow the array: what does may be rows. */
function endAt(bytes: Uint8Array, at: number): void {
  if (skipSpace(bytes, at) < bytes.length) throw malformed(`text behind the array, at ${at} of ${bytes.length} bytes`);
}

function visited(visit: (start: number) => number, start: number): number {
  try {
    return visit(start);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw malformed(thrown.message);
    throw thrown;
  }
}

function malformed(internal: string): ModstampError {
  return new ModstampError('Salesforce answered a query with text that is not the JSON it should be.', {
    failureType: 'transient_error',
    fault: 'json_malformed',
    internal,
  });
}

/** Pages of Bulk results on their way to the host: CSV bytes in, RECORD lines out, no object and no string for a value. */

import { ModstampError } from '../errors.ts';
import { createRowScan, follow, nextRow, type RowScan } from './csv-row.ts';
import { headerSlots } from './csv-header.ts';
import { createIntake, type Intake, takeIn } from './intake.ts';
import { createLine, writeLine } from './line.ts';
import { createOutput } from './output.ts';
import type { LastRow, RecordTemplate } from './template.ts';
import { createTrack, keepRow, lastRow } from './track.ts';

export interface CsvOptions {
  /** Epoch milliseconds, in every line. */
  readonly emittedAt: number;
  /** Data rows of this page that an earlier try has written already: counted, not written again. */
  readonly skipRows?: number;
}

/** One page. A `push` that throws has written nothing: the other members stand as the push before left them. */
export interface CsvTranscoder {
  /**
   * Takes the next bytes of the page and gives the lines of all rows that are whole with them: a view, valid until the next
   * push, maybe empty. `last` says that the page ends here; a page that ends inside a row throws fault `body_cut`, one that
   * is no CSV of the template's fields throws `csv_malformed` (both transient: fetching it again may help).
   */
  push(chunk: Uint8Array, last: boolean): Uint8Array;
  /** Data rows seen whole, the skipped ones too: what Sforce-NumberOfRecords counts. */
  readonly rows: number;
  readonly last: LastRow;
  /** Property -> rows in which its value could not be what its type says and became null. */
  readonly nulled: ReadonlyMap<string, number>;
}

const LF = 0x0a;
const BOM = [0xef, 0xbb, 0xbf];
/** Lines of one chunk of 64 KiB are about 130 KiB. */
const OUTPUT_BYTES = 256 * 1024;
/** 800 fields of 255 characters are a fifth of it; a body without a line end is no CSV. */
const HEADER_BYTES_MAX = 1024 * 1024;

/** A transcoder for one page of the template's query. */
export function createCsvTranscoder(template: RecordTemplate, { emittedAt, skipRows = 0 }: CsvOptions): CsvTranscoder {
  const intake = createIntake();
  const output = createOutput(OUTPUT_BYTES);
  const line = createLine(template, emittedAt);
  const track = createTrack(template);
  let scan: RowScan | undefined;
  let rows = 0;
  let last: LastRow = {};

  const transcodeRows = (scan: RowScan): number => {
    let seen = rows;
    for (;;) {
      const outcome = nextRow(scan);
      if (outcome === 'more') return seen;
      seen++;
      if (outcome !== 'row') throw malformed(`a page of ${template.stream} whose row ${seen} ${outcome.problem}`);
      if (seen > skipRows) writeLine(line, scan.cells, output, scan.at - intake.from);
      intake.from = scan.at;
      keepRow(track, scan.cells);
    }
  };

  return {
    push(chunk, ends) {
      output.at = 0;
      const moved = takeIn(intake, chunk, ends) + (ends ? endLine(intake) : 0);
      if (scan !== undefined) follow(scan, moved);
      else scan = startRows(template, intake, ends);
      if (scan === undefined) return output.bytes.subarray(0, 0);
      const seen = transcodeRows(scan);
      if (ends && intake.from < intake.to) throw cutShort(template.stream, seen + 1);
      if (seen > rows) last = lastRow(track, scan.cells);
      rows = seen;
      return output.bytes.subarray(0, output.at);
    },
    get rows() {
      return rows;
    },
    get last() {
      return last;
    },
    nulled: line.nulledRows,
  };
}

/** Gives the last row the line end that it may lack, so that there is one way for a row to end. */
function endLine(intake: Intake): number {
  const { bytes, from, to } = intake;
  return from < to && bytes[to - 1] !== LF ? takeIn(intake, Uint8Array.of(LF), true) : 0;
}

/** The scan of the rows behind the header; undefined while the header is not there, or where the page is empty. */
function startRows(template: RecordTemplate, intake: Intake, ends: boolean): RowScan | undefined {
  const { bytes, to } = intake;
  const from = BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0;
  const end = bytes.subarray(0, to).indexOf(LF);
  if (end < 0 && !ends && to <= HEADER_BYTES_MAX) return undefined;
  if (end < 0 && to === 0) return undefined;
  const header = Buffer.from(bytes.subarray(from, end < 0 ? to : end)).toString();
  const slots = headerSlots(header.replace(/\r$/, ''), template.fields);
  if (!(slots instanceof Int32Array)) throw malformed(`a page of ${template.stream} that ${slots.problem}`);
  intake.from = end + 1;
  const scan = createRowScan(intake, slots);
  follow(scan, 0);
  return scan;
}

function malformed(what: string): ModstampError {
  return new ModstampError(`Salesforce sent ${what}.`, {
    failureType: 'transient_error',
    fault: 'csv_malformed',
  });
}

function cutShort(stream: string, row: number): ModstampError {
  return new ModstampError(`Salesforce sent a page of ${stream} that ended inside row ${row}.`, {
    failureType: 'transient_error',
    fault: 'body_cut',
  });
}

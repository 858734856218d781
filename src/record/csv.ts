/** Pages of Bulk results on their way to the host: CSV bytes in, RECORD lines out, no object and no string for a value. */

import { MORE, ROW, TEXT_AFTER_QUOTE, TOO_FEW_VALUES, TOO_MANY_VALUES } from '../../transcoder/memory-map.ts';
import { ModstampError } from '../errors.ts';
import { headerSlots } from './csv-header.ts';
import { decideRows, type RowSource } from './decide-rows.ts';
import { afterIntake, createIntake, type Intake, takeIn } from './intake.ts';
import { addressOf, type Layout } from './layout.ts';
import { countPush, countRow, openPage, type Page, type PageOptions, type PageTranscoder } from './page-transcoder.ts';
import type { RecordTemplate } from './template.ts';
import { bytesOf } from './wasm-instance.ts';

export interface CsvOptions extends PageOptions {
  /** Data rows of this page that an earlier try has written already: counted, not written again. */
  readonly skipRows?: number;
}

/**
 * A Bulk page: `push` throws fault `csv_malformed` (transient) for what is no CSV of the template's fields. Its `rows` are what
 * Sforce-NumberOfRecords counts.
 */
export type CsvTranscoder = PageTranscoder;

const LF = 0x0a;
const BOM = [0xef, 0xbb, 0xbf];
/** 800 fields of 255 characters are a fifth of it; a body without a line end is no CSV. */
const HEADER_BYTES_MAX = 1024 * 1024;
const NOTHING = new Uint8Array(0);

interface CsvPage extends Page {
  readonly intake: Intake;
  readonly skipRows: number;
  /** Whether the header was read. */
  started: boolean;
}

/** A transcoder for one page of the template's query. */
export function createCsvTranscoder(template: RecordTemplate, options: CsvOptions): CsvTranscoder {
  const opened = openPage(template, options);
  const { layout, host } = opened;
  const intake = createIntake(layout.wasm, layout.end);
  const page: CsvPage = Object.assign(opened, { intake, skipRows: options.skipRows ?? 0, started: false });
  return {
    push: (chunk, ends) => (take(page, chunk, ends) ? transcodeRows(page, ends) : NOTHING),
    async *pushDecided(chunk, ends, hook) {
      if (take(page, chunk, ends)) yield* decideRows(sourceOf(page, ends), hook, page, afterIntake(intake));
    },
    get rows() {
      return page.rows;
    },
    get records() {
      return page.records;
    },
    get last() {
      return page.last;
    },
    nulled: host.nulled,
    absent: host.absent,
    close: page.close,
  };
}

/** Takes a chunk in; false while the header is not complete. */
function take(page: CsvPage, chunk: Uint8Array, ends: boolean): boolean {
  const { layout, intake } = page;
  const moved = takeIn(intake, chunk, ends) + (ends ? endLine(intake) : 0);
  if (page.started) layout.wasm.exports.follow(moved);
  else page.started = startRows(layout, intake, ends);
  return page.started;
}

/** The lines of all rows that are complete. */
function transcodeRows(page: CsvPage, ends: boolean): Uint8Array {
  const { layout, intake, rows, skipRows } = page;
  const { exports } = layout.wasm;
  const linesAt = afterIntake(intake);
  const outcome = exports.readRows(intake.from, intake.to, linesAt, skipRows - rows);
  const seen = exports.rows.value;
  intake.from = exports.rowsEnd.value;
  judge(page, outcome, rows + seen, ends);
  countPush(page, seen, Math.max(0, rows + seen - Math.max(rows, skipRows)));
  return bytesOf(layout.wasm).subarray(linesAt, exports.linesEnd.value);
}

function sourceOf(page: CsvPage, ends: boolean): RowSource {
  const { intake, skipRows } = page;
  const { exports } = page.layout.wasm;
  return {
    next() {
      const outcome = exports.nextRow(intake.to);
      if (outcome === ROW) return exports.at.value - intake.from;
      return void judge(page, outcome, page.rows, ends);
    },
    isSkipped: () => page.rows < skipRows,
    count(written) {
      intake.from = exports.at.value;
      countRow(page, written);
    },
  };
}

/** Judges how the look for the row after `seen` ended, when it was no row. */
function judge({ layout, intake }: CsvPage, outcome: number, seen: number, ends: boolean): void {
  const { stream } = layout.template;
  if (outcome !== MORE) throw malformed(`a page of ${stream} whose row ${seen + 1} ${problemOf(outcome, layout)}`);
  if (ends && intake.from < intake.to) throw cutShort(stream, seen + 1);
}

function problemOf(outcome: number, { wasm, template }: Layout): string {
  const expected = template.fields.length;
  switch (outcome) {
    case TOO_MANY_VALUES:
      return `has more values than the ${expected} of its header`;
    case TOO_FEW_VALUES:
      return `has ${wasm.exports.columnCount()} values where its header has ${expected}`;
    case TEXT_AFTER_QUOTE:
      return 'has text behind a closing quote';
    default:
      return 'has a quote inside an unquoted value';
  }
}

/** Gives the last row the line end that it may lack, so that there is one way for a row to end. */
function endLine(intake: Intake): number {
  const { wasm, from, to } = intake;
  return from < to && bytesOf(wasm)[to - 1] !== LF ? takeIn(intake, Uint8Array.of(LF), true) : 0;
}

/** Reads the header and begins after it; false while the header is not there, or where the page is empty. */
function startRows({ wasm, template, columnsAt }: Layout, intake: Intake, ends: boolean): boolean {
  const bytes = bytesOf(wasm).subarray(intake.from, intake.to);
  const from = BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0;
  const end = bytes.indexOf(LF);
  if (end < 0 && !ends && bytes.length <= HEADER_BYTES_MAX) return false;
  if (end < 0 && bytes.length === 0) return false;
  const header = Buffer.from(bytes.subarray(from, end < 0 ? bytes.length : end)).toString();
  const slots = headerSlots(header.replace(/\r$/, ''), template.fields);
  if (!(slots instanceof Int32Array)) throw malformed(`a page of ${template.stream} that ${slots.problem}`);
  new Int32Array(bytes.buffer, columnsAt, slots.length).set(slots.map(addressOf));
  intake.from += end + 1;
  wasm.exports.startAt(intake.from);
  return true;
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

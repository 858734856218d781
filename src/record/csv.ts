/** Pages of Bulk results on their way to the host: CSV bytes in, RECORD lines out, no object and no string for a value. */

import { ModstampError } from '../errors.ts';
import { headerSlots } from './csv-header.ts';
import { behindIntake, createIntake, type Intake, takeIn } from './intake.ts';
import { bytesOf } from './kernel.ts';
import { addressOf, type Layout } from './layout.ts';
import type { LastRow, RecordTemplate } from './template.ts';
import { lastRow } from './track.ts';
import { bindKernel, type Transcoder } from './transcoder.ts';

export interface CsvOptions {
  /** Epoch milliseconds, in every line. */
  readonly emittedAt: number;
  /** Data rows of this page that an earlier try has written already: counted, not written again. */
  readonly skipRows?: number;
}

/** A Bulk page: `push` throws fault `csv_malformed` (transient) for what is no CSV of the template's fields. */
export interface CsvTranscoder extends Transcoder {
  /** The skipped ones too: what Sforce-NumberOfRecords counts. */
  readonly rows: number;
}

const LF = 0x0a;
const BOM = [0xef, 0xbb, 0xbf];
/** 800 fields of 255 characters are a fifth of it; a body without a line end is no CSV. */
const HEADER_BYTES_MAX = 1024 * 1024;
const NOTHING = new Uint8Array(0);

/** How a look for the next row ends: the numbers of kernel/csv-row.ts. */
const MORE = 1;
const TOO_MANY_VALUES = 2;
const TOO_FEW_VALUES = 3;
const TEXT_BEHIND_QUOTE = 4;

/** A transcoder for one page of the template's query. */
export function createCsvTranscoder(template: RecordTemplate, { emittedAt, skipRows = 0 }: CsvOptions): CsvTranscoder {
  const { layout, nulled, close } = bindKernel(template, emittedAt);
  const { kernel } = layout;
  const { calls } = kernel;
  const intake = createIntake(kernel, layout.end);
  let started = false;
  let rows = 0;
  let last: LastRow = {};

  return {
    push(chunk, ends) {
      const moved = takeIn(intake, chunk, ends) + (ends ? endLine(intake) : 0);
      if (started) calls.follow(moved);
      else started = startRows(layout, intake, ends);
      if (!started) return NOTHING;
      const linesAt = behindIntake(intake);
      const outcome = calls.readRows(intake.from, intake.to, linesAt, skipRows - rows);
      const seen = rows + calls.rows.value;
      if (outcome !== MORE)
        throw malformed(`a page of ${template.stream} whose row ${seen + 1} ${problemOf(outcome, layout)}`);
      intake.from = calls.rowsEnd.value;
      if (ends && intake.from < intake.to) throw cutShort(template.stream, seen + 1);
      if (seen > rows) last = lastRow(layout);
      rows = seen;
      return bytesOf(kernel).subarray(linesAt, calls.linesEnd.value);
    },
    get rows() {
      return rows;
    },
    get last() {
      return last;
    },
    nulled,
    close,
  };
}

function problemOf(outcome: number, { kernel, template }: Layout): string {
  const expected = template.fields.length;
  switch (outcome) {
    case TOO_MANY_VALUES:
      return `has more values than the ${expected} of its header`;
    case TOO_FEW_VALUES:
      return `has ${kernel.calls.columnCount()} values where its header has ${expected}`;
    case TEXT_BEHIND_QUOTE:
      return 'has text behind a closing quote';
    default:
      return 'has a quote inside an unquoted value';
  }
}

/** Gives the last row the line end that it may lack, so that there is one way for a row to end. */
function endLine(intake: Intake): number {
  const { kernel, from, to } = intake;
  return from < to && bytesOf(kernel)[to - 1] !== LF ? takeIn(intake, Uint8Array.of(LF), true) : 0;
}

/** Reads the header and makes the kernel begin behind it; false while the header is not there, or where the page is empty. */
function startRows({ kernel, template, columnsAt }: Layout, intake: Intake, ends: boolean): boolean {
  const bytes = bytesOf(kernel).subarray(intake.from, intake.to);
  const from = BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0;
  const end = bytes.indexOf(LF);
  if (end < 0 && !ends && bytes.length <= HEADER_BYTES_MAX) return false;
  if (end < 0 && bytes.length === 0) return false;
  const header = Buffer.from(bytes.subarray(from, end < 0 ? bytes.length : end)).toString();
  const slots = headerSlots(header.replace(/\r$/, ''), template.fields);
  if (!(slots instanceof Int32Array)) throw malformed(`a page of ${template.stream} that ${slots.problem}`);
  new Int32Array(bytes.buffer, columnsAt, slots.length).set(slots.map(addressOf));
  intake.from += end + 1;
  kernel.calls.startAt(intake.from);
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

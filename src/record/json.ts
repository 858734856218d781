/** Answers of REST queries on their way to the host: JSON bytes in, RECORD lines out, no object and no string for a value. */

import { ModstampError } from '../errors.ts';
import { type AnswerHead, announcedHead, readHead } from './answer-head.ts';
import { decideRows, type RowSource } from './decide-rows.ts';
import { afterIntake, createIntake, type Intake, takeIn } from './intake.ts';
import { type AnswerWalk, followBytes, type RecordScan, startWalk, stepOn } from './json-answer.ts';
import { layOutMembers } from './json-layout.ts';
import { countPush, countRow, openPage, type Page, type PageOptions, type PageTranscoder } from './page-transcoder.ts';
import type { RecordTemplate } from './template.ts';
import { bytesOf } from './wasm-instance.ts';

/** A REST page: `push` throws fault `json_malformed` for what is no answer to a query, `row_without_id` for a row that lacks the Id it needs (both transient). */
export interface JsonTranscoder extends PageTranscoder {
  /** What was told beside the records so far, which with Salesforce is all of it before the first record; complete in the end. */
  readonly head: Partial<AnswerHead>;
}

interface JsonPage extends Page {
  readonly intake: Intake;
  readonly walk: AnswerWalk;
  readonly scan: RecordScan;
  /** What the complete answer told. */
  head?: AnswerHead;
}

/** A transcoder for one page of the template's query. The bytes of each `data` are those that Bulk's CSV of the row gives. */
export function createJsonTranscoder(template: RecordTemplate, options: PageOptions): JsonTranscoder {
  const opened = openPage(template, options);
  const { layout, host } = opened;
  const { wasm } = layout;
  const members = layOutMembers(layout);
  const intake = createIntake(wasm, members.end);
  const walk = startWalk(intake.from);
  const scan: RecordScan = { exports: wasm.exports, root: members.root, bytes: bytesOf(wasm) };
  const page: JsonPage = Object.assign(opened, { intake, walk, scan });
  return {
    push(chunk, ends) {
      try {
        take(page, chunk, ends);
        return transcodeRows(page, ends);
      } catch (thrown) {
        throw understood(thrown);
      }
    },
    async *pushDecided(chunk, ends, hook) {
      try {
        take(page, chunk, ends);
        yield* decideRows(sourceOf(page, ends), hook, page, afterIntake(intake));
      } catch (thrown) {
        throw understood(thrown);
      }
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
    get head() {
      return page.head ?? announcedHead(walk.told);
    },
    nulled: host.nulled,
    absent: host.absent,
    close: page.close,
  };
}

function take(page: JsonPage, chunk: Uint8Array, ends: boolean): void {
  const { intake, walk } = page;
  intake.from = walk.at;
  followBytes(walk, takeIn(intake, chunk, ends));
  lookAgain(page);
}

/** To be called where lines took so much room that the memory grew: it is another array then. */
function lookAgain({ scan, intake }: JsonPage): void {
  scan.bytes = bytesOf(intake.wasm).subarray(0, intake.to);
}

/** The lines of all records that are complete. */
function transcodeRows(page: JsonPage, ends: boolean): Uint8Array {
  const { intake, walk, scan } = page;
  const { exports } = scan;
  const linesAt = afterIntake(intake);
  let linesEnd = linesAt;
  let seen = 0;
  for (let outcome = stepOn(walk, scan); outcome !== 'more'; outcome = stepOn(walk, scan)) {
    if (outcome !== 'record') continue;
    if (exports.lacking.value !== 0) page.host.noteLacking();
    seen++;
    linesEnd = exports.writeLine(walk.at - walk.recordAt, linesEnd);
    exports.keep();
    if (scan.bytes.length === 0) lookAgain(page);
  }
  if (ends) judgeEnd(page, page.rows + seen);
  countPush(page, seen, seen);
  return bytesOf(intake.wasm).subarray(linesAt, linesEnd);
}

function sourceOf(page: JsonPage, ends: boolean): RowSource {
  const { walk, scan } = page;
  return {
    next() {
      if (scan.bytes.length === 0) lookAgain(page);
      let outcome = stepOn(walk, scan);
      while (outcome === 'on') outcome = stepOn(walk, scan);
      if (outcome === 'record') {
        if (scan.exports.lacking.value !== 0) page.host.noteLacking();
        return walk.at - walk.recordAt;
      }
      if (ends) judgeEnd(page, page.rows);
      return undefined;
    },
    isSkipped: () => false,
    count: (written) => countRow(page, written),
  };
}

/** Judges the answer when its last byte has come. */
function judgeEnd(page: JsonPage, rows: number): void {
  if (page.walk.place !== 'end') throw cutShort(page.layout.template.stream, rows);
  page.head = readHead(page.walk.told, () => rows);
}

/** An error as callers expect it: text that is not the JSON it should be is named. */
function understood(thrown: unknown): unknown {
  if (!(thrown instanceof SyntaxError)) return thrown;
  return new ModstampError('Salesforce answered a query with text that is not the JSON it should be.', {
    failureType: 'transient_error',
    fault: 'json_malformed',
    internal: thrown.message,
  });
}

function cutShort(stream: string, rows: number): ModstampError {
  return new ModstampError(`Salesforce sent a page of ${stream} that ended early, after row ${rows}.`, {
    failureType: 'transient_error',
    fault: 'body_cut',
  });
}

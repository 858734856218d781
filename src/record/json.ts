/** Answers of REST queries on their way to the host: JSON bytes in, RECORD lines out, no object and no string for a value. */

import { isUtf8 } from 'node:buffer';
import { ModstampError } from '../errors.ts';
import { type AnswerHead, announcedHead, readHead } from './answer-head.ts';
import { createIntake, type Intake, takeIn } from './intake.ts';
import { followBytes, startWalk, stepOn } from './json-answer.ts';
import { createRecordScan, scanIn } from './json-row.ts';
import { createLine, writeLine } from './line.ts';
import { createOutput, type Output } from './output.ts';
import type { LastRow, RecordTemplate } from './template.ts';
import { createTrack, keepRow, lastRow } from './track.ts';

export interface JsonOptions {
  /** Epoch milliseconds, in every line. */
  readonly emittedAt: number;
}

/** One page. A `push` that throws has written nothing: `rows` and `last` stand as the push before left them. */
export interface JsonTranscoder {
  /**
   * Takes the next bytes of the answer and gives the lines of all records that are whole with them: a view, valid until the
   * next push, maybe empty. `last` says that the answer ends here; one that ends before its closing brace throws fault
   * `body_cut`, one that is no answer to a query throws `json_malformed` (both transient).
   */
  push(chunk: Uint8Array, last: boolean): Uint8Array;
  /** Records whose lines were given out. */
  readonly rows: number;
  readonly last: LastRow;
  /** Property -> rows in which its value could not be what its type says and became null. */
  readonly nulled: ReadonlyMap<string, number>;
  /** What was told beside the records so far, which with Salesforce is all of it before the first record; whole in the end. */
  readonly head: Partial<AnswerHead>;
}

/** Lines of one chunk of 64 KiB are about as long as the chunk. */
const OUTPUT_BYTES = 256 * 1024;
/** A line is about as long as its record: what it lacks of `attributes`, it has in stream and time of emission. */
const FIRST_LINE_BYTES = 1024;

/** A transcoder for one page of the template's query. The bytes of each `data` are those that Bulk's CSV of the row gives. */
export function createJsonTranscoder(template: RecordTemplate, { emittedAt }: JsonOptions): JsonTranscoder {
  const receive = createReceiver();
  const walk = startWalk();
  const scan = createRecordScan(template.fields);
  const line = createLine(template, emittedAt);
  const track = createTrack(template);
  let output: Output | undefined;
  let rows = 0;
  let last: LastRow = {};
  let head: AnswerHead | undefined;

  const transcodeRows = (bytes: Uint8Array, output: Output): number => {
    scanIn(scan, bytes);
    for (let seen = rows; ;) {
      const outcome = stepOn(walk, scan, bytes);
      if (outcome === 'more') return seen;
      if (outcome !== 'record') continue;
      seen++;
      writeLine(line, scan.cells, output, walk.at - walk.recordAt);
      keepRow(track, scan.cells);
    }
  };

  return {
    push: (chunk, ends) =>
      understood(() => {
        // Most pages are small: large blocks for each of a thousand streams would be garbage that V8 is slow to collect.
        output ??= createOutput(Math.min(OUTPUT_BYTES, chunk.length + FIRST_LINE_BYTES));
        output.at = 0;
        const { bytes, moved } = receive(chunk, ends, walk.at);
        followBytes(walk, moved);
        const seen = transcodeRows(bytes, output);
        if (ends && walk.place !== 'end') throw cutShort(template.stream, seen);
        if (ends) head = readHead(walk.told, () => seen);
        if (seen > rows) last = lastRow(track, scan.cells);
        rows = seen;
        return output.bytes.subarray(0, output.at);
      }),
    get rows() {
      return rows;
    },
    get last() {
      return last;
    },
    nulled: line.nulledRows,
    get head() {
      return head ?? announcedHead(walk.told);
    },
  };
}

/** All bytes that are not done with, as valid UTF-8, and how far they moved down since the last time. */
type Receive = (chunk: Uint8Array, last: boolean, doneWith: number) => { bytes: Uint8Array; moved: number };

/** A page that comes in one chunk, as most of a batch do, is read where it lies; only others need a buffer of their own. */
function createReceiver(): Receive {
  let intake: Intake | undefined;
  return (chunk, last, doneWith) => {
    if (intake === undefined && last) return { bytes: validUtf8(chunk), moved: 0 };
    intake ??= createIntake();
    intake.from = doneWith;
    const moved = takeIn(intake, chunk, last);
    return { bytes: intake.bytes.subarray(0, intake.to), moved };
  };
}

function validUtf8(bytes: Uint8Array): Uint8Array {
  return isUtf8(bytes) ? bytes : new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
}

/** What `work` gives; text that is not the JSON it should be is named. */
function understood<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    throw new ModstampError('Salesforce answered a query with text that is not the JSON it should be.', {
      failureType: 'transient_error',
      fault: 'json_malformed',
      internal: thrown.message,
    });
  }
}

function cutShort(stream: string, rows: number): ModstampError {
  return new ModstampError(`Salesforce sent a page of ${stream} that ended early, behind row ${rows}.`, {
    failureType: 'transient_error',
    fault: 'body_cut',
  });
}

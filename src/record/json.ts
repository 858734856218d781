/** Answers of REST queries on their way to the host: JSON bytes in, RECORD lines out, no object and no string for a value. */

import { ModstampError } from '../errors.ts';
import { type AnswerHead, announcedHead, readHead } from './answer-head.ts';
import { behindIntake, createIntake, takeIn } from './intake.ts';
import { followBytes, type RecordScan, startWalk, stepOn } from './json-answer.ts';
import { layOutMembers } from './json-layout.ts';
import { bytesOf } from './kernel.ts';
import type { LastRow, RecordTemplate } from './template.ts';
import { lastRow } from './track.ts';
import { bindKernel, type Transcoder } from './transcoder.ts';

export interface JsonOptions {
  /** Epoch milliseconds, in every line. */
  readonly emittedAt: number;
}

/** A REST page: `push` throws fault `json_malformed` (transient) for what is no answer to a query. */
export interface JsonTranscoder extends Transcoder {
  /** What was told beside the records so far, which with Salesforce is all of it before the first record; whole in the end. */
  readonly head: Partial<AnswerHead>;
}

/** A transcoder for one page of the template's query. The bytes of each `data` are those that Bulk's CSV of the row gives. */
export function createJsonTranscoder(template: RecordTemplate, { emittedAt }: JsonOptions): JsonTranscoder {
  const { layout, nulled, close } = bindKernel(template, emittedAt);
  const { kernel } = layout;
  const { calls } = kernel;
  const members = layOutMembers(layout);
  const intake = createIntake(kernel, members.end);
  const walk = startWalk(intake.from);
  const scan: RecordScan = { calls, root: members.root, bytes: bytesOf(kernel) };
  let rows = 0;
  let last: LastRow = {};
  let head: AnswerHead | undefined;

  const lookAgain = () => {
    scan.bytes = bytesOf(kernel).subarray(0, intake.to);
  };
  /** Writes the lines of all whole records at `linesAt`; gives the end of the lines and the rows seen. */
  const transcodeRows = (linesAt: number): { linesEnd: number; seen: number } => {
    lookAgain();
    let linesEnd = linesAt;
    for (let seen = rows; ;) {
      const outcome = stepOn(walk, scan);
      if (outcome === 'more') return { linesEnd, seen };
      if (outcome !== 'record') continue;
      seen++;
      linesEnd = calls.writeLine(walk.at - walk.recordAt, linesEnd);
      calls.keep();
      // Where the lines took so much room that the memory grew, it is another array now.
      if (scan.bytes.length === 0) lookAgain();
    }
  };

  return {
    push: (chunk, ends) =>
      understood(() => {
        intake.from = walk.at;
        followBytes(walk, takeIn(intake, chunk, ends));
        const linesAt = behindIntake(intake);
        const { linesEnd, seen } = transcodeRows(linesAt);
        if (ends && walk.place !== 'end') throw cutShort(template.stream, seen);
        if (ends) head = readHead(walk.told, () => seen);
        if (seen > rows) last = lastRow(layout);
        rows = seen;
        return bytesOf(kernel).subarray(linesAt, linesEnd);
      }),
    get rows() {
      return rows;
    },
    get last() {
      return last;
    },
    nulled,
    close,
    get head() {
      return head ?? announcedHead(walk.told);
    },
  };
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

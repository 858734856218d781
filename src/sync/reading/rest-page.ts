/** REST pages from the socket to the host: rows leave while their page still comes, so that none has to be held whole. */
import type { AnswerHead } from '../../record/answer-head.ts';
import { createJsonTranscoder, type JsonTranscoder } from '../../record/json.ts';
import type { RecordLines } from '../../record/row-hook.ts';
import { asModstampError, type ModstampError } from '../../errors.ts';
import { isDamaged, openQuery, queryPage, type QueryPage, type QueryTarget } from '../../salesforce/query.ts';
import { verifyOrder } from './advance.ts';
import { closeTranscoder, pushBytes, writeLines } from './page-lines.ts';
import { canGoOn, templateOf, type LastRow, type StreamContext } from './stream-context.ts';

/** A page whose first rows have come; `totalSize` and `done` as far as they were told by then. */
export interface OpenPage extends Partial<AnswerHead> {
  readonly transcoder: JsonTranscoder;
  /** Pieces of RECORD lines, each valid until the next is asked for. No row hook has been asked before the first. */
  readonly lines: AsyncGenerator<RecordLines>;
  readonly first: IteratorResult<RecordLines>;
}

export type RestPage = OpenPage | QueryPage;

/** What has left of a query. */
export interface Written {
  /** Whether its rows come in the order of `orderOf`, across its pages. */
  readonly isOrdered?: boolean;
  rowCount: number;
  last?: LastRow;
}

/** What a whole page comes in to the transcoder: as from a socket, so that its buffers stay small. */
const PIECE_BYTES = 64 * 1024;
/** A record with its `attributes` is longer than a piece; so many bytes are looked through for the first one. */
const FIRST_PIECE_BYTES = 64;
const FIRST_ROW_BYTES = 4096;
const NOTHING = new Uint8Array(0);

/**
 * Asks for a page and reads it up to its first rows, with all patience until then. Where the order of the rows is no order
 * to go on behind one of them, the page is held whole: half of it could be neither continued nor, once written, taken back.
 * So is a first page that tells its size behind its rows, as hosts may that are not Salesforce: the way to read the rest is
 * chosen by that before the first row leaves.
 * Throws what `queryPage` throws.
 */
export async function openPage(context: StreamContext, target: QueryTarget): Promise<RestPage> {
  const { connection, reading, signal } = context;
  if (!canGoOn(reading)) return queryPage(connection, target, signal);
  const page = await openQuery(connection, target, signal, async (body): Promise<OpenPage> => {
    const transcoder = createJsonTranscoder(templateOf(reading), { emittedAt: Date.now() });
    const lines = linesOf(context, transcoder, body);
    const first = await lines.next();
    return { ...transcoder.head, transcoder, lines, first };
  });
  if (page.totalSize !== undefined || 'nextRecordsUrl' in target) return page;
  await closePage(page);
  return queryPage(connection, target, signal);
}

/** Lets go of a page that nobody will read, and of its connection. */
export async function closePage(page: RestPage): Promise<void> {
  if ('lines' in page) await page.lines.return(undefined);
}

/**
 * Writes a page's rows and counts them into `written`. Returns what the page told; where its body broke off or
 * is damaged, behind rows that have left, the error of that, so that the caller goes on behind `written.last`. Throws any other
 * error.
 *
 * Such a page is not asked for again to skip what has left: a query asked again is another query, and even a page that its
 * locator names lacks the rows that were deleted for good meanwhile. Skipping by count would lose a row for each of them.
 */
export async function writePage(
  context: StreamContext,
  page: RestPage,
  written: Written,
): Promise<AnswerHead | ModstampError> {
  if (!('lines' in page)) {
    try {
      await writeAnswer(context, page.answer, written);
      return page;
    } catch (thrown) {
      if (!isDamaged(thrown)) throw thrown;
      return asModstampError(thrown);
    }
  }
  const { transcoder, lines, first } = page;
  try {
    let counted = 0;
    for (let next = first; next.done !== true; next = await lines.next()) {
      counted = await writeRows(context, transcoder, next.value, counted, written);
    }
    return transcoder.head as AnswerHead;
  } catch (thrown) {
    if (!isDamaged(thrown)) throw thrown;
    return asModstampError(thrown);
  } finally {
    await lines.return(undefined);
  }
}

/** Writes the rows of a whole answer, `{"records": […]}`, and counts them into `written`. Throws the faults of a transcoder. */
export async function writeAnswer(context: StreamContext, answer: Uint8Array, written: Written): Promise<void> {
  const transcoder = createJsonTranscoder(templateOf(context.reading), { emittedAt: Date.now() });
  let counted = 0;
  try {
    for (const piece of piecesOf(answer, transcoder)) {
      for await (const lines of pushBytes(context, transcoder, piece, false)) {
        counted = await writeRows(context, transcoder, lines, counted, written);
      }
    }
    for await (const lines of pushBytes(context, transcoder, NOTHING, true)) {
      counted = await writeRows(context, transcoder, lines, counted, written);
    }
  } finally {
    closeTranscoder(context, transcoder);
  }
}

/**
 * The first row of a page comes by itself, so that `verifyOrder` sees its key: pieces shorter than any row (the attributes of
 * a record alone are longer) until there is one. A first row that is longer than they go comes with those after it.
 */
function* piecesOf(bytes: Uint8Array, transcoder: JsonTranscoder): Generator<Uint8Array> {
  let at = 0;
  while (at < bytes.length) {
    const seeksFirst = transcoder.rows === 0 && at < FIRST_ROW_BYTES;
    const end = at + (seeksFirst ? FIRST_PIECE_BYTES : PIECE_BYTES);
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** Writes lines; `counted` rows of the page were seen before. Gives how many are now. */
async function writeRows(
  context: StreamContext,
  transcoder: JsonTranscoder,
  lines: RecordLines,
  counted: number,
  written: Written,
): Promise<number> {
  const { rows, last } = transcoder;
  if (rows === counted) return counted;
  // A page that came before is told by its first row, before that leaves.
  if (counted === 0 && written.isOrdered) verifyOrder(context, written.last, last);
  await writeLines(context, lines);
  written.rowCount += rows - counted;
  written.last = last;
  return rows;
}

async function* linesOf(
  context: StreamContext,
  transcoder: JsonTranscoder,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<RecordLines> {
  try {
    for await (const chunk of body) {
      for (const piece of piecesOf(chunk, transcoder)) yield* pushBytes(context, transcoder, piece, false);
    }
    yield* pushBytes(context, transcoder, NOTHING, true);
  } finally {
    closeTranscoder(context, transcoder);
  }
}

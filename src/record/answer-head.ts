/** What the answer to a REST query tells besides its records. */

export interface AnswerHead {
  /** What the server counts for the whole query; it may differ from what the pages hold for a few odd objects. */
  readonly totalSize: number;
  readonly done: boolean;
  /** Path of the next page; there unless `done`. */
  readonly nextRecordsUrl?: string;
}

/**
 * Judges the members that stand beside `records` in an answer that held so many. Salesforce sends all of them; where another
 * host leaves `done` out, it is done where no page is named, and where it leaves `totalSize` out, the page counts. Throws a
 * SyntaxError where they contradict each other or are of another type.
 */
export function readHead(told: ReadonlyMap<string, unknown>, countRecords: () => number): AnswerHead {
  const next = told.get('nextRecordsUrl');
  const totalSize = told.has('totalSize') ? told.get('totalSize') : countRecords();
  const done = told.has('done') ? told.get('done') : typeof next !== 'string';
  if (typeof totalSize !== 'number' || typeof done !== 'boolean') throw new SyntaxError('totalSize or done is none');
  if (done) return { totalSize, done };
  if (typeof next !== 'string') throw new SyntaxError('a query answer that is not done, without nextRecordsUrl');
  // It is a path; a whole URL is asked at the instance all the same, where the session belongs.
  return { totalSize, done, nextRecordsUrl: next.replace(/^https?:\/\/[^/]+/, '') };
}

/** What of it is known for sure before the answer has ended. */
export function announcedHead(told: ReadonlyMap<string, unknown>): Partial<AnswerHead> {
  const [totalSize, done] = [told.get('totalSize'), told.get('done')];
  return { ...(typeof totalSize === 'number' && { totalSize }), ...(typeof done === 'boolean' && { done }) };
}

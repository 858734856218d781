/**
 * A reading must advance: pages that come twice, or for ever without a row, must fail the stream, neither pass for complete
 * because their rows add up to what was announced, nor cost calls without an end.
 */
import { ModstampError } from '../../errors.ts';
import type { LastRow } from '../../record/template.ts';
import { orderOf, type StreamContext } from './stream-context.ts';

/** Pages without a row in a row, after which the org is not believed to have more: one may be what deletions have left. */
const EMPTY_PAGES_MAX = 2;

/** What the pages of a query have shown. */
export interface PageTrail {
  readonly nextRecordsUrls: Set<string>;
  /** Id of the last row of each page, of queries without an order. */
  readonly lastIds: Set<string>;
  emptyPages: number;
}

export function createPageTrail(): PageTrail {
  return { nextRecordsUrls: new Set(), lastIds: new Set(), emptyPages: 0 };
}

/**
 * Throws `not_advancing` where the first row of a page does not follow the last row of the page before, in an ordered query.
 * To be called before it is written.
 */
export function verifyOrder({ reading }: StreamContext, before: LastRow | undefined, first: LastRow | undefined): void {
  const [order, then] = orderOf(reading);
  if (order === undefined || !before?.id || !first?.id) return;
  const isLater =
    then === undefined || !before.cursor || !first.cursor || before.cursor === first.cursor
      ? first.id.slice(0, 15) > before.id.slice(0, 15)
      : first.cursor > before.cursor;
  if (!isLater) throw notAdvancing(reading.describe.name, `after row ${before.id} came row ${first.id}`);
}

/** Throws `not_advancing` where the last Id of a query that asked for the Ids behind `before` is not behind it. */
export function verifyIdBehind(sobject: string, before: string | undefined, id: string): void {
  if (before === undefined || id.slice(0, 15) > before.slice(0, 15)) return;
  throw notAdvancing(sobject, `behind Id ${before} came Id ${id}`);
}

/** Throws `not_advancing` for a page that came before, and for pages that bring nothing. To be called after each page. */
export function verifyAdvance(
  { reading }: StreamContext,
  trail: PageTrail,
  page: {
    readonly rowCount: number;
    readonly lastId?: string | undefined;
    readonly nextRecordsUrl?: string | undefined;
  },
): void {
  const { name } = reading.describe;
  const { rowCount, lastId, nextRecordsUrl } = page;
  trail.emptyPages = rowCount === 0 ? trail.emptyPages + 1 : 0;
  if (nextRecordsUrl !== undefined) {
    if (trail.nextRecordsUrls.has(nextRecordsUrl)) throw notAdvancing(name, `${nextRecordsUrl} came twice`);
    if (trail.emptyPages >= EMPTY_PAGES_MAX) throw notAdvancing(name, `${trail.emptyPages} pages had no row`);
    trail.nextRecordsUrls.add(nextRecordsUrl);
  }
  if (rowCount === 0 || lastId === undefined || orderOf(reading).length > 0) return;
  if (trail.lastIds.has(lastId)) throw notAdvancing(name, `two pages end with row ${lastId}`);
  trail.lastIds.add(lastId);
}

function notAdvancing(sobject: string, internal: string): ModstampError {
  return new ModstampError(
    `${sobject}: Salesforce sent a page of rows that it had sent before, or pages without rows, in place of the next one; the stream is not counted as read. Run the sync again; if it stays so, report it to Salesforce support.`,
    { failureType: 'transient_error', fault: 'not_advancing', internal },
  );
}

/** Rows written against rows counted: what the org announced and did not deliver must fail the stream, not pass for whole. */
import { ModstampError } from '../../errors.ts';
import { queryPage } from '../../salesforce/query.ts';
import { select } from '../../salesforce/soql.ts';
import type { StreamContext } from './stream-context.ts';

/**
 * Throws `rows_missing` where fewer rows were written than the org counts under these conditions. `totalSize` alone is no
 * proof: it may exceed what is delivered (seen on FieldPermissions), and rows leave a window while it is read; so a shortfall
 * is checked by one COUNT(), where the kind of object answers it.
 */
export async function verifyCount(
  context: StreamContext,
  where: readonly string[],
  rowCount: number,
  totalSize: number,
): Promise<void> {
  if (rowCount >= totalSize) return;
  const { describe, kind } = context.reading;
  if (!kind.counts) throw shortfall(context, 'rows_missing', totalSize, rowCount);
  const soql = select({ fields: ['COUNT()'], from: describe.name, where });
  const counted = (await queryPage(context.connection, { soql }, context.signal)).totalSize;
  if (rowCount >= counted) return;
  throw shortfall(context, 'rows_missing', counted, rowCount);
}

/** The error for rows that were announced and did not come: `rows_missing`, or `page_short` where it is one page's. */
export function shortfall(
  { reading }: StreamContext,
  fault: 'rows_missing' | 'page_short',
  announced: number,
  written: number,
): ModstampError {
  return new ModstampError(
    `${reading.describe.name}: the org announced ${announced} rows and delivered ${written}; the stream is not counted as read. Run the sync again; if it stays so, report it to Salesforce support.`,
    { failureType: 'transient_error', fault },
  );
}

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
  const counted = await countRows(context, where);
  if (counted !== undefined && rowCount >= counted) return;
  throw shortfall(context, 'rows_missing', counted ?? totalSize, rowCount);
}

/** Throws `rows_repeated` where more rows came than the org counts under these conditions. Returns its count. */
export async function verifyAtMost(
  context: StreamContext,
  where: readonly string[],
  rowCount: number,
  totalSize: number,
): Promise<number> {
  const counted = await countRows(context, where);
  if (counted !== undefined && rowCount <= counted) return counted;
  throw new ModstampError(
    `${context.reading.describe.name}: the org counts ${counted ?? totalSize} rows and sent ${rowCount}, so some came twice and others may be missing; the stream is not counted as read. Run the sync again; if it stays so, report it to Salesforce support.`,
    { failureType: 'transient_error', fault: 'rows_repeated' },
  );
}

/** By COUNT(); undefined where the kind of object does not answer it. */
async function countRows(
  { connection, reading: { describe, kind }, signal }: StreamContext,
  where: readonly string[],
): Promise<number | undefined> {
  if (!kind.counts) return undefined;
  const soql = select({ fields: ['COUNT()'], from: describe.name, where });
  return (await queryPage(connection, { soql }, signal)).totalSize;
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

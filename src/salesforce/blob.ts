/** The content of base64 fields (REST API guide, "sObject Blob Get"). */
import { ModstampError } from '../errors.ts';
import type { Connection, OpenAnswer } from './connection.ts';

/** `/services/data/v58.0/sobjects/Attachment/00P…/Body`: the only kind of path that a blob field holds. */
const BLOB_PATH = /^\/services\/data\/v\d+\.\d\/sobjects\/\w+\/\w{15,18}\/\w+$/;

/**
 * Opens the content behind the value of a base64 field, a path on the instance; the body is the raw bytes, inflated.
 * Undefined for a value that is no such path (nothing is asked then), and where the org refuses the content (gone, or the
 * user may not see it). Throws what time may mend, and what stops the sync: a file must not become null for an outage.
 */
export async function openBlob(
  connection: Connection,
  path: string,
  signal: AbortSignal,
): Promise<OpenAnswer | undefined> {
  if (!BLOB_PATH.test(path)) return undefined;
  try {
    return await connection.open({ method: 'GET', path, purpose: 'download a file', signal });
  } catch (error) {
    signal.throwIfAborted();
    const isRefusal = error instanceof ModstampError && !error.stopsSync && error.failureType !== 'transient_error';
    if (isRefusal) return undefined;
    throw error;
  }
}

/** The diff command: what changed between a catalog and what the org says now, also at another API version. */
import { describeGlobal } from '../../salesforce/describe.ts';
import { changeTable, compareCatalog } from './catalog-change.ts';
import { connectRun } from '../connect-run.ts';
import { describeStreams, offeredStreams, type Offer } from '../offer/discover.ts';
import { readListed, type ListedStream } from './listed-stream.ts';
import type { Run } from '../run.ts';
import { findStream } from './stream-choice.ts';

export interface DiffOptions {
  /** A configured catalog, or what discover printed. */
  readonly catalog: unknown;
  /** In the place of the configured one, e.g. "66.0". */
  readonly apiVersion?: string;
  readonly json: boolean;
}

/**
 * Compares a catalog with the org; only the catalog's own collections are described. Returns a table, or with `json` the
 * text of an object { apiVersion, changes }. Throws config_error where the catalog is none.
 */
export async function diff(run: Run, options: DiffOptions): Promise<string> {
  const listed = readListed(options.catalog);
  const { apiVersion: asked } = options;
  const connection = await connectRun(run, { mode: 'probe', ...(asked !== undefined && { apiVersion: asked }) });
  try {
    const offer = offeredStreams(await describeGlobal(connection, run.signal), run.config);
    const matched = new Map(listed.map((stream) => [stream, matchObject(stream, offer)]));
    const wanted = new Set(matched.values());
    const needed = new Map([...offer].filter(([name]) => wanted.has(name)));
    const changes = compareCatalog(matched, offer, await describeStreams(run, connection, needed));
    const { apiVersion } = connection;
    return options.json ? JSON.stringify({ apiVersion, changes }, null, 2) : changeTable(changes, apiVersion);
  } finally {
    await connection.close();
  }
}

function matchObject({ name, sobject }: ListedStream, offer: Offer): string | undefined {
  return sobject !== undefined && offer.has(sobject) ? sobject : findStream(name, offer);
}

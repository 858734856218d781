/** The diff command: what changed between a catalog and what the org says now, also at another API version. */
import { describeGlobal } from '../../salesforce/describe.ts';
import { compareCatalog, type Change } from './catalog-change.ts';
import { connectRun } from '../connect-run.ts';
import { describeStreams, offeredStreams, type Offer } from '../discover.ts';
import { readListed, type ListedStream } from './listed-stream.ts';
import type { Run } from '../run.ts';
import { findStream } from './stream-choice.ts';

export interface DiffOptions {
  /** A configured catalog, or what discover printed. */
  readonly catalog: unknown;
  /** In the place of the configured one, e.g. "66.0". */
  readonly apiVersion?: string;
}

export interface Diff {
  /** The version that was compared with. */
  readonly apiVersion: string;
  readonly changes: readonly Change[];
}

/**
 * Compares a catalog with the org; only the catalog's own collections are described. Throws config_error where the catalog
 * is none.
 */
export async function diff(run: Run, options: DiffOptions): Promise<Diff> {
  const listed = readListed(options.catalog);
  const { apiVersion: asked } = options;
  const connection = await connectRun(run, { mode: 'probe', ...(asked !== undefined && { apiVersion: asked }) });
  try {
    const sobjects = await describeGlobal(connection, run.signal);
    const offer = offeredStreams(sobjects, run.config);
    const matched = new Map(listed.map((stream) => [stream, matchObject(stream, offer)]));
    const wanted = new Set(matched.values());
    const needed = new Map([...offer].filter(([name]) => wanted.has(name)));
    const changes = compareCatalog(matched, offer, await describeStreams(run, connection, needed, sobjects));
    return { apiVersion: connection.apiVersion, changes };
  } finally {
    await connection.close();
  }
}

function matchObject({ name, sobject }: ListedStream, offer: Offer): string | undefined {
  return sobject !== undefined && offer.has(sobject) ? sobject : findStream(name, offer);
}

/** The bill at the end of the log: what the sync has brought and what it has cost the org. Pure. */
import type { Usage } from '../salesforce/connection.ts';
import type { StreamLife } from './reading/stream-life.ts';
import { lossesOf } from './reading/value-remarks.ts';

export interface StreamBill {
  readonly name: string;
  readonly rowCount: number;
  readonly byteCount: number;
  readonly apiCalls: number;
  readonly elapsedMs: number;
  /** Values that became null because they were not of their type, and fields that answers lacked. */
  readonly nulled: number;
  readonly absent: number;
  readonly outcome: 'complete' | 'incomplete' | 'planned' | 'started' | 'running';
}

/** What a stream has brought so far. */
export function streamBill(life: StreamLife): StreamBill {
  return {
    name: life.name,
    rowCount: life.recordCount(),
    byteCount: life.byteCount(),
    apiCalls: life.tally.apiCalls,
    elapsedMs: life.elapsedMs(),
    ...lossesOf(life),
    outcome: life.phase(),
  };
}

/** Lines for the log: one for each stream, then the sum. `apiCalls` of a stream are its own; shared ones (describes, batches) are in the sum only. */
export function billOf(streams: readonly StreamBill[], usage: Usage, elapsedMs: number): string[] {
  const rows = streams.reduce((sum, stream) => sum + stream.rowCount, 0);
  const bytes = streams.reduce((sum, stream) => sum + stream.byteCount, 0);
  const allowance =
    usage.orgUsed !== undefined && usage.orgMax !== undefined
      ? ` The org has used ${usage.orgUsed} of its ${usage.orgMax} API calls of the last 24 hours.`
      : '';
  return [
    ...streams.map(lineOf),
    ...lossLine(streams),
    `Bill: ${usage.apiCalls} API calls, ${usage.bulkJobs} Bulk jobs, ${rows} rows, ${megabytes(bytes)} written, ${megabytes(usage.bytesReceived)} received, ${seconds(elapsedMs)}.${allowance}`,
  ];
}

function lineOf({ name, rowCount, byteCount, apiCalls, elapsedMs, outcome }: StreamBill): string {
  return `Stream ${name}: ${outcome}, ${rowCount} rows, ${megabytes(byteCount)}, ${apiCalls} API calls of its own, ${seconds(elapsedMs)}.`;
}

/** Nothing where nothing was lost. */
function lossLine(streams: readonly StreamBill[]): string[] {
  const nulled = streams.reduce((sum, stream) => sum + stream.nulled, 0);
  const absent = streams.reduce((sum, stream) => sum + stream.absent, 0);
  if (nulled + absent === 0) return [];
  return [`Values lost: ${nulled} became null because they were not of their type, ${absent} did not come at all.`];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 3 : 1)} MB`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

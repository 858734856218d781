/** What a sync has done, stream by stream: how each was read, what it brought and cost, and how it ended. */
import type { ConfiguredStream } from '../airbyte/protocol.ts';
import type { StreamLife } from './reading/stream-life.ts';

export interface StreamReport {
  readonly stream: string;
  /** ISO 8601, by this machine's clock; undefined where its turn never came. */
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  /** gone: the org has no such object, or does not show it. */
  readonly verdict: 'complete' | 'incomplete' | 'gone';
  /** Why it is not complete. */
  readonly reason: string | undefined;
  readonly mode: 'full' | 'incremental' | undefined;
  readonly modeReason: string | undefined;
  /** "REST", "Bulk", or both. */
  readonly transport: string | undefined;
  readonly rows: number;
  readonly deletes: number;
  readonly rowsCounted: number | undefined;
  readonly apiCalls: number;
  readonly bulkJobs: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly deletesCompleteSince: string | undefined;
  readonly formulasFreshAsOf: string | undefined;
}

export interface SyncReport {
  /** ISO 8601, by this machine's clock. */
  readonly startedAt: string;
  readonly streams: readonly StreamReport[];
}

/** The report of the streams as far as they have come. */
export function reportSync(lives: Iterable<readonly [ConfiguredStream, StreamLife]>, startedMs: number): SyncReport {
  return { startedAt: isoOf(startedMs), streams: [...lives].map(([stream, life]) => reportStream(stream, life)) };
}

function reportStream({ name }: ConfiguredStream, life: StreamLife): StreamReport {
  const { tally } = life;
  const { beganMs, endedMs } = life.times();
  const isComplete = life.phase() === 'complete';
  const verdict = life.failure()?.fault === 'object_gone' ? 'gone' : 'incomplete';
  return {
    stream: name,
    startedAt: beganMs === undefined ? undefined : isoOf(beganMs),
    finishedAt: endedMs === undefined ? undefined : isoOf(endedMs),
    verdict: isComplete ? 'complete' : verdict,
    reason: life.failure()?.message,
    mode: tally.plan && (tally.plan.whole ? 'full' : 'incremental'),
    modeReason: tally.plan?.why,
    transport: [...tally.transports].sort().join(' + ') || undefined,
    rows: life.recordCount() - tally.tombstones,
    deletes: tally.tombstones,
    rowsCounted: tally.countedRows,
    apiCalls: tally.apiCalls,
    bulkJobs: tally.bulkJobs,
    bytes: life.byteCount(),
    seconds: Math.round(life.elapsedMs()) / 1000,
    deletesCompleteSince: isComplete ? tally.deletesCompleteSince : undefined,
    formulasFreshAsOf: isComplete ? tally.formulasFreshAsOf : undefined,
  };
}

function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** The _sync_report stream: a row for each stream of a sync, so that the warehouse knows how fresh and how complete it is. */
import type { JsonObject } from '../../json/value.ts';
import { TIMESTAMP } from '../offer/stream-schema.ts';
import type { SyncReport } from '../sync-report.ts';
import { INTEGER, NUMBER, TEXT, type ReportedStream } from './synthetic-stream.ts';

export const syncReport: ReportedStream = {
  kind: 'reported',
  sobject: 'modstamp._sync_report',
  name: '_sync_report',
  title: 'Sync report',
  description: 'How each stream of each sync was read, what it brought and cost, and how it ended.',
  columns: {
    sync_started_at: { ...TIMESTAMP, title: 'Sync started at', description: 'The same in all rows of a sync.' },
    stream: { ...TEXT, title: 'Stream' },
    started_at: { ...TIMESTAMP, title: 'Started at', description: 'When its turn came; null where it never did.' },
    finished_at: { ...TIMESTAMP, title: 'Finished at' },
    verdict: {
      ...TEXT,
      title: 'Verdict',
      description: 'complete, incomplete, or gone: the org does not show the object.',
    },
    reason: { ...TEXT, title: 'Reason', description: 'Why it is not complete, and what to do.' },
    mode: { ...TEXT, title: 'Mode', description: 'full or incremental.' },
    mode_reason: { ...TEXT, title: 'Reason of the mode' },
    transport: { ...TEXT, title: 'Transport', description: 'REST, Bulk, or both.' },
    rows: { ...INTEGER, title: 'Rows', description: 'Rows written, soft-deleted ones included.' },
    deletes: { ...INTEGER, title: 'Deletes', description: 'Rows deleted for good that were written as tombstones.' },
    rows_counted: {
      ...INTEGER,
      title: 'Rows counted',
      description: 'Rows that the org counts in what was read; null where it does not say.',
    },
    api_calls: { ...INTEGER, title: 'API calls', description: 'Of its own; describes and batches are shared.' },
    bulk_jobs: { ...INTEGER, title: 'Bulk jobs' },
    bytes: { ...INTEGER, title: 'Bytes', description: 'Of the messages written.' },
    seconds: { ...NUMBER, title: 'Seconds' },
    deletes_complete_since: {
      ...TIMESTAMP,
      title: 'Deletes complete since',
      description: 'Every delete since then is known; null where some may be missing.',
    },
    formulas_fresh_as_of: {
      ...TIMESTAMP,
      title: 'Formulas fresh as of',
      description: 'When all rows were last read with their formula fields; null without selected formula fields.',
    },
  },
  key: ['sync_started_at', 'stream'],
  cursor: 'sync_started_at',
  isOn: (config) => config.syncReport,
  rows: reportRows,
};

function* reportRows({ startedAt, streams }: SyncReport): Generator<JsonObject> {
  for (const each of streams) {
    yield {
      sync_started_at: startedAt,
      stream: each.stream,
      started_at: each.startedAt ?? null,
      finished_at: each.finishedAt ?? null,
      verdict: each.verdict,
      reason: each.reason ?? null,
      mode: each.mode ?? null,
      mode_reason: each.modeReason ?? null,
      transport: each.transport ?? null,
      rows: each.rows,
      deletes: each.deletes,
      rows_counted: each.rowsCounted ?? null,
      api_calls: each.apiCalls,
      bulk_jobs: each.bulkJobs,
      bytes: each.bytes,
      seconds: each.seconds,
      deletes_complete_since: each.deletesCompleteSince ?? null,
      formulas_fresh_as_of: each.formulasFreshAsOf ?? null,
    };
  }
}

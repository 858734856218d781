/** Writes a stream that is made of what the sync knows: its rows as they are, a STATE, COMPLETE. */
import type { ConfiguredStream } from '../airbyte/protocol.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { stringifyForLine } from '../json/line.ts';
import { ADDED_PROPERTIES } from '../collections/property-name.ts';
import { asModstampError } from '../errors.ts';
import { writeState } from './plan/stream-state.ts';
import type { StreamLife } from './reading/stream-life.ts';
import type { Material, ReportedStream, WrittenStream } from './synthetic/synthetic-stream.ts';
import type { SyncReport } from './sync-report.ts';

export interface WrittenTask {
  readonly stream: ConfiguredStream;
  readonly written: WrittenStream;
  readonly life: StreamLife;
}

export interface ReportedTask {
  readonly stream: ConfiguredStream;
  readonly reported: ReportedStream;
  readonly life: StreamLife;
}

/** Lines are handed on once they are so long together. */
const PIECE_BYTES = 64 * 1024;

/** Writes the stream from its first to its last message. What goes wrong is told on it; never throws. */
export async function writeTask(
  { stream, written, life }: WrittenTask,
  material: Material,
  organizationId: string,
): Promise<void> {
  life.tally.plan = { whole: true, why: 'it is written from what the sync knows of the selected objects' };
  await writeWhole(stream, life, () => written.rows(material), writeState({ organizationId }, undefined));
}

/** The same of a stream that tells how the others ended. */
export async function writeReport({ stream, reported, life }: ReportedTask, report: SyncReport): Promise<void> {
  const state = { [reported.cursor ?? 'sync_started_at']: report.startedAt, modstamp: { version: 1 } };
  await writeWhole(stream, life, () => reported.rows(report), state);
}

async function writeWhole(
  stream: ConfiguredStream,
  life: StreamLife,
  rows: () => Iterable<JsonObject>,
  state: JsonObject,
): Promise<void> {
  try {
    await life.begin();
    await writeRows(stream, rows(), life);
    await life.state(state);
    await life.complete();
  } catch (thrown) {
    await life.fail(asModstampError(thrown));
  }
}

/** Writes rows, given by column, as RECORDs of the stream. */
export async function writeRows(stream: ConfiguredStream, rows: Iterable<JsonObject>, life: StreamLife): Promise<void> {
  const lineOf = lineMaker(stream);
  let lines: string[] = [];
  let length = 0;
  for (const row of rows) {
    const line = lineOf(row);
    lines.push(line);
    length += line.length;
    if (length < PIECE_BYTES) continue;
    await life.records(Buffer.from(lines.join('')), lines.length);
    lines = [];
    length = 0;
  }
  if (lines.length > 0) await life.records(Buffer.from(lines.join('')), lines.length);
}

/** Makes RECORD lines of rows: the selected columns, and all of them where the catalog names none. */
function lineMaker({ name, namespace, properties }: ConfiguredStream): (row: JsonObject) => string {
  const { receivedAt, uuidTs } = ADDED_PROPERTIES;
  const head = { stream: name, ...(namespace !== undefined && { namespace }) };
  return (row) => {
    const now = Date.now();
    const added = new Date(now).toISOString();
    const whole: Readonly<Record<string, JsonValue>> = { ...row, [receivedAt]: added, [uuidTs]: added };
    const columns = properties.size > 0 ? [...properties.keys()] : Object.keys(row);
    const data = Object.fromEntries(columns.flatMap((column) => (column in whole ? [[column, whole[column]]] : [])));
    return `${stringifyForLine({ type: 'RECORD', record: { ...head, data, emitted_at: now } })}\n`;
  };
}

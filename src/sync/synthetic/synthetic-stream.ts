/**
 * The shape of a stream that no query of an object of its own brings, because it is put together from what other streams of
 * the sync read. Each is one file in this room and one entry in `list.ts`.
 */
import type { AirbyteStream, ConfiguredStream, PropertySchema } from '../../airbyte/protocol.ts';
import type { Config } from '../../config/config.ts';
import type { JsonObject } from '../../json/value.ts';
import type { RowHook } from '../../record/row-hook.ts';
import type { DescribeDetails } from '../../salesforce/describe-details.ts';
import type { SObjectDescribe } from '../../salesforce/metadata.ts';
import { segmentColumns, type StreamOptions } from '../offer/stream-schema.ts';
import type { PlanContext, Reading } from '../plan/plan.ts';
import type { SyncReport } from '../sync-report.ts';

export type SyntheticStream = QueriedStream | StreamWithoutQuery;
export type StreamWithoutQuery = WrittenStream | GatheredStream | ReportedStream;

/** Read by queries of other streams' objects. */
export interface QueriedStream {
  readonly kind: 'queried';
  /** Under which offers and catalogs know it (`x-sobject`); an object of this name is not read itself. */
  readonly sobject: string;
  /** What it is offered and planned by where the org does not describe the object. */
  describe(): SObjectDescribe;
  /** What the catalog says of it. `describe` is the org's, or the one above. */
  offer(describe: SObjectDescribe, name: string, options: StreamOptions): AirbyteStream;
  /**
   * Its readings in this run: none where nothing of what is selected is known. `others` are the readings of the streams
   * that are no synthetic ones, `saved` the stream's state as the host handed it back.
   */
  plan(
    stream: ConfiguredStream,
    describe: SObjectDescribe,
    others: readonly Reading[],
    saved: JsonObject | undefined,
    context: PlanContext,
  ): readonly Reading[];
  /** One of its readings without the fields that the org refused. */
  replan(reading: Reading, lost: ReadonlySet<string>): Reading;
}

/** Of a stream that no query is made for, and that is offered where the configuration asks for it. */
interface Offered {
  /** Under which offers and catalogs know it (`x-sobject`): `modstamp.` and its name, which no API name can be. */
  readonly sobject: string;
  /** In every naming, unless an object has that name. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Its columns, which are named alike in every naming. */
  readonly columns: Readonly<Record<string, PropertySchema>>;
  readonly key: readonly string[];
  /** Of a stream that tells what is new, and keeps what was. */
  readonly cursor?: string;
  isOn(config: Config): boolean;
}

/** Written from what the sync knows before it reads. */
export interface WrittenStream extends Offered {
  readonly kind: 'written';
  /** Whether it is written from details of describes that replication does not use. */
  readonly needsDetails: boolean;
  /** Its rows, by column. */
  rows(material: Material): Iterable<JsonObject>;
}

/** Gathered from rows of other streams while they are read. */
export interface GatheredStream extends Offered {
  readonly kind: 'gathered';
  gather(options: GatherOptions): Gathering;
}

export interface GatherOptions {
  /** The stream's state as the host handed it back. */
  readonly saved: JsonObject | undefined;
  readonly organizationId: string;
  readonly startedAt: string;
  /** Whether all that is known is to be told again: a full refresh. */
  readonly isAnew: boolean;
  warn(text: string): void;
}

export interface Gathering {
  /** What rows of an object must carry to be looked at; empty where they tell nothing. */
  fieldsOf(describe: SObjectDescribe): readonly string[];
  /** Looks at rows that carry these, and keeps each of them. */
  hookOf(describe: SObjectDescribe): RowHook | undefined;
  /** Rows, by column, of what was gathered since the last call. */
  take(): JsonObject[];
  /** Covers all that was taken. */
  state(): JsonObject;
}

/** Written once all others have ended. */
export interface ReportedStream extends Offered {
  readonly kind: 'reported';
  rows(report: SyncReport): Iterable<JsonObject>;
}

/** What a written stream may be made of. */
export interface Material {
  /** One for each stream of an object, without those that catch up. */
  readonly readings: readonly Reading[];
  /** By API name; empty unless a stream needs them. */
  readonly details: Map<string, DescribeDetails>;
  readonly config: Config;
}

export const TEXT: PropertySchema = { type: ['null', 'string'] };
export const INTEGER: PropertySchema = { type: ['null', 'integer'] };
export const NUMBER: PropertySchema = { type: ['null', 'number'] };
export const BOOLEAN: PropertySchema = { type: ['null', 'boolean'] };

/** What the catalog says of a stream without queries. */
export function offerWithoutQuery(written: StreamWithoutQuery, name: string, options: StreamOptions): AirbyteStream {
  return {
    name,
    ...(options.schemaName !== undefined && { namespace: options.schemaName }),
    json_schema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      title: written.title,
      description: written.description,
      additionalProperties: true,
      properties: { ...written.columns, ...segmentColumns(options) },
      'x-sobject': written.sobject,
    },
    supported_sync_modes: written.cursor === undefined ? ['full_refresh'] : ['full_refresh', 'incremental'],
    ...(written.cursor !== undefined && { source_defined_cursor: true, default_cursor_field: [written.cursor] }),
    source_defined_primary_key: written.key.map((column) => [column]),
    is_resumable: written.cursor !== undefined,
  };
}

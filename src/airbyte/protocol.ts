/** The Airbyte protocol as far as a source speaks it (protocol 0.2.0; exact members: airbyte_protocol.yaml). */
import type { JsonObject } from '../json/value.ts';

export type SyncMode = 'full_refresh' | 'incremental';
export type DestinationSyncMode = 'append' | 'overwrite' | 'append_dedup' | 'update' | 'soft_delete';
export type LogLevel = 'FATAL' | 'ERROR' | 'WARN' | 'INFO' | 'DEBUG' | 'TRACE';
export type StreamStatus = 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';

export interface StreamDescriptor {
  readonly name: string;
  readonly namespace?: string;
}

/** A property's schema. `x-field` is the Salesforce field behind it, so that a configured catalog carries the mapping. */
export interface PropertySchema {
  readonly type: readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly format?: string;
  readonly airbyte_type?: string;
  readonly properties?: { readonly [key: string]: PropertySchema };
  readonly additionalProperties?: boolean;
  /** Of an array. */
  readonly items?: PropertySchema;
  readonly 'x-field'?: string;
  /** Formula and roll-up fields: they change without moving SystemModstamp. */
  readonly 'x-calculated'?: boolean;
}

/** A stream's schema. `x-sobject` is the object behind it. */
export interface StreamSchema {
  readonly $schema: string;
  readonly type: 'object';
  readonly title?: string;
  readonly description?: string;
  readonly additionalProperties: true;
  readonly properties: { readonly [property: string]: PropertySchema };
  readonly 'x-sobject'?: string;
  /** Key prefixes of the objects that its keys point to; null where the user does not see one. */
  readonly 'x-key-prefixes'?: { readonly [sobject: string]: string | null };
}

export interface AirbyteStream {
  readonly name: string;
  readonly namespace?: string;
  readonly json_schema: StreamSchema;
  readonly supported_sync_modes: readonly SyncMode[];
  readonly source_defined_cursor?: boolean;
  readonly default_cursor_field?: readonly string[];
  readonly source_defined_primary_key?: readonly (readonly string[])[];
  readonly is_resumable?: boolean;
}

export interface AirbyteCatalog {
  readonly streams: readonly AirbyteStream[];
}

/** A configured stream as the reader leaves it: nulls gone, only what a source uses. */
/** What a configured schema promises of a property's values, nulls apart. */
export type PromisedType = 'string' | 'date' | 'datetime' | 'time' | 'number' | 'integer' | 'boolean';

export interface ConfiguredStream {
  readonly name: string;
  readonly namespace?: string;
  readonly sobject?: string;
  /** API name -> key prefix of the objects that its keys point to, where the catalog tells (`x-key-prefixes`). */
  readonly keyPrefixes?: ReadonlyMap<string, string | null>;
  /** Selected property -> Salesforce field where the catalog tells (`x-field`), else undefined. Empty: every property. */
  readonly properties: ReadonlyMap<string, string | undefined>;
  /** Property -> type, as far as the configured schema tells it of plain values. */
  readonly types?: ReadonlyMap<string, PromisedType>;
  readonly syncMode: SyncMode;
  readonly destinationSyncMode: DestinationSyncMode;
  readonly generationId?: number;
  readonly minimumGenerationId?: number;
  readonly syncId?: number;
}

/** One stream's saved state, as the host hands it back. */
export interface InputState {
  readonly stream: StreamDescriptor;
  readonly state: JsonObject;
}

export interface TraceError {
  readonly message: string;
  readonly internal_message?: string;
  readonly stack_trace?: string;
  readonly failure_type: 'config_error' | 'transient_error' | 'system_error';
  readonly stream_descriptor?: StreamDescriptor;
}

export type Trace =
  | { readonly type: 'ERROR'; readonly error: TraceError }
  | {
      readonly type: 'ESTIMATE';
      readonly estimate: {
        readonly name: string;
        readonly namespace?: string;
        readonly type: 'STREAM';
        readonly row_estimate: number;
        readonly byte_estimate?: number;
      };
    }
  | {
      readonly type: 'STREAM_STATUS';
      readonly stream_status: {
        readonly stream_descriptor: StreamDescriptor;
        readonly status: StreamStatus;
        readonly reasons?: readonly {
          readonly type: 'RATE_LIMITED';
          readonly rate_limited?: { readonly quota_reset?: number };
        }[];
      };
    }
  | { readonly type: 'ANALYTICS'; readonly analytics: { readonly type: string; readonly value: string } };

/** All messages but RECORD, which leaves as bytes (record/). `emitted_at` is set by the writer. */
export type Message =
  | { readonly type: 'LOG'; readonly log: { readonly level: LogLevel; readonly message: string } }
  | { readonly type: 'TRACE'; readonly trace: Trace }
  | {
      readonly type: 'STATE';
      readonly state: {
        readonly type: 'STREAM';
        readonly stream: { readonly stream_descriptor: StreamDescriptor; readonly stream_state: JsonObject };
        /** Records of this stream since its previous STATE. */
        readonly sourceStats: { readonly recordCount: number };
      };
    }
  | { readonly type: 'SPEC'; readonly spec: JsonObject }
  | {
      readonly type: 'CONNECTION_STATUS';
      readonly connectionStatus:
        | { readonly status: 'SUCCEEDED' }
        | { readonly status: 'FAILED'; readonly message: string };
    }
  | { readonly type: 'CATALOG'; readonly catalog: AirbyteCatalog }
  | {
      readonly type: 'CONTROL';
      readonly control: {
        readonly type: 'CONNECTOR_CONFIG';
        readonly connectorConfig: { readonly config: JsonObject };
      };
    };

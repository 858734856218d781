/**
 * The shape of a stream that no query of an object of its own brings, because it is put together from what other streams of
 * the sync read. Each is one file in this room and one entry in `list.ts`.
 */
import type { AirbyteStream, ConfiguredStream } from '../../airbyte/protocol.ts';
import type { JsonObject } from '../../json/value.ts';
import type { SObjectDescribe } from '../../salesforce/metadata.ts';
import type { StreamOptions } from '../offer/stream-schema.ts';
import type { PlanContext, Reading } from '../plan/plan.ts';

export interface SyntheticStream {
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

/** What a caller may decide over a row before its line is written: keep it, drop it, or replace some of its values. */

export interface RowHook {
  /** SOQL fields of the template whose values the hook looks at. */
  readonly fields: readonly string[];
  /**
   * Called once for each row that is not skipped, in their order, with the values of `fields` as UTF-8, undefined where one
   * is null. The bytes are valid until the decision is there. What it throws ends the page after the rows before it.
   */
  decide(values: readonly (Uint8Array | undefined)[]): RowDecision | Promise<RowDecision>;
}

export type RowDecision = 'keep' | 'drop' | readonly Replacement[];

/** What stands in the place of one value of the row. */
export interface Replacement {
  /** Of the template's columns, but no compound; where there is no such column, nothing is replaced. */
  readonly property: string;
  /** JSON text, in pieces: a large one needs no buffer of its whole length besides the line's own. */
  readonly json: readonly Uint8Array[];
  /** Where it is null in the place of a value: the reason, for the record's `meta.changes` (AirbyteRecordMessageMeta). */
  readonly reason?: string;
}

/** RECORD lines, each ending in "\n", and how many they are. The bytes are valid until the next are asked for. */
export interface RecordLines {
  readonly lines: Uint8Array;
  readonly recordCount: number;
}

/** The practice org's model: what an object is, what a row is, and how a program changes them. */

/** A field as describe returns it: all 57 keys of v58 (REST API guide, "sObject Describe"). */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly [key: string]: unknown;
}

/** An object as describe returns it, without the parts that depend on the API version asked (urls). */
export interface SObject {
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  readonly keyPrefix: string | null;
  readonly custom: boolean;
  readonly customSetting: boolean;
  readonly queryable: boolean;
  readonly replicateable: boolean;
  readonly retrieveable: boolean;
  readonly associateEntityType: string | null;
  readonly associateParentEntity: string | null;
  readonly fields: readonly Field[];
  /** All further flags of describe global, true or false: createable, mergeable, searchable … */
  readonly flags: Readonly<Record<string, boolean>>;
}

/**
 * Values as the org stores them, free of any wire form: text, ids, dates (`2020-01-31`), datetimes
 * (`2020-01-31T10:00:00.000Z`, whole seconds) and times (`10:00:00.000`) as string; numbers as number (a Java double);
 * booleans; null. base64 fields hold the content as string.
 */
export type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;

/**
 * One object's rows. Physically purged rows are gone; soft-deleted ones are there with IsDeleted true.
 * A row has a key for each field but the compound ones (address, location): those are made of their parts, which are
 * the other fields whose `compoundFieldName` is theirs.
 */
export interface Table {
  readonly sobject: SObject;
  /** Rows there now, soft-deleted ones included. */
  readonly size: number;
  /**
   * Places that rows stand in, in order of creation and so of Id: 0 … slots - 1. A purged row leaves its place empty.
   * Any permutation of the places is an order of the rows, at no cost in memory.
   */
  readonly slots: number;
  /**
   * The row of a place, only with the fields asked (all, unless told), made on demand: a reader of few fields is quicker.
   * Good until the org changes (`revision`). A field the object hasn't gives null.
   */
  reader(fields?: readonly string[]): (slot: number) => Row | undefined;
  /** All rows by place, with the fields asked. */
  rows(fields?: readonly string[]): Iterable<Row>;
  /** By 15 or 18 characters. */
  get(id: string): Row | undefined;
  /** The place of a row that is there, by 15 or 18 characters. */
  slotOf(id: string): number | undefined;
}

export interface DeletionEntry {
  readonly id: string;
  /** Datetime, whole seconds. */
  readonly deletedDate: string;
}

/** The org: its objects, its rows, its clock, and the changes that a control door can make. */
export interface PracticeOrg {
  readonly id: string;
  /** All objects, by API name, in the order of describe global. Changes with addField and removeField. */
  readonly sobjects: ReadonlyMap<string, SObject>;
  table(sobject: string): Table;
  /** Grows with every change; lets a server keep derived things. */
  readonly revision: number;
  /** Epoch ms; whole-second stamps are made from it. */
  now(): number;
  /** Moves `now()` on (or back, when negative) by so many ms. */
  shiftClock(ms: number): void;
  insert(sobject: string, values: Record<string, Value>[]): string[];
  update(sobject: string, id: string, values: Record<string, Value>): void;
  /** With it go its details, the rows that a master-detail field leads to it; they come back with it, too. */
  softDelete(sobject: string, id: string): void;
  undelete(sobject: string, id: string): void;
  /** Gone from every query, its details too; listed by `deletions`. */
  hardDelete(sobject: string, id: string): void;
  /**
   * Merges one or two rows into another: they are deleted with its Id in MasterRecordId, and what pointed to them points
   * to it (SOAP API guide, "merge"). Only objects with a MasterRecordId: accounts, cases, contacts, individuals, leads.
   */
  merge(sobject: string, id: string, losers: readonly string[]): void;
  addField(sobject: string, field: Partial<Field> & { name: string; type: string }): void;
  removeField(sobject: string, field: string): void;
  removeObject(sobject: string): void;
  /** The delete log that the `deleted` resource reads: soft and hard deletes. */
  deletions(sobject: string): readonly DeletionEntry[];
}

export interface PracticeOrgOptions {
  /** Rows of each object of the 48 and of the custom ones; small sets (stages, profiles …) stay small. */
  readonly rows: number;
  readonly seed: number;
  /** Objects in describe global: 300 unless told; up to 1,327. */
  readonly objects?: number;
  /** Rows for single objects, over `rows`: { Account: 2_000_000 }. */
  readonly rowsOf?: Readonly<Record<string, number>>;
}

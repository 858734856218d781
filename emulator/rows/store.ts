/** One object's rows: made on demand where nothing has happened to them, kept where something has. */
import type { Field, Row, SObject, Table, Value } from '../model.ts';
import { isCompound } from '../schema/field.ts';
import { derivation } from './derived.ts';
import { autoNumberOf, makersOf, type Origin } from './maker.ts';
import type { Maker } from './value.ts';

type Columns = ReadonlyMap<string, Maker>;
type Reader = (slot: number) => Row | undefined;

const nothing: Maker = () => null;
const unticked: Maker = () => false;

/**
 * A table and the ways in which it changes. Who changes what when is the org's business: here rows are only kept.
 * Memory grows with what changes, not with the rows that the object is made with.
 */
export class Store implements Table {
  readonly #origin: Origin;
  readonly #made: (field: string) => Maker | undefined;
  /** Rows changed or added since, by place; undefined where a row was purged. */
  readonly #kept = new Map<number, Record<string, Value> | undefined>();
  /** Fields that rows weren't made with. */
  readonly #added = new Set<string>();
  #sobject: SObject;
  #slots: number;
  #size: number;
  /** A maker for each field that holds values, in describe's order. */
  #columns: Columns;
  #whole: Reader;

  constructor(origin: Origin) {
    this.#origin = origin;
    this.#made = makersOf(origin);
    this.#sobject = origin.sobject;
    this.#slots = origin.count;
    this.#size = origin.count;
    this.#columns = this.#columnsOf(origin.sobject);
    this.#whole = this.reader();
  }

  get sobject(): SObject {
    return this.#sobject;
  }

  get size(): number {
    return this.#size;
  }

  get slots(): number {
    return this.#slots;
  }

  reader(fields: readonly string[] = [...this.#columns.keys()]): Reader {
    const kept = this.#kept;
    const makers = fields.map((name) => this.#columns.get(name) ?? nothing);
    // Filling a copy of a ready shape is several times as fast as growing a row key by key.
    const blank: Record<string, Value> = Object.fromEntries(fields.map((name) => [name, null]));
    return (slot) => {
      if (slot < 0 || slot >= this.#slots) return undefined;
      const known = kept.get(slot);
      if (known === undefined && kept.has(slot)) return undefined;
      const row = { ...blank };
      for (let at = 0; at < fields.length; at += 1) {
        const name = fields[at] ?? '';
        const value = known?.[name];
        row[name] = value === undefined ? (makers[at]?.(slot) ?? null) : value;
      }
      return row;
    };
  }

  *rows(fields?: readonly string[]): Generator<Row> {
    const read = this.reader(fields);
    for (let slot = 0; slot < this.#slots; slot += 1) {
      const row = read(slot);
      if (row !== undefined) yield row;
    }
  }

  get(id: string): Row | undefined {
    const slot = this.slotOf(id);
    return slot === undefined ? undefined : this.#whole(slot);
  }

  /** The place of a row that is there, by an Id of 15 or 18 characters. */
  slotOf(id: string): number | undefined {
    const slot = this.#origin.ids.slotOf(id);
    if (slot === undefined || slot >= this.#slots) return undefined;
    return this.#kept.has(slot) && this.#kept.get(slot) === undefined ? undefined : slot;
  }

  /** Adds a row of these values, with defaults for what they leave out and the next Id, which it gives back. */
  append(values: Row): string {
    const slot = this.#slots;
    const id = this.#origin.ids.idOf(slot);
    const row = { ...defaults(this.#sobject, this.#columns, slot), ...values, Id: id };
    this.#kept.set(slot, derived(this.#sobject, row));
    this.#slots += 1;
    this.#size += 1;
    return id;
  }

  /** Changes values of a row; nothing happens where there is none. */
  replace(slot: number, values: Row): void {
    const row = this.#whole(slot);
    if (row !== undefined) this.#kept.set(slot, derived(this.#sobject, { ...row, ...values }));
  }

  /** Takes a row away for good. */
  purge(slot: number): void {
    if (this.#whole(slot) === undefined) return;
    this.#kept.set(slot, undefined);
    this.#size -= 1;
  }

  /** The object has this field from now on; rows that are there have nothing in it, or false. */
  addField(field: Field): void {
    this.#added.add(field.name);
    this.#reshape([...this.#sobject.fields, field]);
  }

  removeField(name: string): void {
    for (const row of this.#kept.values()) if (row !== undefined) delete row[name];
    this.#reshape(this.#sobject.fields.filter((field) => field.name !== name));
  }

  #reshape(fields: readonly Field[]): void {
    this.#sobject = { ...this.#sobject, fields };
    this.#columns = this.#columnsOf(this.#sobject);
    this.#whole = this.reader();
  }

  #columnsOf({ fields }: SObject): Columns {
    return new Map(
      fields
        .filter((field) => !isCompound(field))
        .map((field): [string, Maker] => {
          const blank = field.type === 'boolean' ? unticked : nothing;
          return [field.name, this.#added.has(field.name) ? blank : (this.#made(field.name) ?? blank)];
        }),
    );
  }
}

/** A new row: what may be empty is, boxes are unticked, numbers count on, and what must be filled is made up. */
function defaults(sobject: SObject, columns: Columns, slot: number): Row {
  const row: Record<string, Value> = {};
  for (const field of sobject.fields) {
    const maker = columns.get(field.name);
    if (maker === undefined) continue;
    if (field.type === 'boolean') row[field.name] = false;
    else if (field['autoNumber'] === true) row[field.name] = autoNumberOf(sobject, slot);
    else row[field.name] = field['nillable'] === true ? null : maker(slot);
  }
  return row;
}

/** The row with its derived fields worked out anew. */
function derived(sobject: SObject, row: Record<string, Value>): Record<string, Value> {
  for (const { name } of sobject.fields) {
    const rule = derivation(sobject.name, name);
    if (rule !== undefined) row[name] = rule((field) => row[field] ?? null);
  }
  return row;
}

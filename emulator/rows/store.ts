/** One object's rows: made on demand where nothing has happened to them, kept where something has. */
import type { Field, Row, SObject, Table, Value } from '../model.ts';
import { derivation } from './derived.ts';
import { autoNumberOf, isCompound, makersOf, type Origin } from './maker.ts';
import type { Maker } from './value.ts';

/** A table and the ways in which it changes. Who changes what when is the org's business: here rows are only kept. */
export interface Store extends Table {
  /** The place of a row that is there, by an Id of 15 or 18 characters. */
  slotOf(id: string): number | undefined;
  /** Adds a row of these values, with defaults for what they leave out and the next Id, which it gives back. */
  append(values: Row): string;
  /** Changes values of a row that is there. */
  replace(slot: number, values: Row): void;
  /** Takes a row away for good. */
  purge(slot: number): void;
  /** The object has this field from now on; rows that are there have nothing in it, or false. */
  addField(field: Field): void;
  removeField(name: string): void;
}

type Reader = (slot: number) => Row | undefined;

const nothing: Maker = () => null;
const unticked: Maker = () => false;

/** The rows of an object by its origin. Memory grows with what changes, not with the rows that it is made with. */
export function createStore(origin: Origin): Store {
  const made = makersOf(origin);
  /** Rows changed or added since, by place; undefined where a row was purged. */
  const kept = new Map<number, Record<string, Value> | undefined>();
  /** Fields that rows weren't made with. */
  const added = new Set<string>();
  let { sobject, count: slots, count: size } = origin;
  let columns = columnsOf();
  let whole = reader();

  /** A maker for each field that holds values, in describe's order. */
  function columnsOf(): ReadonlyMap<string, Maker> {
    const holding = sobject.fields.filter((field) => !isCompound(field));
    return new Map(
      holding.map((field) => {
        const blank = field.type === 'boolean' ? unticked : nothing;
        return [field.name, added.has(field.name) ? blank : (made(field.name) ?? blank)];
      }),
    );
  }

  function reader(fields: readonly string[] = [...columns.keys()]): Reader {
    const makers = fields.map((name) => columns.get(name) ?? nothing);
    // Filling a copy of a ready shape is several times as fast as growing a row key by key.
    const blank: Record<string, Value> = Object.fromEntries(fields.map((name) => [name, null]));
    return (slot) => {
      if (slot < 0 || slot >= slots) return undefined;
      const known = kept.get(slot);
      if (known === undefined && kept.has(slot)) return undefined;
      const row = { ...blank };
      for (let at = 0; at < fields.length; at += 1) {
        const name = fields[at] ?? '';
        row[name] = known?.[name] ?? (known !== undefined && name in known ? null : (makers[at]?.(slot) ?? null));
      }
      return row;
    };
  }

  function reshape(fields: readonly Field[]): void {
    sobject = { ...sobject, fields };
    columns = columnsOf();
    whole = reader();
  }

  function slotOf(id: string): number | undefined {
    const slot = origin.ids.slotOf(id);
    const there = slot !== undefined && slot < slots && !(kept.has(slot) && kept.get(slot) === undefined);
    return there ? slot : undefined;
  }

  return {
    get sobject() {
      return sobject;
    },
    get size() {
      return size;
    },
    get slots() {
      return slots;
    },
    reader,
    *rows(fields) {
      const read = reader(fields);
      for (let slot = 0; slot < slots; slot += 1) {
        const row = read(slot);
        if (row !== undefined) yield row;
      }
    },
    get(id) {
      const slot = slotOf(id);
      return slot === undefined ? undefined : whole(slot);
    },
    slotOf,
    append(values) {
      const slot = slots;
      const id = origin.ids.idOf(slot);
      kept.set(slot, derived(sobject, { ...defaults(sobject, columns, slot), ...values, Id: id }));
      slots += 1;
      size += 1;
      return id;
    },
    replace(slot, values) {
      const row = whole(slot);
      if (row !== undefined) kept.set(slot, derived(sobject, { ...row, ...values }));
    },
    purge(slot) {
      if (whole(slot) === undefined) return;
      kept.set(slot, undefined);
      size -= 1;
    },
    addField(field) {
      added.add(field.name);
      reshape([...sobject.fields, field]);
    },
    removeField(name) {
      for (const row of kept.values()) if (row !== undefined) delete row[name];
      reshape(sobject.fields.filter((field) => field.name !== name));
    },
  };
}

/** A new row: what may be empty is, boxes are unticked, numbers count on, and what must be filled is made up. */
function defaults(sobject: SObject, columns: ReadonlyMap<string, Maker>, slot: number): Row {
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

/** The row with its derived fields worked out anew, in describe's order. */
function derived(sobject: SObject, row: Record<string, Value>): Record<string, Value> {
  for (const { name } of sobject.fields) {
    const rule = derivation(sobject.name, name);
    if (rule !== undefined) row[name] = rule((field) => row[field] ?? null);
  }
  return row;
}

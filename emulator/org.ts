/** The practice org: objects, rows and changes, all of them a function of its options and of what was done to it. */
import { childRelationships, type ChildRelationship } from './directory.ts';
import type { DeletionEntry, Field, PracticeOrg, PracticeOrgOptions, SObject, Table } from './model.ts';
import { idSpace, podOf, to18, type IdSpace } from './rows/id.ts';
import { pointingSlots } from './rows/pointer.ts';
import type { Target } from './rows/reference.ts';
import { isMain, rowCountOf } from './rows/size.ts';
import { checkMerge, existing, has, isLiving, slotOf, storable, type Values } from './rows/rule.ts';
import { datetimeOf } from './rows/stamp.ts';
import { Store } from './rows/store.ts';
import { catalogue, ordinalOf } from './schema/catalogue.ts';
import { targetsOf, wholeField } from './schema/field.ts';

const DEFAULT_OBJECTS = 300;
/** Describe gives no prefix for shares, histories, feeds and tags; their rows have Ids all the same. */
const HIDDEN_PREFIX = '0z0';

/**
 * An org of the size asked, with nothing done to it yet. No row is made before it is read, so an org of millions of rows
 * is there at once. A RangeError says which sizes there are. Changes throw on an object, a row or a field that the org
 * hasn't, and where Salesforce can't do them; they have changed nothing then.
 */
export function createPracticeOrg(options: PracticeOrgOptions): PracticeOrg {
  return new Org(options);
}

/** What an object is made of: its Ids and how many rows. */
interface Made {
  readonly sobject: SObject;
  readonly count: number;
  readonly ids: IdSpace;
}

/** A row by its object and its Id. */
interface Named {
  readonly sobject: string;
  readonly id: string;
}

class Org implements PracticeOrg {
  readonly id = idSpace('00D', podOf(0)).idOf(0);
  readonly sobjects: Map<string, SObject>;
  readonly #seed: number;
  readonly #made: ReadonlyMap<string, Made>;
  readonly #stores = new Map<string, Store>();
  readonly #deletions = new Map<string, Map<string, DeletionEntry>>();
  /** Details that went to the recycle bin with their master, by its Id. */
  readonly #taken = new Map<string, readonly Named[]>();
  #customLookups: ReadonlyMap<string, readonly ChildRelationship[]> | undefined;
  #revision = 0;
  #shiftMs = 0;

  constructor(options: PracticeOrgOptions) {
    this.#seed = options.seed;
    this.#made = layOut(options);
    this.sobjects = new Map([...this.#made].map(([name, { sobject }]) => [name, sobject]));
  }

  get revision(): number {
    return this.#revision;
  }

  now(): number {
    return Date.now() + this.#shiftMs;
  }

  shiftClock(ms: number): void {
    this.#shiftMs += ms;
  }

  table(name: string): Table {
    return this.#store(name);
  }

  insert(name: string, rows: readonly Values[]): string[] {
    const store = this.#store(name);
    const stored = rows.map((values) => storable(store.sobject, values));
    const time = this.#stamp();
    const by = this.#admin();
    const audit = { CreatedDate: time, LastModifiedDate: time, SystemModstamp: time, LoginTime: time };
    const stamped = existing(store.sobject, { ...audit, CreatedById: by, LastModifiedById: by, OwnerId: by });
    const ids = stored.map((values) => store.append({ ...stamped, ...values }));
    this.#revision += 1;
    return ids;
  }

  update(name: string, id: string, values: Values): void {
    const store = this.#store(name);
    const stored = storable(store.sobject, values);
    const time = this.#stamp();
    const audit = { LastModifiedDate: time, LastModifiedById: this.#admin(), SystemModstamp: time };
    store.replace(slotOf(store, id), { ...existing(store.sobject, audit), ...stored });
    this.#revision += 1;
  }

  softDelete(name: string, id: string): void {
    this.#mark(name, id, { IsDeleted: true });
    const taken: Named[] = [];
    for (const detail of this.#details(name, id)) {
      if (!isLiving(this.#store(detail.sobject), detail.id)) continue;
      this.softDelete(detail.sobject, detail.id);
      taken.push(detail);
    }
    this.#taken.set(to18(id), taken);
    this.#logDeletion(name, id);
  }

  undelete(name: string, id: string): void {
    this.#mark(name, id, { IsDeleted: false, MasterRecordId: null });
    this.#log(name).delete(to18(id));
    const taken = this.#taken.get(to18(id)) ?? [];
    this.#taken.delete(to18(id));
    for (const { sobject, id: detail } of taken) {
      if (this.sobjects.has(sobject) && !isLiving(this.#store(sobject), detail)) this.undelete(sobject, detail);
    }
  }

  hardDelete(name: string, id: string): void {
    const store = this.#store(name);
    const slot = slotOf(store, id);
    for (const detail of this.#details(name, id)) this.hardDelete(detail.sobject, detail.id);
    store.purge(slot);
    // A row that comes out of the recycle bin was deleted when it went there.
    if (!this.#log(name).has(to18(id))) this.#logDeletion(name, id);
    this.#revision += 1;
  }

  merge(name: string, id: string, losers: readonly string[]): void {
    const store = this.#store(name);
    checkMerge(store, id, losers);
    const winner = to18(id);
    const merged = new Set(losers.map((loser) => loser.slice(0, 15)));
    for (const { childSObject, field } of childRelationships([...this.sobjects.values()]).get(name) ?? []) {
      if (field !== 'MasterRecordId') this.#repoint(childSObject, field, merged, winner);
    }
    for (const loser of losers) {
      this.#mark(name, loser, { IsDeleted: true, MasterRecordId: winner });
      this.#logDeletion(name, loser);
    }
    this.update(name, winner, {});
  }

  addField(name: string, field: Partial<Field> & { name: string; type: string }): void {
    const store = this.#store(name);
    if (has(store.sobject, field.name)) throw new Error(`${name} has a field ${field.name} already`);
    store.addField(wholeField({ custom: true, nillable: field.type !== 'boolean', ...field }));
    this.#reshaped(store);
  }

  removeField(name: string, field: string): void {
    const store = this.#store(name);
    if (!has(store.sobject, field)) throw new Error(`${name} has no field ${field}`);
    store.removeField(field);
    this.#reshaped(store);
  }

  removeObject(name: string): void {
    this.#store(name);
    this.#stores.delete(name);
    this.sobjects.delete(name);
    this.#customLookups = undefined;
    this.#revision += 1;
  }

  deletions(name: string): readonly DeletionEntry[] {
    return [...this.#log(name).values()];
  }

  #store(name: string): Store {
    const known = this.#stores.get(name);
    if (known !== undefined) return known;
    const made = this.#made.get(name);
    if (made === undefined || !this.sobjects.has(name)) throw new Error(`The org has no object ${name}`);
    const store = new Store({ ...made, seed: this.#seed, targetsOf: (field) => targetRows(this.#made, field) });
    this.#stores.set(name, store);
    return store;
  }

  #reshaped({ sobject }: Store): void {
    this.sobjects.set(sobject.name, sobject);
    this.#customLookups = undefined;
    this.#revision += 1;
  }

  /** Into the recycle bin or out of it. */
  #mark(name: string, id: string, values: Values): void {
    const store = this.#store(name);
    if (!has(store.sobject, 'IsDeleted')) throw new Error(`Rows of ${name} don't go to the recycle bin`);
    this.#touch(store, slotOf(store, id), existing(store.sobject, values));
  }

  /** A change that no user made: SystemModstamp shows it; on shares, which lack it, LastModifiedDate. */
  #touch(store: Store, slot: number, values: Values): void {
    const moved = has(store.sobject, 'SystemModstamp') ? 'SystemModstamp' : 'LastModifiedDate';
    store.replace(slot, { ...values, ...existing(store.sobject, { [moved]: this.#stamp() }) });
    this.#revision += 1;
  }

  /** Leads a lookup that holds one of the Ids (15 characters) to another row; no row becomes its own parent. */
  #repoint(name: string, lookup: string, from: ReadonlySet<string>, to: string): void {
    const store = this.#store(name);
    for (const slot of pointingSlots(store, lookup, from)) {
      const own = String(store.reader(['Id'])(slot)?.['Id']);
      if (!from.has(own.slice(0, 15))) this.#touch(store, slot, { [lookup]: own === to ? null : to });
    }
  }

  /** The rows that are details of a row: their master-detail field leads to it, and its deletion takes them along. */
  *#details(name: string, id: string): Generator<Named> {
    const ids = new Set([id.slice(0, 15)]);
    for (const { childSObject, field, cascadeDelete } of this.#custom().get(name) ?? []) {
      if (!cascadeDelete) continue;
      const store = this.#store(childSObject);
      const read = store.reader(['Id']);
      for (const slot of pointingSlots(store, field, ids)) {
        yield { sobject: childSObject, id: String(read(slot)?.['Id']) };
      }
    }
  }

  /** Lookups of custom objects, which alone can be details; a look at the fields of all objects would make them all. */
  #custom(): ReadonlyMap<string, readonly ChildRelationship[]> {
    this.#customLookups ??= childRelationships([...this.sobjects.values()].filter(({ custom }) => custom));
    return this.#customLookups;
  }

  #logDeletion(name: string, id: string): void {
    this.#log(name).set(to18(id), { id: to18(id), deletedDate: this.#stamp() });
  }

  #log(name: string): Map<string, DeletionEntry> {
    const known = this.#deletions.get(name);
    if (known !== undefined) return known;
    const log = new Map<string, DeletionEntry>();
    this.#deletions.set(name, log);
    return log;
  }

  /** Now, in the whole seconds that Salesforce stores. */
  #stamp(): string {
    return datetimeOf(Math.floor(this.now() / 1_000));
  }

  /** Who makes the changes: the first user. */
  #admin(): string | null {
    const users = this.#made.get('User');
    return users === undefined || users.count === 0 ? null : users.ids.idOf(0);
  }
}

function layOut(options: PracticeOrgOptions): ReadonlyMap<string, Made> {
  const sobjects = catalogue(options.objects ?? DEFAULT_OBJECTS);
  return new Map(
    [...sobjects].map(([name, sobject]) => {
      const ids = idSpace(sobject.keyPrefix ?? HIDDEN_PREFIX, podOf(ordinalOf(name)));
      return [name, { sobject, count: rowCountOf(sobject, options), ids }];
    }),
  );
}

function targetRows(made: ReadonlyMap<string, Made>, field: Field): readonly Target[] {
  return targetsOf(field).flatMap((name): readonly Target[] => {
    const target = made.get(name);
    if (target === undefined || target.count === 0) return [];
    const { sobject, count, ids } = target;
    return [{ name: sobject.name, count, ids, main: isMain(sobject.name) }];
  });
}

/** The practice org: objects, rows and changes, all of them a function of its options and of what was done to it. */
import type { DeletionEntry, Field, PracticeOrg, PracticeOrgOptions, SObject, Table, Value } from './model.ts';
import { idSpace, podOf, to18, type IdSpace } from './rows/id.ts';
import type { Target } from './rows/reference.ts';
import { isMain, rowCountOf } from './rows/size.ts';
import { Store } from './rows/store.ts';
import { catalogue, ordinalOf } from './schema/catalogue.ts';
import { wholeField } from './schema/field.ts';

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

type Values = Readonly<Record<string, Value>>;

class Org implements PracticeOrg {
  readonly id = idSpace('00D', podOf(0)).idOf(0);
  readonly sobjects: Map<string, SObject>;
  readonly #seed: number;
  readonly #made: ReadonlyMap<string, Made>;
  readonly #stores = new Map<string, Store>();
  readonly #deletions = new Map<string, Map<string, DeletionEntry>>();
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
    this.#changed(store);
    return ids;
  }

  update(name: string, id: string, values: Values): void {
    const store = this.#store(name);
    const stored = storable(store.sobject, values);
    const time = this.#stamp();
    const audit = { LastModifiedDate: time, LastModifiedById: this.#admin(), SystemModstamp: time };
    store.replace(slotOf(store, id), { ...existing(store.sobject, audit), ...stored });
    this.#changed(store);
  }

  softDelete(name: string, id: string): void {
    this.#mark(name, id, true);
    this.#log(name).set(to18(id), { id: to18(id), deletedDate: this.#stamp() });
  }

  undelete(name: string, id: string): void {
    this.#mark(name, id, false);
    this.#log(name).delete(to18(id));
  }

  hardDelete(name: string, id: string): void {
    const store = this.#store(name);
    store.purge(slotOf(store, id));
    const log = this.#log(name);
    // A row that comes out of the recycle bin was deleted when it went there.
    if (!log.has(to18(id))) log.set(to18(id), { id: to18(id), deletedDate: this.#stamp() });
    this.#changed(store);
  }

  addField(name: string, field: Partial<Field> & { name: string; type: string }): void {
    const store = this.#store(name);
    if (has(store.sobject, field.name)) throw new Error(`${name} has a field ${field.name} already`);
    store.addField(wholeField({ custom: true, nillable: field.type !== 'boolean', ...field }));
    this.#changed(store);
  }

  removeField(name: string, field: string): void {
    const store = this.#store(name);
    if (!has(store.sobject, field)) throw new Error(`${name} has no field ${field}`);
    store.removeField(field);
    this.#changed(store);
  }

  removeObject(name: string): void {
    this.#store(name);
    this.#stores.delete(name);
    this.sobjects.delete(name);
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
    const store = new Store({ ...made, seed: this.#seed, targetsOf: (field) => targetsOf(this.#made, field) });
    this.#stores.set(name, store);
    return store;
  }

  #changed({ sobject }: Store): void {
    this.sobjects.set(sobject.name, sobject);
    this.#revision += 1;
  }

  /** Into the recycle bin or out of it, which SystemModstamp shows; on shares, which lack it, LastModifiedDate. */
  #mark(name: string, id: string, isDeleted: boolean): void {
    const store = this.#store(name);
    if (!has(store.sobject, 'IsDeleted')) throw new Error(`Rows of ${name} don't go to the recycle bin`);
    const moved = has(store.sobject, 'SystemModstamp') ? 'SystemModstamp' : 'LastModifiedDate';
    store.replace(slotOf(store, id), { IsDeleted: isDeleted, ...existing(store.sobject, { [moved]: this.#stamp() }) });
    this.#changed(store);
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
    return new Date(Math.floor(this.now() / 1_000) * 1_000).toISOString();
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

function targetsOf(made: ReadonlyMap<string, Made>, field: Field): readonly Target[] {
  const names: readonly unknown[] = Array.isArray(field['referenceTo']) ? field['referenceTo'] : [];
  return names.flatMap((name): readonly Target[] => {
    const target = typeof name === 'string' ? made.get(name) : undefined;
    if (target === undefined || target.count === 0) return [];
    const { sobject, count, ids } = target;
    return [{ name: sobject.name, count, ids, main: isMain(sobject.name) }];
  });
}

function slotOf(store: Store, id: string): number {
  const slot = store.slotOf(id);
  if (slot === undefined) throw new Error(`No row ${id} of ${store.sobject.name}`);
  return slot;
}

function has(sobject: SObject, name: string): boolean {
  return sobject.fields.some((field) => field.name === name);
}

/** Those of the values that the object has a field for. */
function existing(sobject: SObject, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => has(sobject, name)));
}

/**
 * The values as Salesforce stores them, which knows no empty text: it is null. Throws unless each value has a field that
 * holds it: a misspelt name shan't pass as a change.
 */
function storable(sobject: SObject, values: Values): Values {
  for (const name of Object.keys(values)) {
    const field = sobject.fields.find((candidate) => candidate.name === name);
    const holds = field !== undefined && name !== 'Id' && field.type !== 'address' && field.type !== 'location';
    if (!holds) throw new Error(`${sobject.name}.${name} can't be written`);
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === '' ? null : value]));
}

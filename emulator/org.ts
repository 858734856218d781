/** The practice org: objects, rows and changes, all of them a function of its options and of what was done to it. */
import type { DeletionEntry, Field, PracticeOrg, PracticeOrgOptions, SObject, Table, Value } from './model.ts';
import { digit, idSpace, to18, type IdSpace } from './rows/id.ts';
import type { Target } from './rows/reference.ts';
import { isMain, rowCountOf } from './rows/size.ts';
import { createStore, type Store } from './rows/store.ts';
import { catalogue } from './schema/catalogue.ts';
import { wholeField } from './schema/field.ts';

const DEFAULT_OBJECTS = 300;

interface Made {
  readonly sobject: SObject;
  readonly count: number;
  readonly ids: IdSpace;
}

/**
 * An org of the size asked, with nothing done to it yet. No row is made before it is read, so an org of millions of rows
 * is there at once. Changes throw on an object, a row or a field that the org hasn't, and where Salesforce can't do them.
 */
export function createPracticeOrg(options: PracticeOrgOptions): PracticeOrg {
  const made = layOut(options);
  const sobjects = new Map([...made].map(([name, { sobject }]) => [name, sobject]));
  const stores = new Map<string, Store>();
  const deleted = new Map<string, Map<string, DeletionEntry>>();
  let revision = 0;
  let shiftMs = 0;

  function storeOf(name: string): Store {
    const known = stores.get(name);
    if (known !== undefined) return known;
    const origin = made.get(name);
    if (origin === undefined || !sobjects.has(name)) throw new Error(`The org has no object ${name}`);
    const store = createStore({ ...origin, seed: options.seed, targetsOf: (field) => targetsOf(made, field) });
    stores.set(name, store);
    return store;
  }

  function change(name: string, act: (store: Store) => void): void {
    const store = storeOf(name);
    act(store);
    sobjects.set(name, store.sobject);
    revision += 1;
  }

  const now = () => Date.now() + shiftMs;
  const stamp = () => new Date(Math.floor(now() / 1_000) * 1_000).toISOString();
  const firstUser = () => storeOf('User').reader(['Id'])(0)?.['Id'] ?? null;

  /** IsDeleted set to a value, with the stamps of a change. */
  function mark(store: Store, id: string, isDeleted: boolean): void {
    if (!has(store.sobject, 'IsDeleted')) throw new Error(`Rows of ${store.sobject.name} have no recycle bin`);
    const slot = slotOf(store, id);
    store.replace(slot, { IsDeleted: isDeleted, ...existing(store.sobject, { SystemModstamp: stamp() }) });
  }

  function log(name: string): Map<string, DeletionEntry> {
    const entries = deleted.get(name) ?? new Map<string, DeletionEntry>();
    deleted.set(name, entries);
    return entries;
  }

  return {
    id: idSpace('00D', podOf(0)).idOf(0),
    sobjects,
    table: (name): Table => storeOf(name),
    get revision() {
      return revision;
    },
    now,
    shiftClock(ms) {
      shiftMs += ms;
    },
    insert(name, rows) {
      const ids: string[] = [];
      change(name, (store) => {
        for (const values of rows) {
          const time = stamp();
          const by = firstUser();
          const audit = { CreatedDate: time, LastModifiedDate: time, SystemModstamp: time, LoginTime: time };
          const people = { CreatedById: by, LastModifiedById: by, OwnerId: by };
          ids.push(
            store.append({ ...existing(store.sobject, { ...audit, ...people }), ...checked(store.sobject, values) }),
          );
        }
      });
      return ids;
    },
    update(name, id, values) {
      change(name, (store) => {
        const time = stamp();
        const audit = { LastModifiedDate: time, LastModifiedById: firstUser(), SystemModstamp: time };
        store.replace(slotOf(store, id), { ...existing(store.sobject, audit), ...checked(store.sobject, values) });
      });
    },
    softDelete(name, id) {
      change(name, (store) => {
        mark(store, id, true);
        log(name).set(to18(id.slice(0, 15)), { id: to18(id.slice(0, 15)), deletedDate: stamp() });
      });
    },
    undelete(name, id) {
      change(name, (store) => {
        mark(store, id, false);
        log(name).delete(to18(id.slice(0, 15)));
      });
    },
    hardDelete(name, id) {
      change(name, (store) => {
        store.purge(slotOf(store, id));
        const whole = to18(id.slice(0, 15));
        // A row that was in the recycle bin was deleted when it went there.
        if (!log(name).has(whole)) log(name).set(whole, { id: whole, deletedDate: stamp() });
      });
    },
    addField(name, field) {
      change(name, (store) => {
        if (has(store.sobject, field.name)) throw new Error(`${name} has a field ${field.name} already`);
        store.addField(wholeField({ custom: true, nillable: field.type !== 'boolean', ...field }));
      });
    },
    removeField(name, field) {
      change(name, (store) => {
        if (!has(store.sobject, field)) throw new Error(`${name} has no field ${field}`);
        store.removeField(field);
      });
    },
    removeObject(name) {
      storeOf(name);
      sobjects.delete(name);
      stores.delete(name);
      revision += 1;
    },
    deletions: (name) => [...log(name).values()],
  };
}

/** What each object is made of: its Ids and how many rows. */
function layOut(options: PracticeOrgOptions): ReadonlyMap<string, Made> {
  const made = new Map<string, Made>();
  let ordinal = 0;
  for (const [name, sobject] of catalogue(options.objects ?? DEFAULT_OBJECTS)) {
    const pod = podOf(ordinal);
    made.set(name, { sobject, count: rowCountOf(sobject, options), ids: idSpace(sobject.keyPrefix ?? '0z0', pod) });
    ordinal += 1;
  }
  return made;
}

/** Two characters for each object, so that no Id stands for rows of two objects, whatever prefix they share. */
function podOf(ordinal: number): string {
  return digit(Math.floor(ordinal / 62) % 62) + digit(ordinal % 62);
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
function existing(sobject: SObject, values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => has(sobject, name)));
}

/** The values, when each of them has a field that can hold it. Throws otherwise: a typing error shan't pass as a change. */
function checked(sobject: SObject, values: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  for (const name of Object.keys(values)) {
    if (name === 'Id' || !has(sobject, name)) throw new Error(`${sobject.name}.${name} can't be written`);
  }
  return values;
}

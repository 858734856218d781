/** The makers of one object: each field's value at each place that the org was made with. */
import type { Field, SObject, Value } from '../model.ts';
import { isCompound } from '../schema/field.ts';
import { derivation, type Get } from './derived.ts';
import { hashAt, hashText } from './hash.ts';
import { historyOf } from './history.ts';
import type { IdSpace } from './id.ts';
import { referenceMaker, type Target } from './reference.ts';
import { setupColumns } from './size.ts';
import { datetimeOf } from './stamp.ts';
import { valueMaker, type Maker } from './value.ts';

/** What the makers of an object need to know. */
export interface Origin {
  readonly sobject: SObject;
  /** The org's seed. */
  readonly seed: number;
  /** Rows the object is made with. */
  readonly count: number;
  readonly ids: IdSpace;
  /** The rows a field may point to. */
  targetsOf(field: Field): readonly Target[];
}

/** Winners of a merge are looked for among so many following rows. */
const MERGE_REACH = 40;

/**
 * Finds the maker of a field by name: made once, undefined for compound fields (their parts have the values) and for
 * fields that the object hasn't.
 */
export function makersOf(origin: Origin): (field: string) => Maker | undefined {
  const seed = hashText(origin.sobject.name, origin.seed);
  const special = specialMakers(origin, seed);
  const setup = setupColumns(origin.sobject.name);
  const made = new Map<string, Maker | undefined>();
  let at = 0;
  const get: Get = (name) => find(name)?.(at) ?? null;
  function find(name: string): Maker | undefined {
    if (!made.has(name)) made.set(name, make(name));
    return made.get(name);
  }
  function make(name: string): Maker | undefined {
    const field = origin.sobject.fields.find((candidate) => candidate.name === name);
    if (field === undefined || isCompound(field)) return undefined;
    const column = setup?.[name];
    if (column !== undefined) return columnMaker(field, column.split('|'));
    const own = special[name];
    if (own !== undefined) return own;
    const rule = derivation(origin.sobject.name, name);
    if (rule !== undefined) {
      return (index) => {
        at = index;
        return rule(get);
      };
    }
    if (field['autoNumber'] === true) return (index) => autoNumberOf(origin.sobject, index);
    if (field.type === 'reference') {
      return referenceMaker(field, seed, origin.sobject.name, origin.targetsOf(field));
    }
    return valueMaker(field, seed);
  }
  return find;
}

/** The number that Salesforce counts up by itself: `00001234`, or `INV-00001234` for a custom object. */
export function autoNumberOf(sobject: SObject, slot: number): string {
  const digits = String(slot + 1).padStart(8, '0');
  return sobject.custom
    ? `${sobject.name
        .replace(/^\w+?__(?=\w+__c$)/u, '')
        .slice(0, 3)
        .toUpperCase()}-${digits}`
    : digits;
}

function specialMakers({ sobject, count, ids }: Origin, seed: number): Readonly<Record<string, Maker>> {
  const setup = setupColumns(sobject.name) !== undefined;
  const has = (name: string) => sobject.fields.some((field) => field.name === name);
  const history = historyOf(seed, count, has('IsDeleted') && !setup);
  const archives = has('IsArchived') && (sobject.name === 'Task' || sobject.name === 'Event');
  return {
    Id: (index) => ids.idOf(index),
    IsDeleted: history.deleted,
    CreatedDate: (index) => datetimeOf(history.created(index)),
    LastModifiedDate: (index) => datetimeOf(history.modified(index)),
    SystemModstamp: (index) => datetimeOf(history.touched(index)),
    LoginTime: (index) => datetimeOf(history.created(index)),
    // Old activities: hidden from query, not from queryAll.
    ...(archives && {
      IsArchived: (index: number) =>
        index < count / 2 && !history.deleted(index) && hashAt(seed ^ 0x61726368, index) % 12 === 0,
    }),
    ...(has('MasterRecordId') && { MasterRecordId: (index: number) => winnerOf(index) }),
  };

  /** A deleted row in two is the loser of a merge: its winner is a row that lives. */
  function winnerOf(index: number): Value {
    if (!history.deleted(index) || hashAt(seed ^ 0x6d657267, index) % 2 === 0) return null;
    for (let step = 1; step < Math.min(MERGE_REACH, count); step += 1) {
      const winner = (index + step) % count;
      if (!history.deleted(winner)) return ids.idOf(winner);
    }
    return null;
  }
}

function columnMaker(field: Field, column: readonly string[]): Maker {
  const values = column.map((text): Value => {
    if (text === '') return null;
    if (field.type === 'boolean') return text === 'true';
    return /^(?:int|double|currency|percent)$/u.test(field.type) ? Number(text) : text;
  });
  return (index) => {
    const value = values[index % values.length] ?? null;
    const again = Math.floor(index / values.length);
    // More rows than the setup has: the same once more, with other names.
    return again > 0 && /Name$|Label$/u.test(field.name) && typeof value === 'string' ? `${value} ${again + 1}` : value;
  };
}

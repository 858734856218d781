/** References: each points to a row that the org was made with, of one of the objects that the field allows. */
import type { Field } from '../model.ts';
import { hashAt, hashText, mix } from './hash.ts';
import type { IdSpace } from './id.ts';
import { emptiness, type Maker } from './value.ts';

/** Rows that references may point to. */
export interface Target {
  readonly name: string;
  /** Rows the org was made with. */
  readonly count: number;
  readonly ids: IdSpace;
  /** Holds business rows, so that polymorphic references prefer it. */
  readonly main: boolean;
}

/** Queues are every second group. */
const QUEUE_STRIDE = 2;
/** One owner in so many is a queue, where queues may own. */
const QUEUE_IN = 8;

/**
 * What a reference field of the object `own` holds at each place. `targets` are those of its `referenceTo` that have rows;
 * without any, it is null throughout.
 */
export function referenceMaker(field: Field, seed: number, own: string, targets: readonly Target[]): Maker {
  const mains = targets.filter(({ main }) => main);
  const choice = mains.length > 0 ? mains : targets;
  if (choice.length === 0) return () => null;
  const fieldSeed = hashText(field.name, seed);
  const kept = own === 'UserLogin' && field.name === 'UserId';
  const empty = field['nillable'] === true && !kept ? emptiness(field, seed) : () => false;
  const point = pointer(field.name, own, choice);
  const first = choice.find(({ name }) => name === own)?.ids.idOf(0);
  const nillable = field['nillable'] === true;
  return (index) => {
    const target = empty(index) ? null : point(hashAt(fieldSeed, index), index);
    // A first row has no older one to point to; it is its own creator, but no parent of its own.
    return nillable && index === 0 && target === first ? null : target;
  };
}

function pointer(
  fieldName: string,
  own: string,
  choice: readonly Target[],
): (hash: number, index: number) => string | null {
  const user = choice.find(({ name }) => name === 'User');
  const group = choice.find(({ name }) => name === 'Group');
  // A login record belongs to one user, and each user has one.
  if (own === 'UserLogin' && fieldName === 'UserId' && user !== undefined) {
    return (_, index) => user.ids.idOf(index % user.count);
  }
  if (fieldName === 'OwnerId' && user !== undefined) {
    if (group === undefined) return (hash) => rowOf(user, hash);
    const queues = Math.ceil(group.count / QUEUE_STRIDE);
    return (hash) => (hash % QUEUE_IN === 0 ? group.ids.idOf((mix(hash) % queues) * QUEUE_STRIDE) : rowOf(user, hash));
  }
  return (hash, index) => {
    const target = choice[hash % choice.length];
    if (target === undefined) return null;
    if (target.name !== own) return rowOf(target, hash);
    // To an older row of its own object, so that no chain of parents is a circle.
    return target.ids.idOf(index === 0 ? 0 : mix(hash) % Math.min(index, target.count));
  };
}

function rowOf(target: Target, hash: number): string {
  return target.ids.idOf(mix(hash) % target.count);
}

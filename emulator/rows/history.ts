/** When the rows that the org is made with were created, changed, touched and deleted. */
import { hashAt, mix } from './hash.ts';
import { HISTORY_END_S, HISTORY_START_S } from './stamp.ts';

/** An object's past: epoch seconds by place. Creation never goes back from one place to the next. */
export interface History {
  created(index: number): number;
  /** LastModifiedDate: not before creation. */
  modified(index: number): number;
  /** SystemModstamp: not before the last modification, since automation leaves LastModifiedDate alone. */
  touched(index: number): number;
  /** Soft-deleted: some 3 in 100, where the object has IsDeleted. */
  deleted(index: number): boolean;
}

/** Rows created together: an import's share a second. */
const BLOCK = 32;
/** Mass updates happen on the same seconds for all: every 2^22 s, which is seven weeks. */
const MASS_UPDATE_S = 4_194_304;
const DELETED_IN = 33;
const SPAN_S = HISTORY_END_S - HISTORY_START_S;

/** The past of an object of `count` rows; `mortal` says that it has IsDeleted. */
export function historyOf(seed: number, count: number, mortal: boolean): History {
  const perRowS = SPAN_S / Math.max(count, 1);
  function created(index: number): number {
    const block = Math.floor(index / BLOCK);
    const tied = hashAt(seed, block) % BLOCK;
    const after = Math.max(0, (index % BLOCK) - tied);
    return HISTORY_START_S + Math.floor(block * BLOCK * perRowS) + Math.floor(after * perRowS);
  }
  function modified(index: number): number {
    const hash = hashAt(seed ^ 0x6d6f6421, index);
    const from = created(index);
    if ((hash & 1) === 0) return from;
    const later = from + Math.floor((mix(hash) / 2 ** 32) * (HISTORY_END_S - from));
    const massUpdate = HISTORY_START_S + Math.floor((later - HISTORY_START_S) / MASS_UPDATE_S) * MASS_UPDATE_S;
    return (hash & 2) === 0 && massUpdate >= from ? massUpdate : later;
  }
  const deleted = mortal ? (index: number) => hashAt(seed ^ 0x64656c21, index) % DELETED_IN === 0 : () => false;
  function touched(index: number): number {
    const at = modified(index);
    const hash = hashAt(seed ^ 0x746f7563, index);
    return (hash & 7) === 0 || deleted(index) ? Math.min(HISTORY_END_S, at + (hash >>> 10)) : at;
  }
  return { created, modified, touched, deleted };
}

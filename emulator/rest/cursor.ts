/** Query locators: answers that a client pages through. */
import { randomInt } from 'node:crypto';
import { invalidSession, refusal } from '../http/refusal.ts';
import type { Session } from '../login/session.ts';
import type { Row } from '../model.ts';
import type { Plan } from '../soql/plan.ts';
import type { Snapshot } from '../soql/snapshot.ts';

/** Writes the records of one answer's pages. */
interface PageWriter {
  write(row: Row): string;
  /** What a record takes of a page's room. */
  weight(row: Row): number;
}

export interface Cursor {
  readonly id: string;
  readonly session: Session;
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly writer: PageWriter;
  readonly openedMs: number;
  readonly batchSize: number;
}

/** "Query cursors are valid for two days" (limits quick reference, since v56 without a cap on their number). */
const LIFE_MS = 2 * 24 * 3600 * 1000;

/** Rows that open answers hold places of, together; beyond it the oldest answers go, so that memory has a bound. */
const MAX_HELD_ROWS = 20_000_000;

const ID_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The locators that the org has given out. */
export class CursorBook {
  readonly #cursors = new Map<string, Cursor>();
  #heldRows = 0;

  open(cursor: Omit<Cursor, 'id'>): Cursor {
    const tail = Array.from({ length: 15 }, () => ID_ALPHABET.charAt(randomInt(ID_ALPHABET.length))).join('');
    const opened = { ...cursor, id: `0r8${tail}` };
    this.#cursors.set(opened.id, opened);
    this.#heldRows += opened.snapshot.size;
    for (const [id, oldest] of this.#cursors) {
      if (this.#heldRows <= MAX_HELD_ROWS || id === opened.id) break;
      this.#heldRows -= oldest.snapshot.size;
      this.#cursors.delete(id);
    }
    return opened;
  }

  /**
   * The cursor of a locator. Throws Refusal: 400 INVALID_QUERY_LOCATOR where there is none or it is older than two days;
   * 401 where its session was ended by a rotation of the refresh token, also to the session that followed: a locator
   * belongs to the session that made it (seen by Airbyte, pull request 84302).
   */
  find(id: string, nowMs: number): Cursor {
    const cursor = this.#cursors.get(id);
    if (!cursor || nowMs - cursor.openedMs > LIFE_MS) {
      throw refusal(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    }
    if (cursor.session.ended === 'rotated') throw invalidSession();
    return cursor;
  }
}

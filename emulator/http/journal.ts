/** The log of what was asked and answered. */

export interface Entry {
  readonly method: string;
  readonly path: string;
  /** Decoded, without the question mark. */
  readonly query: string;
  /** 0 where the connection was reset. */
  readonly status: number;
  /** Whether it cost any of the org's allowance; a batch costs several calls. */
  readonly counted: boolean;
  readonly calls: number;
  /** Of the body, as sent. */
  readonly bytes: number;
  /** Epoch ms when the request came. */
  readonly atMs: number;
  /** Decoded urls of a composite call's subrequests. */
  readonly subrequests?: readonly string[];
}

/** Entries kept; the oldest go first. Some hundred bytes each. */
const MAX_ENTRIES = 200_000;

/** Keeps the entries in the order in which answers ended. */
export class Journal {
  #entries: Entry[] = [];

  add(entry: Entry): void {
    if (this.#entries.length >= MAX_ENTRIES) this.#entries.splice(0, MAX_ENTRIES / 10);
    this.#entries.push(entry);
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }
}

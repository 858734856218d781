/** Rendered results, shared by jobs with equal queries as long as the org doesn't change. */
import { mkdtempSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ResultFile } from './result-file.ts';

interface Kept {
  readonly result: Promise<ResultFile>;
  readonly file: string;
  readonly revision: number;
  users: number;
  /** Once rendered. */
  bytes: number;
}

/** A claim on a result: its files stay until it is released. */
export interface Claim {
  readonly result: Promise<ResultFile>;
  release(): void;
}

/** Disk that results may take which no job claims any more; beyond it the oldest go. */
const MAX_IDLE_BYTES = 8 * 2 ** 30;

/** Keeps results in a directory of its own, below the system's directory for temporary files. */
export class ResultStore {
  readonly #directory = mkdtempSync(path.join(tmpdir(), 'practice-org-'));
  readonly #kept = new Map<string, Kept>();
  #lastFile = 0;

  /**
   * The result of `key` at a revision of the org, rendered by `render` to the path that it is given unless it is there
   * already. An undefined key is never shared: what it was made from depends on the moment.
   */
  claim(key: string | undefined, revision: number, render: (file: string) => Promise<ResultFile>): Claim {
    this.#dropIdle(revision);
    const name = key === undefined ? `alone ${this.#lastFile}` : `${revision} ${key}`;
    const kept = this.#kept.get(name) ?? this.#render(name, key === undefined ? -1 : revision, render);
    kept.users += 1;
    let released = false;
    return {
      result: kept.result,
      release: () => {
        if (released) return;
        released = true;
        kept.users -= 1;
      },
    };
  }

  /** Removes everything. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#kept.values()].map(({ result }) => result));
    await rm(this.#directory, { recursive: true, force: true });
  }

  #render(name: string, revision: number, render: (file: string) => Promise<ResultFile>): Kept {
    this.#lastFile += 1;
    const file = path.join(this.#directory, `result-${this.#lastFile}.csv`);
    const kept: Kept = { result: render(file), file, revision, users: 0, bytes: 0 };
    void this.#measure(name, kept);
    this.#kept.set(name, kept);
    return kept;
  }

  /** A result that can't be rendered is told to those who wait for it, and shared with nobody else. */
  async #measure(name: string, kept: Kept): Promise<void> {
    try {
      kept.bytes = (await kept.result).bytes;
    } catch {
      this.#kept.delete(name);
    }
  }

  #dropIdle(revision: number): void {
    const idle = [...this.#kept].filter(([, { users }]) => users === 0);
    let excess = idle.reduce((sum, [, { bytes }]) => sum + bytes, -MAX_IDLE_BYTES);
    for (const [name, kept] of idle) {
      if (kept.revision === revision && excess <= 0) continue;
      excess -= kept.bytes;
      this.#kept.delete(name);
      void this.#removeFiles(kept);
    }
  }

  async #removeFiles({ result, file }: Kept): Promise<void> {
    await result.catch(() => undefined);
    const names = await readdir(this.#directory).catch(() => []);
    const own = names.filter((name) => name.startsWith(`${path.basename(file)}.`) || name === path.basename(file));
    await Promise.all(own.map((name) => rm(path.join(this.#directory, name), { force: true })));
  }
}

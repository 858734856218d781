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
}

/** A claim on a result: its files stay until it is released. */
export interface Claim {
  readonly result: Promise<ResultFile>;
  release(): void;
}

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
    this.#dropStale(revision);
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
    const kept: Kept = { result: render(file), file, revision, users: 0 };
    // Whoever waits for the result sees the failure; nobody else shall share it.
    kept.result.catch(() => this.#kept.delete(name));
    this.#kept.set(name, kept);
    return kept;
  }

  #dropStale(revision: number): void {
    for (const [name, kept] of this.#kept) {
      if (kept.users > 0 || kept.revision === revision) continue;
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

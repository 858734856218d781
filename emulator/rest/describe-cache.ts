/** Describe global and describe: made once for each version of an object, and kept as bytes. */
import { crc32 } from 'node:zlib';
import type { Directory } from '../directory.ts';
import type { Piece } from '../http/answer.ts';
import { deflatePiece } from '../http/compression.ts';
import type { PracticeOrg, SObject } from '../model.ts';
import { describeParts, globalEntry } from './describe-text.ts';

/** A describe's body and the validators of its answer. */
export interface Described {
  readonly pieces: readonly Piece[];
  readonly etag: string;
  readonly modifiedMs: number;
}

/** When the org's schema was last touched, as long as nobody touches it here. */
const UNTOUCHED_MS = Date.UTC(2026, 0, 15, 8);

/** Smaller pieces aren't worth a deflate stream of their own. */
const MIN_DEFLATED = 512;

/** Keeps describes until the schema changes; the list of fields, the bulk of one, is shared by all API versions. */
export class DescribeCache {
  readonly #org: PracticeOrg;
  readonly #directory: Directory;
  readonly #fields = new WeakMap<SObject['fields'], Piece>();
  readonly #modified = new Map<string, { readonly sobject: SObject; readonly atMs: number }>();
  #revision = -1;
  #touchedMs = UNTOUCHED_MS;
  #described = new Map<string, Described>();
  #global = new Map<string, Described>();

  constructor(org: PracticeOrg, directory: Directory) {
    this.#org = org;
    this.#directory = directory;
  }

  describe(sobject: SObject, version: string): Described {
    this.#refresh();
    const key = `${version} ${sobject.name}`;
    const known = this.#described.get(key);
    if (known) return known;
    const parts = describeParts(sobject, this.#directory.children(sobject.name), version);
    const pieces = [brick(parts.before), this.#fieldsOf(sobject), brick(parts.after)];
    const made = described(pieces, this.#modified.get(sobject.name)?.atMs ?? UNTOUCHED_MS);
    this.#described.set(key, made);
    return made;
  }

  global(version: string): Described {
    this.#refresh();
    const known = this.#global.get(version);
    if (known) return known;
    const entries = this.#directory.all.map((sobject) => JSON.stringify(globalEntry(sobject, version)));
    const piece = brick(`{"encoding":"UTF-8","maxBatchSize":200,"sobjects":[${entries.join(',')}]}`);
    const made = described([piece], this.#touchedMs);
    this.#global.set(version, made);
    return made;
  }

  #fieldsOf(sobject: SObject): Piece {
    const known = this.#fields.get(sobject.fields);
    if (known) return known;
    const made = brick(JSON.stringify(sobject.fields));
    this.#fields.set(sobject.fields, made);
    return made;
  }

  #refresh(): void {
    const revision = this.#directory.schemaRevision;
    if (revision === this.#revision) return;
    const first = this.#revision < 0;
    this.#revision = revision;
    if (!first) this.#touchedMs = this.#org.now();
    for (const sobject of this.#directory.all) {
      if (this.#modified.get(sobject.name)?.sobject === sobject) continue;
      this.#modified.set(sobject.name, { sobject, atMs: this.#touchedMs });
    }
    this.#described = new Map();
    this.#global = new Map();
  }
}

function described(pieces: readonly Piece[], modifiedMs: number): Described {
  const sum = pieces.reduce((before, { bytes }) => crc32(bytes, before), 0);
  return { pieces, etag: sum.toString(16).padStart(8, '0'), modifiedMs };
}

function brick(text: string): Piece {
  const bytes = Buffer.from(text);
  return bytes.length < MIN_DEFLATED ? { bytes } : deflatePiece(bytes);
}

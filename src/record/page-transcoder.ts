/** What the transcoders of CSV and JSON have in common: a page in a WebAssembly instance of its own. */
import { type Layout, layOut } from './layout.ts';
import { createPageHost, type PageHost } from './page-host.ts';
import type { RecordLines, RowHook } from './row-hook.ts';
import type { LastRow, RecordTemplate } from './template.ts';
import { lastRow } from './track.ts';
import { giveBack, takeInstance } from './wasm-instance.ts';
import type { WasmBuild } from './wasm-module.ts';

export interface PageOptions {
  /** Epoch milliseconds, in every line. */
  readonly emittedAt: number;
  /** The build of the WebAssembly module; the best that this machine can run unless told. */
  readonly build?: WasmBuild;
}

/** One page. `push` and `pushDecided` throw alike; each chunk goes to one of them. */
export interface PageTranscoder {
  /**
   * Takes the next bytes of the page and gives the lines of all rows that are complete with them: a view, valid until the
   * next push, maybe empty. `last` says that the page ends here; one that ends too early throws fault `body_cut` (transient:
   * fetching it again may help). One that throws has written nothing: `rows`, `last`, `nulled` and `absent` stand as before it.
   */
  push(chunk: Uint8Array, last: boolean): Uint8Array;
  /**
   * The same with each row decided by a hook; to be read to its end. What it throws, it throws after the lines of the rows
   * before. A piece may be empty: its rows were skipped or dropped. Of a page, the first piece is empty and comes before the hook is first asked, so that a page may be opened and
   * let go without a trace.
   */
  pushDecided(chunk: Uint8Array, last: boolean, hook: RowHook): AsyncGenerator<RecordLines>;
  /** Rows seen, skipped and dropped ones too. */
  readonly rows: number;
  /** Lines given out: the rows but for those that were skipped or dropped. */
  readonly records: number;
  readonly last: LastRow;
  /** Property -> rows given out in which its value could not be what its type says and became null. */
  readonly nulled: ReadonlyMap<string, number>;
  /** Field -> rows given out whose JSON had no member of its name, though it was selected; of a CSV always empty. */
  readonly absent: ReadonlyMap<string, number>;
  /** To be called when the page is done, complete or not: what `push` gave is not valid any more. */
  close(): void;
}

/** A template in an instance that is this page's until it is closed, and what has been read of the page. */
export interface Page {
  readonly layout: Layout;
  readonly host: PageHost;
  /** Whether a hook was asked for a row. */
  asked: boolean;
  rows: number;
  records: number;
  last: LastRow;
  close(): void;
}

/** Takes an instance for a page of the template's query. */
export function openPage(template: RecordTemplate, { emittedAt, build }: PageOptions): Page {
  const wasm = takeInstance(build);
  const layout = layOut(wasm, template, emittedAt);
  const host = createPageHost(layout);
  wasm.host = host;
  let open = true;
  return {
    layout,
    host,
    asked: false,
    rows: 0,
    records: 0,
    last: {},
    close() {
      if (open) giveBack(wasm);
      open = false;
    },
  };
}

/** Counts the rows of a push whose lines leave: all that were seen, and those of them that were written. */
export function countPush(page: Page, rows: number, records: number): void {
  if (rows > 0) page.last = lastRow(page.layout);
  page.rows += rows;
  page.records += records;
  page.host.commit();
}

/** Counts the row in the cells. */
export function countRow(page: Page, written: boolean): void {
  page.layout.wasm.exports.keep();
  page.rows++;
  if (written) page.records++;
  if (written) page.host.commit();
}

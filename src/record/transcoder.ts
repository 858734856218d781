/** What the transcoders of CSV and JSON have in common: a page in a kernel of its own. */
import { giveBack, takeKernel } from './kernel.ts';
import { type Layout, layOut } from './layout.ts';
import { createOddValues } from './odd-value.ts';
import type { LastRow, RecordTemplate } from './template.ts';

/** One page. A `push` that throws has written nothing: `rows` and `last` stand as the push before left them. */
export interface Transcoder {
  /**
   * Takes the next bytes of the page and gives the lines of all rows that are whole with them: a view, valid until the next
   * push, maybe empty. `last` says that the page ends here; one that ends too early throws fault `body_cut` (transient:
   * fetching it again may help).
   */
  push(chunk: Uint8Array, last: boolean): Uint8Array;
  /** Rows seen whole. */
  readonly rows: number;
  readonly last: LastRow;
  /** Property -> rows in which its value could not be what its type says and became null. */
  readonly nulled: ReadonlyMap<string, number>;
  /** To be called when the page is done, whole or not: what `push` gave is not valid any more. */
  close(): void;
}

/** A template in a kernel that is this page's until it is closed. */
export interface BoundKernel extends Pick<Transcoder, 'nulled' | 'close'> {
  readonly layout: Layout;
}

/** Takes a kernel for a page of the template's query; `emittedAt`, epoch milliseconds, stands in every line. */
export function bindKernel(template: RecordTemplate, emittedAt: number): BoundKernel {
  const kernel = takeKernel();
  const layout = layOut(kernel, template, emittedAt);
  const oddValues = createOddValues(layout);
  kernel.host = oddValues;
  let open = true;
  return {
    layout,
    nulled: oddValues.nulledRows,
    close() {
      if (open) giveBack(kernel);
      open = false;
    },
  };
}

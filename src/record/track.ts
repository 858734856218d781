/** The last row's tracked values, of which the WebAssembly module keeps the places without making a string for each row. */

import { CELL_BYTES } from '../../transcoder/memory-map.ts';
import { cellText } from './cells.ts';
import { bytesOf } from './wasm-instance.ts';
import type { Layout } from './layout.ts';
import { canonicalDatetime } from './moment.ts';
import type { LastRow } from './template.ts';

/** The tracked values of the last row; to be called before the bytes move. */
export function lastRow({ wasm, template: { track }, keptAt }: Layout): LastRow {
  const bytes = bytesOf(wasm);
  const kept = new Int32Array(bytes.buffer, keptAt, (2 * CELL_BYTES) / 4);
  const id = track.id === undefined ? undefined : cellText(bytes, kept, 0);
  const cursor = track.cursor === undefined ? undefined : cellText(bytes, kept, 1);
  return {
    ...(id === undefined ? {} : { id }),
    ...(cursor === undefined ? {} : { cursor: canonicalDatetime(cursor) ?? cursor }),
  };
}

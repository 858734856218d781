/** Names are read through many lookups: a record that several of them point to leaves once. */
import type { ConfiguredStream } from '../../airbyte/protocol.ts';
import { createIdSet } from './id-set.ts';
import type { Rework } from './stream-context.ts';

/**
 * Drops the lines of Ids seen before. It relies on `namesReading` putting the Id first into `data`; where Id was not
 * selected it is taken out again on the way.
 */
export function onlyFirstSeen(stream: ConfiguredStream): Rework {
  const seen = createIdSet();
  const idSelected = [...stream.properties].some(
    ([property, field]) => field === 'Id' || property.toLowerCase() === 'id',
  );
  return async function* ({ lines }) {
    const text = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
    const kept: Buffer[] = [];
    for (let start = 0; start < text.length;) {
      const end = text.indexOf(0x0a, start) + 1 || text.length;
      const line = text.subarray(start, end);
      const member = line.indexOf('"data":{') + '"data":{'.length;
      const idAt = line.indexOf(0x3a, member) + 2;
      if (seen.add(line, idAt)) kept.push(idSelected ? line : withoutFirst(line, member));
      start = end;
    }
    if (kept.length > 0) yield { lines: Buffer.concat(kept), recordCount: kept.length };
  };
}

function withoutFirst(line: Buffer, member: number): Buffer {
  const next = line.indexOf(0x2c, member) + 1;
  return Buffer.concat([line.subarray(0, member), line.subarray(next)]);
}

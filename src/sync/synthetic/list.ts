/** Every synthetic stream: a new one is a file in this room and a line here. */
import { names } from './names.ts';
import type { SyntheticStream } from './synthetic-stream.ts';

const SYNTHETIC_STREAMS: readonly SyntheticStream[] = [names];

/** The synthetic stream that offers and catalogs know by this name; undefined for every real object. */
export function syntheticOf(sobject: string | undefined): SyntheticStream | undefined {
  return SYNTHETIC_STREAMS.find((stream) => stream.sobject === sobject);
}

/** "No order without ORDER BY": rows leave in an order that nobody can rely on, the same one each time. */

/** The golden ratio's fractional part: a stride of it scatters neighbours as far as can be. */
const GOLDEN_RATIO = 0.618_033_988_749_895;

/**
 * Yields 0 … count - 1, each once, scattered: places that follow each other come far apart. Needs no memory, so that a
 * table of millions of rows can be read in the middle of its order.
 */
export function* scrambled(count: number): Generator<number> {
  const stride = coprimeNear(Math.floor(count * GOLDEN_RATIO), count);
  let at = Math.floor(count / 3);
  for (let left = count; left > 0; left -= 1) {
    yield at;
    at = (at + stride) % count;
  }
}

/** A stride without a common divisor with `count` visits every place before it comes back to the first. */
function coprimeNear(start: number, count: number): number {
  let stride = Math.max(1, start);
  while (divisor(stride, count) !== 1) stride += 1;
  return stride;
}

function divisor(one: number, other: number): number {
  return other === 0 ? one : divisor(other, one % other);
}

/**
 * Sixteen bytes at once, in two builds from one source: with the vectors of WebAssembly, which a processor without SSE4.1 and
 * an engine before 2021 lack, and without them by two words of eight bytes. Both give the same answers; the compiler leaves
 * the other branch out.
 */

const EACH: u64 = 0x0101010101010101;
const HIGH: u64 = 0x8080808080808080;

/** Copies sixteen bytes. */
export function copySixteen(from: usize, to: usize): void {
  if (ASC_FEATURE_SIMD) {
    v128.store(to, v128.load(from));
  } else {
    // Both are read before one is written, as by a vector.
    const second = load<u64>(from, 8);
    store<u64>(to, load<u64>(from));
    store<u64>(to, second, 8);
  }
}

/**
 * The lowest bit that is set says which of the sixteen bytes at `at` is the first `"`, `\` or control character; 0 where none
 * is. The bits above it mean nothing.
 */
export function specialBytes(at: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    const bytes = v128.load(at);
    const quotes = i8x16.eq(bytes, i8x16.splat(0x22));
    const backslashes = i8x16.eq(bytes, i8x16.splat(0x5c));
    // As "at most 1F", which takes two instructions on x64 where "below 20" takes four.
    const controls = i8x16.le_u(bytes, i8x16.splat(0x1f));
    return i8x16.bitmask(v128.or(v128.or(quotes, backslashes), controls));
  } else {
    const first = specials(load<u64>(at));
    if (first != 0) return 1 << i32(ctz(first) >> 3);
    const second = specials(load<u64>(at, 8));
    return second != 0 ? 0x100 << i32(ctz(second) >> 3) : 0;
  }
}

/** The high bit of each byte that needs a look. Above the first such byte there may be others that need none. */
function specials(word: u64): u64 {
  const quotes = word ^ (EACH * 0x22);
  const backslashes = word ^ (EACH * 0x5c);
  return (((quotes - EACH) & ~quotes) | ((backslashes - EACH) & ~backslashes) | ((word - EACH * 0x20) & ~word)) & HIGH;
}

/** Whether `length` bytes, at most 16, are the same at both places. */
export function sameBytes(one: usize, other: usize, length: usize): bool {
  if (ASC_FEATURE_SIMD) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(one), v128.load(other)));
    const wanted: i32 = (1 << (<i32>length)) - 1;
    return (same & wanted) == wanted;
  } else {
    const first = load<u64>(one) ^ load<u64>(other);
    if (length < 8) return (first & (((<u64>1) << (length << 3)) - 1)) == 0;
    const second = load<u64>(one, 8) ^ load<u64>(other, 8);
    return first == 0 && (length == 16 || (second & (((<u64>1) << ((length - 8) << 3)) - 1)) == 0);
  }
}

/**
 * Compares sixteen bytes with an example, given as two words: a byte may differ from it, by exclusive or, up to its slack.
 * For digits that is 9 against `0`; a slack of 7F and an example of 0 let any ASCII pass, FF any byte.
 */
export function fitsExample(at: usize, example: u64, slack: u64, nextExample: u64, nextSlack: u64): bool {
  if (ASC_FEATURE_SIMD) {
    const examples = i64x2.replace_lane(i64x2.splat(example), 1, nextExample);
    const slacks = i64x2.replace_lane(i64x2.splat(slack), 1, nextSlack);
    return !v128.any_true(i8x16.gt_u(v128.xor(v128.load(at), examples), slacks));
  } else {
    return wordFits(load<u64>(at), example, slack) && wordFits(load<u64>(at, 8), nextExample, nextSlack);
  }
}

/** Slacks are below 80, or FF: with 7F less the slack added, a byte above its slack reaches its high bit. */
function wordFits(word: u64, example: u64, slack: u64): bool {
  const anyByte = slack & HIGH;
  const difference = word ^ example;
  const above = ((difference & ~HIGH) + (~slack & ~HIGH)) | difference;
  return (above & HIGH & ~anyByte) == 0;
}

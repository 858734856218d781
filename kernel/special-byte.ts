/** The bytes that can't stand in a JSON string as they are. */

export const QUOTE: u32 = 0x22;
export const BACKSLASH: u32 = 0x5c;

/** One bit for each of the sixteen bytes at `at`, the first lowest: set for `"`, `\` and control characters. */
export function specialBytes(at: usize): i32 {
  const bytes = v128.load(at);
  const quotes = i8x16.eq(bytes, i8x16.splat(0x22));
  const backslashes = i8x16.eq(bytes, i8x16.splat(0x5c));
  const controls = i8x16.lt_u(bytes, i8x16.splat(0x20));
  return i8x16.bitmask(v128.or(v128.or(quotes, backslashes), controls));
}

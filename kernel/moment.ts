/** Dates, datetimes and times that pass as they stand, sixteen characters at once. */

/** `2020-10-22T21:03:23.000`, `2020-10-22`, `10:00:00.000`: the part that passes. */
export const DATETIME_BYTES: usize = 23;
export const DATE_BYTES: usize = 10;
export const TIME_BYTES: usize = 12;

/** Whether the bytes are `YYYY-MM-DDTHH:MM:SS.mmm` and then `Z` or `+0000`. */
export function isUtcDatetime(start: usize, end: usize): bool {
  const withZ = end - start == DATETIME_BYTES + 1;
  if (!withZ && end - start != DATETIME_BYTES + 5) return false;
  const minutes = fits(
    start, // 0000-00-00T00:00
    i8x16(0x30, 0x30, 0x30, 0x30, 0x2d, 0x30, 0x30, 0x2d, 0x30, 0x30, 0x54, 0x30, 0x30, 0x3a, 0x30, 0x30),
    i8x16(9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9),
  );
  if (!minutes) return false;
  if (withZ)
    return fits(
      start + 16, // :00.000Z
      i8x16(0x3a, 0x30, 0x30, 0x2e, 0x30, 0x30, 0x30, 0x5a, 0, 0, 0, 0, 0, 0, 0, 0),
      i8x16(0, 9, 9, 0, 9, 9, 9, 0, -1, -1, -1, -1, -1, -1, -1, -1),
    );
  return fits(
    start + 16, // :00.000+0000
    i8x16(0x3a, 0x30, 0x30, 0x2e, 0x30, 0x30, 0x30, 0x2b, 0x30, 0x30, 0x30, 0x30, 0, 0, 0, 0),
    i8x16(0, 9, 9, 0, 9, 9, 9, 0, 0, 0, 0, 0, -1, -1, -1, -1),
  );
}

/** Whether the bytes are `YYYY-MM-DD`. */
export function isDate(start: usize, end: usize): bool {
  return (
    end - start == DATE_BYTES &&
    fits(
      start, // 0000-00-00
      i8x16(0x30, 0x30, 0x30, 0x30, 0x2d, 0x30, 0x30, 0x2d, 0x30, 0x30, 0, 0, 0, 0, 0, 0),
      i8x16(9, 9, 9, 9, 0, 9, 9, 0, 9, 9, -1, -1, -1, -1, -1, -1),
    )
  );
}

/** Whether the bytes are `HH:MM:SS.mmmZ`. */
export function isUtcTime(start: usize, end: usize): bool {
  return (
    end - start == TIME_BYTES + 1 &&
    fits(
      start, // 00:00:00.000Z
      i8x16(0x30, 0x30, 0x3a, 0x30, 0x30, 0x3a, 0x30, 0x30, 0x2e, 0x30, 0x30, 0x30, 0x5a, 0, 0, 0),
      i8x16(9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 9, 0, -1, -1, -1),
    )
  );
}

/**
 * Compares sixteen bytes with an example: a byte may differ from it, by exclusive or, up to its slack. For the digits that
 * is 9 against `0`; -1 lets anything pass.
 */
function fits(at: usize, example: v128, slack: v128): bool {
  return !v128.any_true(i8x16.gt_u(v128.xor(v128.load(at), example), slack));
}

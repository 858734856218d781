/** Dates, datetimes and times that pass as they stand, sixteen characters at once, against examples as words of eight bytes (little-endian). */
import { fitsExample } from './vector.ts';

/** `2020-10-22T21:03:23.000`, `2020-10-22`, `10:00:00.000`: the part that passes. */
export const DATETIME_BYTES: usize = 23;
export const DATE_BYTES: usize = 10;
export const TIME_BYTES: usize = 12;

/** Whether the bytes are `YYYY-MM-DDTHH:MM:SS.mmm` and then `Z` or `+0000`. */
export function isUtcDatetime(start: usize, end: usize): bool {
  const withZ = end - start == DATETIME_BYTES + 1;
  if (!withZ && end - start != DATETIME_BYTES + 5) return false;
  const minutes = fitsExample(
    start,
    0x2d30302d30303030,
    0x0009090009090909,
    0x30303a3030543030,
    0x0909000909000909 /* 0000-00-00T00:00 */,
  );
  if (!minutes) return false;
  if (withZ)
    return fitsExample(
      start + 16,
      0x5a3030302e30303a,
      0x0009090900090900,
      0x0000000000000000,
      0xffffffffffffffff /* :00.000Z */,
    );
  return fitsExample(
    start + 16,
    0x2b3030302e30303a,
    0x0009090900090900,
    0x0000000030303030,
    0xffffffff00000000 /* :00.000+0000 */,
  );
}

/** Whether the bytes are `YYYY-MM-DD`. */
export function isDate(start: usize, end: usize): bool {
  return (
    end - start == DATE_BYTES &&
    fitsExample(start, 0x2d30302d30303030, 0x0009090009090909, 0x0000000000003030, 0xffffffffffff0909 /* 0000-00-00 */)
  );
}

/** Whether the bytes are `HH:MM:SS.mmmZ`. */
export function isUtcTime(start: usize, end: usize): bool {
  return (
    end - start == TIME_BYTES + 1 &&
    fitsExample(
      start,
      0x30303a30303a3030,
      0x0909000909000909,
      0x0000005a3030302e,
      0xffffff0009090900 /* 00:00:00.000Z */,
    )
  );
}

/** Numbers that pass as they stand. */

const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const POINT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const LOWER_E: u32 = 0x65;

/** Whether the bytes are a JSON number (RFC 8259, section 6). */
export function isNumber(start: usize, end: usize): bool {
  let at = afterWhole(start, end);
  if (at == start) return false;
  if (at < end && load<u8>(at) == POINT) {
    const digits = at + 1;
    at = afterDigits(digits, end);
    if (at == digits) return false;
  }
  if (at < end && (load<u8>(at) | 0x20) == LOWER_E) {
    at++;
    if (at < end && (load<u8>(at) == PLUS || load<u8>(at) == MINUS)) at++;
    const digits = at;
    at = afterDigits(digits, end);
    if (at == digits) return false;
  }
  return at == end;
}

/** Whether the bytes are a whole JSON number without fraction or exponent. */
export function isInteger(start: usize, end: usize): bool {
  return start < end && afterWhole(start, end) == end;
}

/** After sign and whole part; `start` where there is no valid whole part. */
function afterWhole(start: usize, end: usize): usize {
  const digits = load<u8>(start) == MINUS ? start + 1 : start;
  const at = afterDigits(digits, end);
  if (at == digits) return start;
  return load<u8>(digits) == ZERO && at > digits + 1 ? start : at;
}

function afterDigits(start: usize, end: usize): usize {
  let at = start;
  while (at < end && <u32>load<u8>(at) - ZERO < 10) at++;
  return at;
}

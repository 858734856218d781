/** Numbers as Salesforce writes them (`12`, `23.0`, `1.6147805824397E13`), and what is a JSON number and what is not. */

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;

/** Above it a whole number is no longer written out digit by digit; a Salesforce number has at most 18 digits, a double 309. */
const WHOLE_DIGITS_MAX = 400;

/** Whether the bytes are a JSON number (RFC 8259, section 6) as they stand. */
export function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = afterWhole(bytes, start, end);
  if (at === start) return false;
  if (at < end && bytes[at] === POINT) {
    const digits = at + 1;
    at = afterDigits(bytes, digits, end);
    if (at === digits) return false;
  }
  if (at < end && ((bytes[at] as number) | 0x20) === 0x65) {
    at++;
    if (at < end && (bytes[at] === PLUS || bytes[at] === MINUS)) at++;
    const digits = at;
    at = afterDigits(bytes, digits, end);
    if (at === digits) return false;
  }
  return at === end;
}

/** Whether the bytes are a whole JSON number without fraction or exponent. */
export function isInteger(bytes: Uint8Array, start: number, end: number): boolean {
  return start < end && afterWhole(bytes, start, end) === end;
}

/** Any decimal notation (`.5`, `+5`, `007`, `1.`) as a JSON number of the same digits; undefined for NaN, Infinity and junk. */
export function canonicalNumber(text: string): string | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  const head = `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '') || '0'}`;
  return `${head}${fraction === '' ? '' : `.${fraction}`}${exponent === undefined ? '' : `E${exponent}`}`;
}

/** A number whose value is whole (`5.0`, `1.2E3`) written as digits only; undefined for any other text. */
export function canonicalInteger(text: string): string | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(canonicalNumber(text) ?? '');
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point > WHOLE_DIGITS_MAX || /[1-9]/.test(digits.slice(Math.max(point, 0)))) return undefined;
  const integer = digits
    .slice(0, Math.max(point, 0))
    .padEnd(Math.max(point, 0), '0')
    .replace(/^0+(?=\d)/, '');
  return integer === '' || integer === '0' ? '0' : sign + integer;
}

/** Behind sign and whole part; `start` where there is no valid whole part. */
function afterWhole(bytes: Uint8Array, start: number, end: number): number {
  const digits = bytes[start] === MINUS ? start + 1 : start;
  const at = afterDigits(bytes, digits, end);
  if (at === digits) return start;
  return bytes[digits] === ZERO && at > digits + 1 ? start : at;
}

function afterDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && ((bytes[at] as number) - ZERO) >>> 0 < 10) at++;
  return at;
}

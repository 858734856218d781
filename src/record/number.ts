/** Numbers in notations that JSON does not have, or that a whole number must not have; all others pass in transcoder/number.ts. */

/** Above it a whole number is no longer written out digit by digit; a Salesforce number has at most 18 digits, a double 309. */
const WHOLE_DIGITS_MAX = 400;

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

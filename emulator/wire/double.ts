/** Numbers as Salesforce prints them: fields of type double, currency and percent come in Java's notation. */

/**
 * A double as `java.lang.Double.toString` writes it: `1234567.0`, `1.6147805824397E13`, `5.0E-4`.
 *
 * Salesforce prints double-typed fields so in REST, SOAP and Bulk ("works as designed", Help 000221617; a Bulk CSV with
 * `1.6147805824397E13` is recorded in forcedotcom/cli#3367). The digits are the shortest that read back as the same
 * double, which JavaScript's own conversion gives; only the notation differs: plain from 10^-3 up to below 10^7.
 */
export function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

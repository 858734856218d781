/** SOQL as text: SELECT statements and the literals in them (SOQL and SOSL Reference). */

export interface SelectStatement {
  /** Field names, paths such as `Who.Name`, or `COUNT()`. */
  readonly fields: readonly string[];
  readonly from: string;
  /** Conditions that all hold; each one is a whole condition, in brackets where it has an OR. */
  readonly where?: readonly string[];
  /** `Id`, `SystemModstamp`, `Id DESC`. */
  readonly orderBy?: readonly string[];
  readonly limit?: number;
}

/** The SELECT statement. Throws a RangeError without fields, which no query can be. */
export function select({ fields, from, where = [], orderBy = [], limit }: SelectStatement): string {
  if (fields.length === 0) throw new RangeError(`A query of ${from} needs at least one field`);
  const clauses = [`SELECT ${fields.join(',')} FROM ${from}`];
  if (where.length > 0) clauses.push(`WHERE ${where.join(' AND ')}`);
  if (orderBy.length > 0) clauses.push(`ORDER BY ${orderBy.join(',')}`);
  if (limit !== undefined) clauses.push(`LIMIT ${limit}`);
  return clauses.join(' ');
}

/**
 * A dateTime literal from ISO 8601 text, or epoch ms: UTC in whole seconds, `2020-10-22T21:03:23Z`, since Salesforce stores
 * no finer ones, and with `Z`, since a `+` would have to survive the URL. Throws a RangeError for what is no time.
 */
export function dateTimeLiteral(time: string | number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** A string literal; backslash, quotes and line ends are escaped as the reference asks ("Quoted String Escape Sequences"). */
export function quote(text: string): string {
  return `'${text.replaceAll(/[\\'"\n\r\t\b\f]/g, (char) => ESCAPES[char] ?? char)}'`;
}

/** `field IN ('a','b')`. Throws a RangeError for an empty list, which SOQL does not know. */
export function inList(field: string, values: readonly string[]): string {
  if (values.length === 0) throw new RangeError(`An IN list of ${field} needs at least one value`);
  return `${field} IN (${values.map(quote).join(',')})`;
}

/** Characters that the query takes in a URL, path and host not counted; the whole URI may have 16,384 bytes. */
export function urlLength(soql: string): number {
  return encodeQuery(soql).length;
}

/** The query as the value of `q`. Commas stay: URLs allow them there, and a wide field list has hundreds. */
export function encodeQuery(soql: string): string {
  return encodeURIComponent(soql).replaceAll('%2C', ',');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

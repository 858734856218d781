/** SQL of a part of a formula, and beside it when that part is an error. */
import type { Dialect } from './dialect.ts';
import type { Typed } from './typed.ts';

export interface Printed {
  readonly sql: string;
  /** A condition under which Salesforce shows `#Error!`, true or false and never null; absent where none can be. */
  readonly guard?: string | undefined;
  readonly isNull?: boolean;
  /** A number that is a decimal as it was written or stored, so that comparing needs no rounding. */
  readonly isExact?: boolean;
}

/** What the printers of functions get: the dialect, the parts and their trees, and the zone that dates are made in. */
export interface Printing {
  readonly dialect: Dialect;
  readonly zone: string;
  readonly node: Extract<Typed, { kind: 'call' }>;
  readonly parts: readonly Printed[];
}

export type Print = (printing: Printing) => Printed;

/** Any of the conditions; undefined where there is none. */
export function anyOf(...guards: readonly (string | undefined)[]): string | undefined {
  const there = guards.filter((guard) => guard !== undefined);
  return there.length > 1 ? `(${there.join(' OR ')})` : there[0];
}

export function allGuards(parts: readonly Printed[]): string | undefined {
  return anyOf(...parts.map(({ guard }) => guard));
}

/** A condition without a third answer. */
export function isTrue(sql: string): string {
  return sql === 'TRUE' || sql === 'FALSE' || /^COALESCE\([^()]*, FALSE\)$/.test(sql) ? sql : `COALESCE(${sql}, FALSE)`;
}

/** The result of a function whose parts are all needed. */
export function result({ parts }: Printing, sql: string, risk?: string): Printed {
  const guard = anyOf(allGuards(parts), risk === undefined ? undefined : isTrue(`(${risk})`));
  return guard === undefined ? { sql } : { sql, guard };
}

/** Salesforce has no empty text: what would be one is blank. */
export function orBlank(sql: string): string {
  return `NULLIF(${sql}, '')`;
}

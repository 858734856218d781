/** Arithmetic. What Salesforce shows as `#Error!` is told by the guard, and null in the value. */
import type { NumberFunction } from './dialect.ts';
import { FormulaProblem } from './formula-problem.ts';
import { result, type Print, type Printing } from './printed.ts';

/** Mean radius of the earth in Salesforce's DISTANCE. */
const EARTH = { mi: '3958.761', km: '6371.009' } as const;
/** The largest power of ten that Salesforce's numbers reach. */
const TENS_MAX = 38;

export const NUMBER_FUNCTIONS: Readonly<Record<string, Print>> = {
  add: binary('+'),
  subtract: binary('-'),
  multiply: binary('*'),
  negate: (printing) => result(printing, `(- ${part(printing, 0)})`),
  divide: (printing) =>
    result(
      printing,
      printing.dialect.divide(part(printing, 0), `NULLIF(${part(printing, 1)}, 0)`),
      `${part(printing, 1)} = 0`,
    ),
  POWER(printing) {
    const { dialect } = printing;
    const [base, exponent] = [part(printing, 0), part(printing, 1)];
    const tens = `(${exponent}) * ${dialect.function('log10', `NULLIF(${dialect.function('abs', base)}, 0)`)}`;
    const risk = `${exponent} <> ${dialect.truncate(exponent, '0')} OR (${base} = 0 AND ${exponent} < 0) OR ${tens} > ${TENS_MAX}`;
    return guarded(printing, risk, dialect.power(base, exponent));
  },
  MOD(printing) {
    const divisor = part(printing, 1);
    const value = printing.dialect.modulo(part(printing, 0), `NULLIF(${divisor}, 0)`);
    return result(printing, value, `${divisor} = 0`);
  },
  ABS: plain('abs'),
  SIN: plain('sin'),
  COS: plain('cos'),
  TAN: plain('tan'),
  ATAN: plain('atan'),
  ATAN2: (printing) => result(printing, printing.dialect.function('atan2', part(printing, 0), part(printing, 1))),
  PI: (printing) => result(printing, printing.dialect.function('pi')),
  SQRT: risky('sqrt', (value) => `${value} < 0`),
  LN: risky('ln', (value) => `${value} <= 0`),
  LOG: risky('log10', (value) => `${value} <= 0`),
  EXP: risky('exp', (value) => `${value} > 87`),
  ASIN: risky('asin', (value) => `${value} > 1 OR ${value} < -1`),
  ACOS: risky('acos', (value) => `${value} > 1 OR ${value} < -1`),
  ROUND: (printing) => result(printing, printing.dialect.round(part(printing, 0), digits(printing))),
  TRUNC: (printing) => result(printing, printing.dialect.truncate(part(printing, 0), digits(printing))),
  // Salesforce's CEILING goes away from zero and its FLOOR toward it; the mathematical ones have an M.
  CEILING: (printing) => result(printing, awayFromZero(printing, printing.dialect.ceiling)),
  FLOOR: (printing) => result(printing, awayFromZero(printing, printing.dialect.floor)),
  MCEILING: (printing) => result(printing, printing.dialect.ceiling(part(printing, 0))),
  MFLOOR: (printing) => result(printing, printing.dialect.floor(part(printing, 0))),
  MAX: (printing) => result(printing, printing.dialect.greatest(all(printing))),
  MIN: (printing) => result(printing, printing.dialect.least(all(printing))),
  GEOLOCATION(printing) {
    const [latitude, longitude] = [part(printing, 0), part(printing, 1)];
    const risk = `${latitude} > 90 OR ${latitude} < -90 OR ${longitude} > 180 OR ${longitude} < -180`;
    return result(printing, pointOf(latitude, longitude), risk);
  },
  DISTANCE: printDistance,
};

/** A number that is sure to be whole: the digits of ROUND are cut. */
function digits(printing: Printing): string {
  return printing.parts.length > 1 ? printing.dialect.integer(part(printing, 1)) : '0';
}

function part({ parts, dialect }: Printing, index: number): string {
  const { sql, isNull } = parts[index] ?? { sql: 'NULL', isNull: true };
  return isNull ? `CAST(NULL AS ${dialect.types.number})` : sql;
}

function all(printing: Printing): string[] {
  return printing.parts.map((_, index) => part(printing, index));
}

function binary(operator: string): Print {
  return (printing) => result(printing, `(${part(printing, 0)} ${operator} ${part(printing, 1)})`);
}

function plain(name: NumberFunction): Print {
  return (printing) => result(printing, printing.dialect.function(name, part(printing, 0)));
}

function risky(name: NumberFunction, risk: (value: string) => string): Print {
  return (printing) => {
    const value = part(printing, 0);
    const safe = `CASE WHEN ${risk(value)} THEN NULL ELSE ${value} END`;
    return result(printing, printing.dialect.function(name, safe), risk(value));
  };
}

function guarded(printing: Printing, risk: string, sql: string) {
  return result(printing, `CASE WHEN ${risk} THEN NULL ELSE ${sql} END`, risk);
}

function awayFromZero(printing: Printing, round: (value: string) => string): string {
  const value = part(printing, 0);
  const { dialect } = printing;
  return `(${dialect.function('sign', value)} * ${round(dialect.function('abs', value))})`;
}

/** A location is no value of SQL: the two expressions of its coordinates stand for it, in one text. */
export function pointOf(latitude: string, longitude: string): string {
  return `${latitude}\u0000${longitude}`;
}

/** The expressions of latitude and longitude. */
export function coordinatesOf(point: string): readonly [string, string] {
  const [latitude = 'NULL', longitude = 'NULL'] = point.split('\u0000');
  return [latitude, longitude];
}

/** The great circle between two points, by haversines. */
function printDistance(printing: Printing) {
  const { dialect, node } = printing;
  const unit = node.parts[2]?.kind === 'literal' ? node.parts[2].text : '';
  if (unit !== 'mi' && unit !== 'km') throw new FormulaProblem("DISTANCE takes 'mi' or 'km'");
  const [one, other] = printing.parts.map(({ sql }) => coordinatesOf(sql));
  const [[lat1, lon1], [lat2, lon2]] = [one ?? ['NULL', 'NULL'], other ?? ['NULL', 'NULL']];
  const radians = (degrees: string) => `(${degrees}) * ${dialect.function('pi')} / 180`;
  const half = (one: string, other: string) => dialect.function('sin', `(${radians(`(${one}) - (${other})`)}) / 2`);
  const square = (value: string) => `(${value} * ${value})`;
  const cosines = `${dialect.function('cos', radians(lat1))} * ${dialect.function('cos', radians(lat2))}`;
  const haversine = `${square(half(lat1, lat2))} + ${cosines} * ${square(half(lon1, lon2))}`;
  const arc = dialect.function('asin', dialect.function('sqrt', dialect.least([dialect.number('1'), haversine])));
  const known = [lat1, lon1, lat2, lon2].map((value) => `${value} IS NOT NULL`).join(' AND ');
  return result(printing, `CASE WHEN ${known} THEN 2 * ${EARTH[unit]} * ${arc} END`);
}

/** What a warehouse's SQL has for the things that formulas do. Everything takes and gives SQL text. */
import type { FormulaType } from './formula-type.ts';

/** Types that an expression may have where its blank must have one. A time is a number of milliseconds since midnight. */
export type PlainType = 'number' | 'text' | 'boolean' | 'date' | 'datetime' | 'time';

/**
 * No expression may raise an error whatever its parts are: engines evaluate branches that are not taken. Where an argument
 * is out of reach (a day that no month has), the result is null. Null goes through, unless said otherwise.
 */
export interface Dialect {
  readonly name: DialectName;
  readonly types: Readonly<Record<PlainType, string>>;
  quote(name: string): string;
  text(value: string): string;
  number(literal: string): string;
  /** The stored value in the form that expressions work on: numbers exact or double, datetimes in UTC without a zone. */
  field(type: FormulaType, column: string): string;
  /** A datetime in UTC, or milliseconds since midnight, in the type that a column of the warehouse has. */
  result(type: PlainType, sql: string): string;

  divide(dividend: string, divisor: string): string;
  /** `exponent` is a whole number. */
  power(base: string, exponent: string): string;
  modulo(dividend: string, divisor: string): string;
  /** Half away from zero, as decimals are rounded; `digits` is whole and may be negative. */
  round(value: string, digits: string): string;
  truncate(value: string, digits: string): string;
  /** Towards infinity; what a double adds to a whole number in its last digits does not count. */
  ceiling(value: string): string;
  floor(value: string): string;
  /** Two values that are the same decimal are equal. */
  comparable(value: string): string;
  function(name: NumberFunction, ...values: readonly string[]): string;
  /** Nulls do not count. */
  greatest(values: readonly string[]): string;
  least(values: readonly string[]): string;
  /** A whole number, for functions that want one: cut toward zero, and within two thousand millions. */
  integer(value: string): string;
  /** Plain decimal, without an exponent and without zeros at its end. */
  textOfNumber(value: string): string;
  /** Null where the text is none. */
  numberOfText(text: string): string;

  length(text: string): string;
  left(text: string, count: string): string;
  right(text: string, count: string): string;
  /** From a place, counted from 1; `count` may be missing. */
  substring(text: string, start: string, count?: string): string;
  /** Counted from 1; 0 where it is not in there. */
  position(text: string, part: string): string;
  replace(text: string, old: string, put: string): string;
  trim(text: string): string;
  upper(text: string): string;
  lower(text: string): string;
  pad(side: 'l' | 'r', text: string, length: string, fill: string): string;
  /** Whether the whole text fits a pattern of the plain kind that all dialects know. */
  matches(text: string, pattern: string): string;
  /** Order of characters, upper before lower. */
  binary(text: string): string;
  code(text: string): string;
  character(code: string): string;
  reverse(text: string): string;
  /** Undefined where the dialect has none. */
  capitalise?(text: string): string;

  /** Null where there is no such day. */
  date(year: string, month: string, day: string): string;
  dateOfText(text: string): string;
  datetimeOfText(text: string): string;
  millisOfText(text: string): string;
  dateOfDatetime(datetime: string, zone: string): string;
  datetimeOfDate(date: string): string;
  /** Milliseconds since midnight, UTC. */
  millisOfDatetime(datetime: string): string;
  /** Seconds since 1970, with decimals. */
  secondsOfDatetime(datetime: string): string;
  datetimeOfSeconds(seconds: string): string;
  addDays(date: string, days: string): string;
  addSeconds(datetime: string, seconds: string): string;
  addMonths(type: 'date' | 'datetime', moment: string, months: string): string;
  daysBetween(later: string, earlier: string): string;
  part(name: DatePart, date: string): string;
  textOfDate(date: string): string;
  textOfDatetime(datetime: string): string;
  today(zone: string): string;
  now(): string;
}

export type DialectName = 'duckdb' | 'postgres' | 'snowflake' | 'bigquery';
/** `weekday` counts from Sunday, 1. */
export type DatePart = 'year' | 'month' | 'day' | 'weekday' | 'dayOfYear' | 'isoWeek' | 'isoYear';
export type NumberFunction =
  | 'abs'
  | 'sign'
  | 'sqrt'
  | 'exp'
  | 'ln'
  | 'log10'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'atan2'
  | 'pi';

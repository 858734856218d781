/**
 * PostgreSQL 13 or later. Numbers are `numeric`, exact as Salesforce's own. It has no casts that give null for what they can't
 * read, and computes constant parts of branches beforehand, so arguments are brought into reach where they stand.
 */
import type { DatePart, Dialect } from './dialect.ts';
import { likeMost } from './sql-standard.ts';

/** Days and months are moved by no more than these; Salesforce's years end at 4000 and PostgreSQL's far later. */
const DAYS_MAX = 2_000_000;
const MONTHS_MAX = 60_000;

const PARTS: Readonly<Record<DatePart, string>> = {
  year: 'YEAR',
  month: 'MONTH',
  day: 'DAY',
  weekday: 'DOW',
  dayOfYear: 'DOY',
  isoWeek: 'WEEK',
  isoYear: 'ISOYEAR',
};

/** Between bounds; null stays null, where LEAST and GREATEST would give the bound. */
function within(value: string, least: number, most: number): string {
  return `(CASE WHEN ${value} IS NULL THEN NULL ELSE LEAST(GREATEST(${value}, ${least}), ${most}) END)`;
}

/** `inner` with `y`, `m` and `d` bound to what is asked for: each stands there several times and is written once. */
function withDay(year: string, month: string, day: string, inner: string): string {
  return `(SELECT ${inner} FROM (SELECT ${year} AS y, ${month} AS m, ${day} AS d) AS asked)`;
}

const DAYS_OF_MONTH =
  'CASE WHEN m IN (4, 6, 9, 11) THEN 30 WHEN m <> 2 THEN 31 WHEN (y % 4 = 0 AND y % 100 <> 0) OR y % 400 = 0 THEN 29 ELSE 28 END';
const IS_DAY = `y BETWEEN 1 AND 9999 AND m BETWEEN 1 AND 12 AND d BETWEEN 1 AND ${DAYS_OF_MONTH}`;
const MADE_DAY =
  'make_date(LEAST(GREATEST(y, 1), 9999)::int, LEAST(GREATEST(m, 1), 12)::int, LEAST(GREATEST(d, 1), CASE WHEN ' +
  `${IS_DAY} THEN 31 ELSE 28 END)::int)`;

function dateOfParts(year: string, month: string, day: string): string {
  return withDay(year, month, day, `CASE WHEN ${IS_DAY} THEN ${MADE_DAY} END`);
}

/** A number out of a text that may not have it. */
function numberAt(text: string, separators: string, index: number): string {
  return `NULLIF((regexp_split_to_array(${text}, '${separators}'))[${index}], '')::numeric`;
}

function dateAt(text: string): string {
  const at = (index: number) => numberAt(text, '[- :]', index);
  return dateOfParts(at(1), at(2), at(3));
}

/** Null where the clock has no such time. */
function clockMillis(hours: string, minutes: string, seconds: string): string {
  const inner = 'CASE WHEN h < 24 AND n < 60 AND s < 60 THEN h * 3600000 + n * 60000 + s * 1000 END';
  return `(SELECT ${inner} FROM (SELECT ${hours} AS h, ${minutes} AS n, ${seconds} AS s) AS asked)`;
}

export const POSTGRES: Dialect = {
  ...likeMost,
  name: 'postgres',
  types: { number: 'numeric', text: 'text', boolean: 'boolean', date: 'date', datetime: 'timestamp', time: 'numeric' },
  number: (literal) => `${literal}::numeric`,
  field(type, column) {
    switch (type) {
      case 'number':
        return `${column}::numeric`;
      case 'boolean':
        return `COALESCE(${column}, FALSE)`;
      case 'date':
        return `${column}::date`;
      // The seconds since 1970 are the same for a timestamp in UTC and for one with a zone.
      case 'datetime':
        return `(timestamp '1970-01-01' + EXTRACT(EPOCH FROM ${column}) * interval '1 second')`;
      case 'time':
        return `trunc(EXTRACT(EPOCH FROM ${column}::time)::numeric * 1000)`;
      default:
        return `NULLIF(${column}::text, '')`;
    }
  },
  result: (type, sql) => (type === 'time' ? `(time '00:00' + (${sql}) * interval '1 millisecond')` : sql),
  divide: (dividend, divisor) => `(${dividend} / ${divisor})`,
  power: (base, exponent) =>
    `power(${base}, CASE WHEN ${base} = 0 AND ${exponent} < 0 THEN NULL ELSE trunc(${within(exponent, -400, 400)}) END)`,
  modulo: (dividend, divisor) => `mod((${dividend})::numeric, (${divisor})::numeric)`,
  round: (value, digits) => `round((${value})::numeric, ${digits})`,
  truncate: (value, digits) => `trunc((${value})::numeric, ${digits})`,
  ceiling: (value) => `ceil(round((${value})::numeric, 15))`,
  floor: (value) => `floor(round((${value})::numeric, 15))`,
  comparable: (value) => `(${value})`,
  function(name, ...values) {
    if (name === 'log10') return `log((${values[0]})::numeric)`;
    if (['abs', 'sign', 'sqrt', 'exp', 'ln'].includes(name)) return `${name}((${values[0]})::numeric)`;
    return `(${name}(${values.map((value) => `(${value})::float8`).join(', ')}))::numeric`;
  },
  integer: (value) => `trunc(${within(`(${value})::numeric`, -2_000_000_000, 2_000_000_000)})::int`,
  textOfNumber: (value) => `trim_scale((${value})::numeric)::text`,
  numberOfText: (text) => `(CASE WHEN length(${text}) < 100 THEN ${text} END)::numeric`,
  matches: (text, pattern) => `(${text} ~ '^(${pattern})$')`,
  binary: (text) => `(${text} COLLATE "C")`,
  length: (text) => `length(${text})::numeric`,
  left: (text, count) => `left(${text}, (${count})::int)`,
  right: (text, count) => `right(${text}, (${count})::int)`,
  substring: (text, start, count) =>
    `substr(${text}, (${start})::int${count === undefined ? '' : `, (${count})::int`})`,
  position: (text, part) => `strpos(${text}, ${part})::numeric`,
  pad: (side, text, length, fill) => `${side}pad(${text}, LEAST((${length})::int, 4000), ${fill})`,
  code: (text) => `ascii(NULLIF(${text}, ''))::numeric`,
  character: (code) => `chr((${code})::int)`,
  capitalise: (text) => `initcap(${text})`,
  date: dateOfParts,
  dateOfText: dateAt,
  datetimeOfText(text) {
    const at = (index: number) => numberAt(text, '[- :]', index);
    return `(${dateAt(text)} + ${clockMillis(at(4), at(5), at(6))} * interval '1 millisecond')`;
  },
  millisOfText(text) {
    const at = (index: number) => numberAt(text, ':', index);
    return clockMillis(at(1), at(2), at(3));
  },
  dateOfDatetime: (datetime, zone) => `((${datetime} AT TIME ZONE 'UTC') AT TIME ZONE ${zone})::date`,
  datetimeOfDate: (date) => `(${date})::timestamp`,
  millisOfDatetime: (datetime) => `trunc(EXTRACT(EPOCH FROM (${datetime})::time)::numeric * 1000)`,
  secondsOfDatetime: (datetime) => `EXTRACT(EPOCH FROM ${datetime})::numeric`,
  datetimeOfSeconds: (seconds) =>
    `(timestamp '1970-01-01' + ${within(seconds, -100_000_000_000, 200_000_000_000)} * interval '1 second')`,
  addDays: (date, days) => `(${date} + ${within(days, -DAYS_MAX, DAYS_MAX)})::date`,
  addSeconds: (datetime, seconds) =>
    `(${datetime} + ${within(seconds, -DAYS_MAX * 86_400, DAYS_MAX * 86_400)} * interval '1 second')`,
  addMonths(type, moment, months) {
    const moved = `(${moment} + ${within(months, -MONTHS_MAX, MONTHS_MAX)} * interval '1 month')`;
    const isLast = `EXTRACT(MONTH FROM ${moment} + interval '1 day') <> EXTRACT(MONTH FROM ${moment})`;
    const last = `(date_trunc('month', ${moved}) + interval '1 month - 1 day')::date`;
    const atEnd = type === 'date' ? last : `(${last} + (${moment})::time)`;
    return `CASE WHEN ${isLast} THEN ${atEnd} ELSE ${moved}${type === 'date' ? '::date' : ''} END`;
  },
  daysBetween: (later, earlier) => `(${later} - ${earlier})::numeric`,
  part: (name, date) => `(EXTRACT(${PARTS[name]} FROM ${date})::numeric${name === 'weekday' ? ' + 1' : ''})`,
  textOfDate: (date) => `to_char(${date}, 'YYYY-MM-DD')`,
  textOfDatetime: (datetime) => `to_char(${datetime}, 'YYYY-MM-DD HH24:MI:SS')`,
  today: (zone) => `(now() AT TIME ZONE ${zone})::date`,
  now: () => `date_trunc('second', now() AT TIME ZONE 'UTC')`,
};

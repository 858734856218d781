/** BigQuery. Numbers are BIGNUMERIC, with 38 digits on each side of the point. */
import type { DatePart, Dialect } from './dialect.ts';
import { likeMost } from './sql-standard.ts';

const PARTS: Readonly<Record<DatePart, string>> = {
  year: 'YEAR',
  month: 'MONTH',
  day: 'DAY',
  weekday: 'DAYOFWEEK',
  dayOfYear: 'DAYOFYEAR',
  isoWeek: 'ISOWEEK',
  isoYear: 'ISOYEAR',
};

function whole(value: string): string {
  return `SAFE_CAST(TRUNC(${value}) AS INT64)`;
}

function big(value: string): string {
  return `CAST(${value} AS BIGNUMERIC)`;
}

const FLOATS = new Set(['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2']);

export const BIGQUERY: Dialect = {
  ...likeMost,
  name: 'bigquery',
  types: {
    number: 'BIGNUMERIC',
    text: 'STRING',
    boolean: 'BOOL',
    date: 'DATE',
    datetime: 'TIMESTAMP',
    time: 'BIGNUMERIC',
  },
  quote: (name) => `\`${name.replaceAll('`', '')}\``,
  text: (value) =>
    `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`,
  number: (literal) => `BIGNUMERIC '${literal}'`,
  field(type, column) {
    switch (type) {
      case 'number':
        return big(column);
      case 'boolean':
        return `COALESCE(${column}, FALSE)`;
      case 'date':
        return `CAST(${column} AS DATE)`;
      case 'datetime':
        return `CAST(${column} AS TIMESTAMP)`;
      case 'time':
        return big(`TIME_DIFF(CAST(${column} AS TIME), TIME '00:00:00', MILLISECOND)`);
      default:
        return `NULLIF(CAST(${column} AS STRING), '')`;
    }
  },
  result: (type, sql) =>
    type === 'time' ? `TIME_ADD(TIME '00:00:00', INTERVAL CAST(${sql} AS INT64) MILLISECOND)` : sql,
  divide: (dividend, divisor) => `(${big(dividend)} / ${big(divisor)})`,
  power: (base, exponent) => `SAFE.POW(${base}, ${exponent})`,
  modulo: (dividend, divisor) => `MOD(${big(dividend)}, ${big(divisor)})`,
  round: (value, digits) => `ROUND(${big(value)}, ${digits})`,
  truncate: (value, digits) => `TRUNC(${big(value)}, ${digits})`,
  ceiling: (value) => `CEIL(ROUND(${big(value)}, 30))`,
  floor: (value) => `FLOOR(ROUND(${big(value)}, 30))`,
  comparable: (value) => value,
  function(name, ...values) {
    if (name === 'pi') return big('ACOS(-1)');
    if (name === 'log10') return `LOG10(${values[0]})`;
    if (FLOATS.has(name)) {
      return big(`${name.toUpperCase()}(${values.map((value) => `CAST(${value} AS FLOAT64)`).join(', ')})`);
    }
    return `${name.toUpperCase()}(${values.map(big).join(', ')})`;
  },
  greatest: (values) =>
    values.length === 1 ? `${values[0]}` : `(SELECT MAX(each) FROM UNNEST([${values.join(', ')}]) AS each)`,
  least: (values) =>
    values.length === 1 ? `${values[0]}` : `(SELECT MIN(each) FROM UNNEST([${values.join(', ')}]) AS each)`,
  integer: whole,
  textOfNumber: (value) => `CAST(${big(value)} AS STRING)`,
  numberOfText: (text) => `SAFE_CAST(${text} AS BIGNUMERIC)`,
  length: (text) => big(`CHAR_LENGTH(${text})`),
  left: (text, count) => `LEFT(${text}, ${whole(count)})`,
  right: (text, count) => `RIGHT(${text}, ${whole(count)})`,
  substring: (text, start, count) =>
    `SUBSTR(${text}, ${whole(start)}${count === undefined ? '' : `, ${whole(count)}`})`,
  position: (text, part) => big(`STRPOS(${text}, ${part})`),
  pad: (side, text, length, fill) => `${side.toUpperCase()}PAD(${text}, ${whole(length)}, NULLIF(${fill}, ''))`,
  matches: (text, pattern) => `REGEXP_CONTAINS(${text}, r'^(?:${pattern})$')`,
  code: (text) => big(`UNICODE(NULLIF(${text}, ''))`),
  character: (code) => `CODE_POINTS_TO_STRING([${whole(code)}])`,
  capitalise: (text) => `INITCAP(${text})`,
  date: (year, month, day) => `SAFE_CAST(FORMAT('%04d-%02d-%02d', ${year}, ${month}, ${day}) AS DATE)`,
  dateOfText: (text) => `SAFE.PARSE_DATE('%Y-%m-%d', ${text})`,
  datetimeOfText: (text) => `SAFE.PARSE_TIMESTAMP('%Y-%m-%d %H:%M:%S', ${text})`,
  millisOfText: (text) => big(`TIME_DIFF(SAFE.PARSE_TIME('%H:%M:%E*S', ${text}), TIME '00:00:00', MILLISECOND)`),
  dateOfDatetime: (datetime, zone) => `DATE(${datetime}, ${zone})`,
  datetimeOfDate: (date) => `TIMESTAMP(${date})`,
  millisOfDatetime: (datetime) => big(`TIME_DIFF(EXTRACT(TIME FROM ${datetime}), TIME '00:00:00', MILLISECOND)`),
  secondsOfDatetime: (datetime) => `(${big(`UNIX_MICROS(${datetime})`)} / 1000000)`,
  datetimeOfSeconds: (seconds) => `SAFE.TIMESTAMP_MICROS(SAFE_CAST(${seconds} * 1000000 AS INT64))`,
  addDays: (date, days) => `SAFE.DATE_ADD(${date}, INTERVAL ${days} DAY)`,
  addSeconds: (datetime, seconds) => `SAFE.TIMESTAMP_ADD(${datetime}, INTERVAL SAFE_CAST(${seconds} AS INT64) SECOND)`,
  addMonths(type, moment, months) {
    const date = type === 'date' ? moment : `DATE(${moment}, 'UTC')`;
    const moved = `SAFE.DATE_ADD(${date}, INTERVAL ${months} MONTH)`;
    const end = `CASE WHEN ${date} = LAST_DAY(${date}) THEN LAST_DAY(${moved}) ELSE ${moved} END`;
    return type === 'date' ? end : `TIMESTAMP(DATETIME(${end}, EXTRACT(TIME FROM ${moment})), 'UTC')`;
  },
  daysBetween: (later, earlier) => big(`DATE_DIFF(${later}, ${earlier}, DAY)`),
  part: (name, date) => big(`EXTRACT(${PARTS[name]} FROM ${date})`),
  textOfDate: (date) => `FORMAT_DATE('%F', ${date})`,
  textOfDatetime: (datetime) => `FORMAT_TIMESTAMP('%F %T', ${datetime}, 'UTC')`,
  today: (zone) => `CURRENT_DATE(${zone})`,
  now: () => 'TIMESTAMP_TRUNC(CURRENT_TIMESTAMP(), SECOND)',
};

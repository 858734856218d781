/** Snowflake. Numbers are FLOAT, brought to 15 significant digits where they are compared, rounded or shown. */
import type { DatePart, Dialect } from './dialect.ts';
import { likeMost } from './sql-standard.ts';

/** What a NUMBER holds before and behind its point; a double is sure of 15 digits together. */
const DECIMAL = 'NUMBER(38, 12)';

const PARTS: Readonly<Record<DatePart, (date: string) => string>> = {
  year: (date) => `YEAR(${date})`,
  month: (date) => `MONTH(${date})`,
  day: (date) => `DAY(${date})`,
  // DAYOFWEEK depends on a parameter of the session.
  weekday: (date) => `(MOD(DAYOFWEEKISO(${date}), 7) + 1)`,
  dayOfYear: (date) => `DAYOFYEAR(${date})`,
  isoWeek: (date) => `WEEKISO(${date})`,
  isoYear: (date) => `YEAROFWEEKISO(${date})`,
};

function decimal(value: string): string {
  return `TRY_CAST(TO_VARCHAR(${value}) AS ${DECIMAL})`;
}

export const SNOWFLAKE: Dialect = {
  ...likeMost,
  name: 'snowflake',
  types: {
    number: 'FLOAT',
    text: 'VARCHAR',
    boolean: 'BOOLEAN',
    date: 'DATE',
    datetime: 'TIMESTAMP_NTZ',
    time: 'FLOAT',
  },
  text: (value) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  number: (literal) => `CAST(${literal} AS FLOAT)`,
  field(type, column) {
    switch (type) {
      case 'number':
        return `CAST(${column} AS FLOAT)`;
      case 'boolean':
        return `COALESCE(${column}, FALSE)`;
      case 'date':
        return `CAST(${column} AS DATE)`;
      // A column with a zone; one without is taken to be in the zone of the session, as everywhere in Snowflake.
      case 'datetime':
        return `CAST(CONVERT_TIMEZONE('UTC', ${column}) AS TIMESTAMP_NTZ)`;
      case 'time':
        return `CAST(DATEDIFF('millisecond', CAST('00:00:00' AS TIME), CAST(${column} AS TIME)) AS FLOAT)`;
      default:
        return `NULLIF(CAST(${column} AS VARCHAR), '')`;
    }
  },
  result: (type, sql) =>
    type === 'time' ? `TIMEADD('millisecond', CAST(${sql} AS INTEGER), CAST('00:00:00' AS TIME))` : sql,
  divide: (dividend, divisor) => `(${dividend} / ${divisor})`,
  power: (base, exponent) => `POWER(${base}, ${exponent})`,
  modulo: (dividend, divisor) => `MOD(${decimal(dividend)}, ${decimal(divisor)})`,
  round: (value, digits) => `ROUND(${decimal(value)}, ${digits})`,
  truncate: (value, digits) => `TRUNC(${decimal(value)}, ${digits})`,
  ceiling: (value) => `CEIL(${decimal(value)})`,
  floor: (value) => `FLOOR(${decimal(value)})`,
  comparable: decimal,
  function: (name, ...values) =>
    name === 'log10' ? `LOG(10, ${values[0]})` : `${name.toUpperCase()}(${values.join(', ')})`,
  greatest: (values) => (values.length === 1 ? `${values[0]}` : `GREATEST_IGNORE_NULLS(${values.join(', ')})`),
  least: (values) => (values.length === 1 ? `${values[0]}` : `LEAST_IGNORE_NULLS(${values.join(', ')})`),
  integer: (value) => `TRUNC(${decimal(value)})`,
  textOfNumber: (value) =>
    `REGEXP_REPLACE(REGEXP_REPLACE(TO_VARCHAR(${decimal(value)}), '([.][0-9]*[1-9])0+$', '\\\\1'), '[.]0*$', '')`,
  numberOfText: (text) => `TRY_CAST(${text} AS FLOAT)`,
  position: (text, part) => `CHARINDEX(${part}, ${text})`,
  matches: (text, pattern) => `REGEXP_LIKE(${text}, '${pattern}')`,
  code: (text) => `UNICODE(NULLIF(${text}, ''))`,
  character: (code) => `CHR(${code})`,
  capitalise: (text) => `INITCAP(${text})`,
  // DATE_FROM_PARTS would roll 30 February over into March.
  date: (year, month, day) =>
    `TRY_TO_DATE(LPAD(TO_VARCHAR(${year}), 4, '0') || '-' || TO_VARCHAR(${month}) || '-' || TO_VARCHAR(${day}), 'YYYY-MM-DD')`,
  dateOfText: (text) => `TRY_TO_DATE(${text}, 'YYYY-MM-DD')`,
  datetimeOfText: (text) => `TRY_TO_TIMESTAMP_NTZ(${text}, 'YYYY-MM-DD HH24:MI:SS')`,
  millisOfText: (text) =>
    `CAST(DATEDIFF('millisecond', CAST('00:00:00' AS TIME), TRY_TO_TIME(${text}, 'HH24:MI:SS.FF3')) AS FLOAT)`,
  dateOfDatetime: (datetime, zone) => `CAST(CONVERT_TIMEZONE('UTC', ${zone}, ${datetime}) AS DATE)`,
  datetimeOfDate: (date) => `CAST(${date} AS TIMESTAMP_NTZ)`,
  millisOfDatetime: (datetime) =>
    `CAST(DATEDIFF('millisecond', CAST('00:00:00' AS TIME), CAST(${datetime} AS TIME)) AS FLOAT)`,
  secondsOfDatetime: (datetime) => `(DATE_PART('epoch_millisecond', ${datetime}) / 1000)`,
  datetimeOfSeconds: (seconds) =>
    `DATEADD('millisecond', CAST(${seconds} * 1000 AS INTEGER), CAST('1970-01-01' AS TIMESTAMP_NTZ))`,
  addDays: (date, days) => `CAST(DATEADD('day', ${days}, ${date}) AS DATE)`,
  addSeconds: (datetime, seconds) => `DATEADD('second', ${seconds}, ${datetime})`,
  // Snowflake's own keeps the last day of a month the last day.
  addMonths: (_type, moment, months) => `ADD_MONTHS(${moment}, ${months})`,
  daysBetween: (later, earlier) => `DATEDIFF('day', ${earlier}, ${later})`,
  part: (name, date) => PARTS[name](date),
  textOfDate: (date) => `TO_CHAR(${date}, 'YYYY-MM-DD')`,
  textOfDatetime: (datetime) => `TO_CHAR(${datetime}, 'YYYY-MM-DD HH24:MI:SS')`,
  today: (zone) => `CAST(CONVERT_TIMEZONE(${zone}, CURRENT_TIMESTAMP()) AS DATE)`,
  now: () => `DATE_TRUNC('second', CAST(CONVERT_TIMEZONE('UTC', CURRENT_TIMESTAMP()) AS TIMESTAMP_NTZ))`,
};

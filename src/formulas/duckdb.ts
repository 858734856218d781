/**
 * DuckDB. It has no decimal of sufficient range, so numbers are doubles, and what is compared, rounded or shown as text is
 * first brought to the 15 significant digits that a double is sure of: so 12.345 rounds as the decimal that it was written as.
 */
import type { DatePart, Dialect } from './dialect.ts';
import { likeMost } from './sql-standard.ts';

/** A double as the decimal that it stands for. */
function settled(value: string): string {
  return `CAST(format('{:.15g}', CAST(${value} AS DOUBLE)) AS DOUBLE)`;
}

const PARTS: Readonly<Record<DatePart, (date: string) => string>> = {
  year: (date) => `year(${date})`,
  month: (date) => `month(${date})`,
  day: (date) => `day(${date})`,
  weekday: (date) => `(dayofweek(${date}) + 1)`,
  dayOfYear: (date) => `dayofyear(${date})`,
  isoWeek: (date) => `week(${date})`,
  isoYear: (date) => `isoyear(${date})`,
};

export const DUCKDB: Dialect = {
  ...likeMost,
  name: 'duckdb',
  types: { number: 'DOUBLE', text: 'VARCHAR', boolean: 'BOOLEAN', date: 'DATE', datetime: 'TIMESTAMP', time: 'DOUBLE' },
  number: (literal) => `CAST(${literal} AS DOUBLE)`,
  field(type, column) {
    switch (type) {
      case 'number':
        return `CAST(${column} AS DOUBLE)`;
      case 'boolean':
        return `COALESCE(${column}, FALSE)`;
      case 'date':
        return `CAST(${column} AS DATE)`;
      // The same instant for a TIMESTAMP in UTC and for a TIMESTAMPTZ, whatever the session's zone.
      case 'datetime':
        return `make_timestamp(epoch_us(${column}))`;
      case 'time':
        return `CAST(epoch_ms(CAST(regexp_replace(CAST(${column} AS VARCHAR), '(Z|[-+][0-9:]+)$', '') AS TIME)) AS DOUBLE)`;
      default:
        return `NULLIF(CAST(${column} AS VARCHAR), '')`;
    }
  },
  result: (type, sql) => (type === 'time' ? `(TIME '00:00:00' + to_milliseconds(CAST(${sql} AS BIGINT)))` : sql),
  divide: (dividend, divisor) => `(${dividend} / ${divisor})`,
  power: (base, exponent) => `pow(${base}, ${exponent})`,
  modulo: (dividend, divisor) =>
    settled(`(${dividend} - (${divisor}) * trunc(${settled(`(${dividend}) / (${divisor})`)}))`),
  // From 10^12 on a double has too few digits left for the detour; what it has is kept.
  round: (value, digits) =>
    `(CASE WHEN abs(${value}) < 1e12 THEN ${settled(`(round(${settled(`(${value}) * pow(10, ${digits})`)}) / pow(10, ${digits}))`)} ELSE round(CAST(${value} AS DOUBLE), ${digits}) END)`,
  truncate: (value, digits) => settled(`(trunc(${settled(`(${value}) * pow(10, ${digits})`)}) / pow(10, ${digits}))`),
  ceiling: (value) => `ceil(${settled(value)})`,
  floor: (value) => `floor(${settled(value)})`,
  comparable: settled,
  integer: (value) => `TRY_CAST(trunc(${settled(value)}) AS INTEGER)`,
  textOfNumber: (value) =>
    `regexp_replace(regexp_replace(CAST(TRY_CAST(format('{:.15g}', CAST(${value} AS DOUBLE)) AS DECIMAL(38, 15)) AS VARCHAR), '([.][0-9]*?)0+$', '\\1'), '[.]$', '')`,
  numberOfText: (text) => `TRY_CAST(${text} AS DOUBLE)`,
  matches: (text, pattern) => `regexp_full_match(${text}, '${pattern}')`,
  code: (text) => `unicode(NULLIF(${text}, ''))`,
  character: (code) => `chr(${code})`,
  date: (year, month, day) =>
    `CASE WHEN ${year} BETWEEN 1 AND 9999 THEN TRY_CAST(printf('%04d-%02d-%02d', ${year}, ${month}, ${day}) AS DATE) END`,
  dateOfText: (text) => `CAST(try_strptime(${text}, '%Y-%m-%d') AS DATE)`,
  datetimeOfText: (text) => `try_strptime(${text}, '%Y-%m-%d %H:%M:%S')`,
  millisOfText: (text) => `CAST(epoch_ms(TRY_CAST(${text} AS TIME)) AS DOUBLE)`,
  dateOfDatetime: (datetime, zone) =>
    zone === "'UTC'" ? `CAST(${datetime} AS DATE)` : `CAST(timezone(${zone}, timezone('UTC', ${datetime})) AS DATE)`,
  datetimeOfDate: (date) => `CAST(${date} AS TIMESTAMP)`,
  millisOfDatetime: (datetime) => `CAST(epoch_ms(CAST(${datetime} AS TIME)) AS DOUBLE)`,
  secondsOfDatetime: (datetime) => `epoch(${datetime})`,
  datetimeOfSeconds: (seconds) => `TRY(make_timestamp(CAST(${seconds} * 1000000 AS BIGINT)))`,
  addDays: (date, days) => `TRY(CAST(${date} + to_days(${days}) AS DATE))`,
  addSeconds: (datetime, seconds) => `TRY(${datetime} + to_seconds(${seconds}))`,
  addMonths(type, moment, months) {
    const date = type === 'date' ? moment : `CAST(${moment} AS DATE)`;
    const moved = `TRY(${moment} + to_months(${months}))`;
    const last = `last_day(CAST(${moved} AS DATE))`;
    const atEnd = type === 'date' ? last : `(${last} + CAST(${moment} AS TIME))`;
    return `CASE WHEN ${date} = last_day(${date}) THEN ${atEnd} ELSE ${type === 'date' ? `CAST(${moved} AS DATE)` : moved} END`;
  },
  daysBetween: (later, earlier) => `CAST(${later} - ${earlier} AS DOUBLE)`,
  part: (name, date) => PARTS[name](date),
  textOfDate: (date) => `strftime(${date}, '%Y-%m-%d')`,
  textOfDatetime: (datetime) => `strftime(${datetime}, '%Y-%m-%d %H:%M:%S')`,
  today: (zone) =>
    zone === "'UTC'" ? 'CAST(make_timestamp(epoch_us(now())) AS DATE)' : `CAST(timezone(${zone}, now()) AS DATE)`,
  now: () => `date_trunc('second', make_timestamp(epoch_us(now())))`,
  capitalise: (text) =>
    `array_to_string(list_transform(regexp_extract_all(${text}, '[[:alnum:]]+|[^[:alnum:]]+'), lambda word: upper(word[1]) || lower(substr(word, 2))), '')`,
};

/** Dates, datetimes (in UTC) and times (milliseconds since midnight). */
import type { DatePart } from './dialect.ts';
import { result, type Print, type Printed, type Printing } from './printed.ts';

const DAY_MS = '86400000';
/** Four digits of the year; the others may be one. */
const DATE_PATTERN = '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}';
const DATETIME_PATTERN = `${DATE_PATTERN} [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}`;
const TIME_PATTERN = '[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}[.][0-9]{3}';

export const DATE_FUNCTIONS: Readonly<Record<string, Print>> = {
  addDays: (printing) => {
    const { dialect } = printing;
    return result(printing, dialect.addDays(part(printing, 0), dialect.integer(part(printing, 1))));
  },
  addSeconds: (printing) => {
    const { dialect } = printing;
    const seconds = dialect.round(`(${part(printing, 1)}) * 86400`, '0');
    return result(printing, dialect.addSeconds(part(printing, 0), seconds));
  },
  // Past midnight a time goes on from the other side of it.
  addMillis: (printing) => {
    const { dialect } = printing;
    return result(printing, onClock(printing, `${part(printing, 0)} + ${dialect.truncate(part(printing, 1), '0')}`));
  },
  millisBetween: (printing) => result(printing, onClock(printing, `${part(printing, 0)} - ${part(printing, 1)}`)),
  daysBetween: (printing) => result(printing, printing.dialect.daysBetween(part(printing, 0), part(printing, 1))),
  dayspanBetween: (printing) => {
    const { dialect } = printing;
    const seconds = (index: number) => dialect.secondsOfDatetime(part(printing, index));
    return result(printing, dialect.divide(`(${seconds(0)} - ${seconds(1)})`, dialect.number('86400')));
  },
  TODAY: (printing) => result(printing, printing.dialect.today(zoneOf(printing))),
  NOW: (printing) => result(printing, printing.dialect.now()),
  TIMENOW: (printing) => result(printing, printing.dialect.millisOfDatetime(printing.dialect.now())),
  DATE: (printing) => {
    const { dialect } = printing;
    const parts = [0, 1, 2].map((index) => dialect.integer(part(printing, index)));
    const date = dialect.date(parts[0] as string, parts[1] as string, parts[2] as string);
    return result(printing, date, `${date} IS NULL AND ${parts.map((value) => `${value} IS NOT NULL`).join(' AND ')}`);
  },
  DATEVALUE: (printing) => {
    const { dialect } = printing;
    const value = part(printing, 0);
    const type = printing.node.parts[0]?.type;
    if (type === 'date') return result(printing, value);
    if (type === 'datetime') return result(printing, dialect.dateOfDatetime(value, zoneOf(printing)));
    return readText(printing, value, DATE_PATTERN, dialect.dateOfText(value));
  },
  DATETIMEVALUE: (printing) => {
    const { dialect } = printing;
    const value = part(printing, 0);
    const type = printing.node.parts[0]?.type;
    if (type === 'datetime') return result(printing, value);
    if (type === 'date') return result(printing, dialect.datetimeOfDate(value));
    return readText(printing, value, DATETIME_PATTERN, dialect.datetimeOfText(value));
  },
  TIMEVALUE: (printing) => {
    const { dialect } = printing;
    const value = part(printing, 0);
    const type = printing.node.parts[0]?.type;
    if (type === 'time') return result(printing, value);
    if (type === 'datetime') return result(printing, dialect.millisOfDatetime(value));
    return readText(printing, value, TIME_PATTERN, dialect.millisOfText(value));
  },
  YEAR: ofDate('year'),
  MONTH: ofDate('month'),
  DAY: ofDate('day'),
  WEEKDAY: ofDate('weekday'),
  DAYOFYEAR: ofDate('dayOfYear'),
  ISOWEEK: ofDate('isoWeek'),
  ISOYEAR: ofDate('isoYear'),
  HOUR: ofTime(3_600_000, 24),
  MINUTE: ofTime(60_000, 60),
  SECOND: ofTime(1_000, 60),
  MILLISECOND: ofTime(1, 1_000),
  ADDMONTHS: (printing) => {
    const { dialect, node } = printing;
    const type = node.type === 'datetime' ? 'datetime' : 'date';
    return result(printing, dialect.addMonths(type, part(printing, 0), dialect.integer(part(printing, 1))));
  },
  UNIXTIMESTAMP: (printing) => {
    const { dialect } = printing;
    const value = part(printing, 0);
    const type = printing.node.parts[0]?.type;
    if (type === 'time') return result(printing, dialect.floor(`(${value}) / 1000.0`));
    const datetime = type === 'date' ? dialect.datetimeOfDate(value) : value;
    return result(printing, dialect.floor(dialect.secondsOfDatetime(datetime)));
  },
  FROMUNIXTIME: (printing) => result(printing, printing.dialect.datetimeOfSeconds(part(printing, 0))),
  FORMATDURATION: (printing) => {
    const withDays = printing.node.parts[1];
    const isLong = withDays?.kind === 'literal' && withDays.text === 'TRUE';
    return result(printing, durationText(printing, part(printing, 0), isLong));
  },
  FORMATSPAN: (printing) => {
    const { dialect } = printing;
    const span = dialect.function('abs', `(${part(printing, 0)}) * (${part(printing, 1)})`);
    return result(
      printing,
      durationText(
        printing,
        dialect.round(span, '0'),
        printing.node.parts[1]?.kind === 'literal' && printing.node.parts[1].text === '86400',
      ),
    );
  },
};

function part({ parts, node, dialect }: Printing, index: number): string {
  const { sql, isNull } = parts[index] as Printed;
  if (!isNull) return sql;
  const isMoment = index === 0 && (node.type === 'date' || node.type === 'datetime');
  return `CAST(NULL AS ${dialect.types[isMoment ? (node.type as 'date') : 'number']})`;
}

/** Null for a blank; an error for a text that is not of the form, or of which the calendar has no such day. */
function readText(printing: Printing, text: string, pattern: string, read: string): Printed {
  const value = `CASE WHEN ${printing.dialect.matches(text, pattern)} THEN ${read} END`;
  return result(printing, value, `${text} IS NOT NULL AND ${value} IS NULL`);
}

function onClock({ dialect }: Printing, millis: string): string {
  return dialect.modulo(`(${dialect.modulo(`(${millis})`, DAY_MS)} + ${DAY_MS})`, DAY_MS);
}

function ofDate(name: DatePart): Print {
  return (printing) => result(printing, printing.dialect.part(name, part(printing, 0)));
}

function ofTime(divisorMs: number, modulus: number): Print {
  return (printing) => {
    const { dialect } = printing;
    const whole = dialect.floor(`(${part(printing, 0)}) / ${divisorMs}.0`);
    return result(printing, dialect.modulo(whole, String(modulus)));
  };
}

/** `HH:MM:SS`, the hours as many as they are, or `D:HH:MM:SS`. */
function durationText({ dialect }: Printing, seconds: string, withDays: boolean): string {
  const whole = (divisor: number) => dialect.floor(`(${seconds}) / ${divisor}.0`);
  const text = (value: string) => dialect.textOfNumber(value);
  const two = (value: string) => dialect.pad('l', text(value), '2', "'0'");
  const parts = [
    ...(withDays ? [text(whole(86_400)), two(dialect.modulo(whole(3_600), '24'))] : []),
    ...(withDays ? [] : [`CASE WHEN ${whole(3_600)} < 100 THEN ${two(whole(3_600))} ELSE ${text(whole(3_600))} END`]),
    two(dialect.modulo(whole(60), '60')),
    two(dialect.modulo(whole(1), '60')),
  ];
  return `(${parts.join(" || ':' || ")})`;
}

function zoneOf({ zone, dialect }: Printing): string {
  return dialect.text(zone);
}

/** Functions of one field: of its date, its label, its form for people. */
import type { Field, Value } from '../model.ts';
import { marked, type SoqlProblem } from './problem.ts';
import type { FunctionName, Path, Query } from './syntax.ts';

/** A part of a query that may name a field. */
export type Clause = 'select' | 'where' | 'group' | 'order';

interface FieldFunction {
  /** Types of the fields that it can be used on. */
  readonly takes: readonly string[];
  readonly clauses: readonly Clause[];
  /** Type of what it gives; undefined: the field's own. */
  readonly gives: string | undefined;
  /** Compiles it for a field; null stays null. */
  of(field: Field): (value: Exclude<Value, null>) => Value;
}

/** What a chain of functions makes of a field. */
export interface Shape {
  /** The field with the type of the result. */
  readonly field: Field;
  readonly apply: (value: Value) => Value;
}

/**
 * Compiles the functions of a path, the innermost first, for the field that it leads to. Throws SoqlProblem
 * (INVALID_FIELD) where one can't be used on such a field; the texts are ours, no recording was found.
 */
export function shapeOf(query: Query, path: Path, field: Field): Shape {
  let shape: Shape = { field, apply: (value) => value };
  for (const name of path.calls ?? []) {
    const { takes, gives, of } = FUNCTIONS[name];
    const { type } = shape.field;
    if (!takes.includes(type)) {
      throw marked('INVALID_FIELD', query.text, path.at, `${name} can not be used on ${field.name} of type ${type}`);
    }
    const [inner, own] = [shape.apply, of(shape.field)];
    shape = {
      field: gives === undefined ? shape.field : { ...shape.field, type: gives, groupable: true, aggregatable: true },
      apply: (value) => {
        const found = inner(value);
        return found === null ? null : own(found);
      },
    };
  }
  return shape;
}

/** A path as it was asked for: `CALENDAR_YEAR(CreatedDate)`. */
export function signatureOf(names: readonly string[], calls: Path['calls']): string {
  return (calls ?? []).reduce((inner, call) => `${call}(${inner})`, names.join('.'));
}

/** Throws SoqlProblem (MALFORMED_QUERY) where a path uses a function that this part of a query doesn't take. */
export function checkClause(query: Query, path: Path, clause: Clause): void {
  for (const name of path.calls ?? []) {
    if (!FUNCTIONS[name].clauses.includes(clause)) throw misplaced(query, path);
  }
}

function misplaced(query: Query, path: Path): SoqlProblem {
  const asked = signatureOf(path.names, path.calls);
  return marked('MALFORMED_QUERY', query.text, path.at, `Field must be grouped or aggregated: ${asked}`);
}

const NUMBERS = ['int', 'long', 'double', 'currency', 'percent'] as const;

/** A function of the parts of a date: in a SELECT list it stands beside GROUP BY only. Days begin and end in UTC. */
function ofDate(read: (date: Date) => number, takes: readonly string[] = ['date', 'datetime']): FieldFunction {
  return {
    takes,
    clauses: ['where', 'group', 'order'],
    gives: 'int',
    of: () => (value) => read(new Date(String(value))),
  };
}

const month = (date: Date): number => date.getUTCMonth() + 1;
const quarter = (date: Date): number => Math.ceil(month(date) / 3);
const year = (date: Date): number => date.getUTCFullYear();
const dayOfYear = (date: Date): number => 1 + Math.floor((date.getTime() - Date.UTC(year(date), 0, 1)) / 86_400_000);

/**
 * SOQL and SOSL Reference, "Date Functions", "toLabel", "FORMAT", "convertCurrency". The practice org has one currency,
 * one language, fiscal years that are calendar years and a user in UTC.
 */
const FUNCTIONS: Readonly<Record<FunctionName, FieldFunction>> = {
  CALENDAR_MONTH: ofDate(month),
  CALENDAR_QUARTER: ofDate(quarter),
  CALENDAR_YEAR: ofDate(year),
  FISCAL_MONTH: ofDate(month),
  FISCAL_QUARTER: ofDate(quarter),
  FISCAL_YEAR: ofDate(year),
  DAY_IN_MONTH: ofDate((date) => date.getUTCDate()),
  /** Sunday is 1. */
  DAY_IN_WEEK: ofDate((date) => date.getUTCDay() + 1),
  DAY_IN_YEAR: ofDate(dayOfYear),
  HOUR_IN_DAY: ofDate((date) => date.getUTCHours(), ['datetime']),
  /** Weeks of seven days from the first of the month, and of the year. */
  WEEK_IN_MONTH: ofDate((date) => Math.ceil(date.getUTCDate() / 7)),
  WEEK_IN_YEAR: ofDate((date) => Math.ceil(dayOfYear(date) / 7)),
  DAY_ONLY: {
    takes: ['datetime'],
    clauses: ['where', 'group', 'order'],
    gives: 'date',
    of: () => (value) => String(value).slice(0, 10),
  },
  CONVERTTIMEZONE: {
    takes: ['datetime'],
    clauses: ['where', 'group', 'order'],
    gives: undefined,
    of: () => (value) => value,
  },
  CONVERTCURRENCY: { takes: ['currency'], clauses: ['select'], gives: undefined, of: () => (value) => value },
  FORMAT: { takes: [...NUMBERS, 'date', 'datetime', 'time'], clauses: ['select'], gives: 'string', of: formatted },
  TOLABEL: {
    takes: ['picklist', 'multipicklist', 'combobox', 'string'],
    clauses: ['select', 'where'],
    gives: undefined,
    of: labelled,
  },
};

/** As the locale en_US has it: `$1,234.50`, `1/31/2020`, `1/31/2020, 10:00 AM`. */
function formatted({ type, scale }: Field): (value: Exclude<Value, null>) => Value {
  if (type === 'date' || type === 'datetime' || type === 'time') return formattedTime(type);
  const digits = typeof scale === 'number' ? scale : 0;
  const style = type === 'currency' ? ({ style: 'currency', currency: 'USD' } as const) : {};
  const format = new Intl.NumberFormat('en-US', {
    ...style,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return (value) => `${format.format(Number(value))}${type === 'percent' ? '%' : ''}`;
}

function formattedTime(type: 'date' | 'datetime' | 'time'): (value: Exclude<Value, null>) => Value {
  const day = type === 'time' ? {} : ({ year: 'numeric', month: 'numeric', day: 'numeric' } as const);
  const clock = type === 'date' ? {} : ({ hour: 'numeric', minute: '2-digit' } as const);
  const format = new Intl.DateTimeFormat('en-US', { ...day, ...clock, timeZone: 'UTC' });
  // Newer versions of the locale's data part the time from AM and PM by a narrow blank.
  return (value) =>
    format.format(new Date(type === 'time' ? `1970-01-01T${String(value)}Z` : String(value))).replace('\u202f', ' ');
}

function labelled(field: Field): (value: Exclude<Value, null>) => Value {
  const listed: readonly unknown[] = Array.isArray(field['picklistValues']) ? field['picklistValues'] : [];
  const labels = new Map(listed.flatMap(labelEntry));
  const labelOf = (value: string) => labels.get(value) ?? value;
  return (value) => String(value).split(';').map(labelOf).join(';');
}

function labelEntry(entry: unknown): (readonly [value: string, label: string])[] {
  if (typeof entry !== 'object' || entry === null || !('value' in entry) || !('label' in entry)) return [];
  return [[String(entry.value), String(entry.label)]];
}

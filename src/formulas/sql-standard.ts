/** What most dialects write alike. */
import type { Dialect, NumberFunction } from './dialect.ts';

const NUMBER_FUNCTIONS: Readonly<Partial<Record<NumberFunction, string>>> = { log10: 'log10' };

export const likeMost = {
  quote: (name: string) => `"${name.replaceAll('"', '""')}"`,
  text: (value: string) => `'${value.replaceAll("'", "''")}'`,
  function: (name: NumberFunction, ...values: readonly string[]) =>
    `${NUMBER_FUNCTIONS[name] ?? name}(${values.join(', ')})`,
  greatest: (values: readonly string[]) => (values.length === 1 ? `${values[0]}` : `greatest(${values.join(', ')})`),
  least: (values: readonly string[]) => (values.length === 1 ? `${values[0]}` : `least(${values.join(', ')})`),
  length: (text: string) => `length(${text})`,
  left: (text: string, count: string) => `left(${text}, ${count})`,
  right: (text: string, count: string) => `right(${text}, ${count})`,
  substring: (text: string, start: string, count?: string) =>
    `substr(${text}, ${start}${count === undefined ? '' : `, ${count}`})`,
  position: (text: string, part: string) => `strpos(${text}, ${part})`,
  replace: (text: string, old: string, put: string) => `replace(${text}, ${old}, ${put})`,
  trim: (text: string) => `trim(${text}, ' ')`,
  upper: (text: string) => `upper(${text})`,
  lower: (text: string) => `lower(${text})`,
  pad: (side: 'l' | 'r', text: string, length: string, fill: string) => `${side}pad(${text}, ${length}, ${fill})`,
  binary: (text: string) => text,
  reverse: (text: string) => `reverse(${text})`,
} satisfies Partial<Dialect>;

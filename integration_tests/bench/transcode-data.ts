/** A Bulk result of its own making: every value quoted, as Salesforce's rows look, the same for the same arguments. */

import type { Column, ScalarKind } from '../../src/record/column.ts';

export interface SampleColumn {
  readonly column: Column & { readonly kind: ScalarKind };
  readonly value: (random: Random) => string;
}

/** 0 <= value < 1. */
type Random = () => number;

type Words = readonly string[];

const WORDS = 'account renewal Zürich pipeline forecast naïve partner 東京 contract quota region enablement'.split(' ');

/** Text of many scripts, with the punctuation of typesetters: most characters have two or three bytes. */
export const FOREIGN_WORDS: Words =
  'l’été «prévu» Zürich größe “rappel” — señor 東京都渋谷区 株式会社 Москва 한국어 naïve… 100 €'.split(' ');

/** Share of empty values: half of a CRM's fields are seldom filled in. */
const EMPTY_SHARE = 0.25;

/** Ten kinds of field in turn, text made of these words; one in twenty is long text with quotes, backslashes and line ends. */
export function sampleColumns(count: number, words: Words = WORDS): SampleColumn[] {
  const word = (random: Random) => words[Math.floor(random() * words.length)] as string;
  const fields = fieldsOf(word);
  return Array.from({ length: count }, (_, i) => {
    const { kind, value } = i % 20 === 15 ? longText(word) : (fields[i % fields.length] as SampleField);
    const field = i === 0 ? 'Id' : `Some_Field_${i}__c`;
    return { column: { kind, property: i === 0 ? 'id' : `some_field_${i}_c`, field }, value };
  });
}

/** The header row, then rows until there are `sizeBytes`; `rows` says how many those are. */
export function sampleCsv(columns: readonly SampleColumn[], sizeBytes: number): { csv: Buffer; rows: number } {
  const random = seeded(1);
  const lines = [columns.map(({ column }) => `"${column.field}"`).join(',')];
  let size = 0;
  while (size < sizeBytes) {
    const line = columns
      .map(({ value }, i) => (i > 0 && random() < EMPTY_SHARE ? '""' : `"${value(random).replaceAll('"', '""')}"`))
      .join(',');
    lines.push(line);
    size += Buffer.byteLength(line) + 1;
  }
  return { csv: Buffer.from(`${lines.join('\n')}\n`), rows: lines.length - 1 };
}

/** The same kind of rows as the JSON array of a REST answer. */
export function sampleJson(columns: readonly SampleColumn[], sizeBytes: number): { json: Buffer; rows: number } {
  const random = seeded(2);
  const records: string[] = [];
  for (let size = 0; size < sizeBytes; size += Buffer.byteLength(records.at(-1) ?? '')) {
    const members = columns.map(({ column, value }, i) => {
      const text = i > 0 && random() < EMPTY_SHARE ? null : value(random);
      const bare = text === null || ['number', 'integer', 'boolean'].includes(column.kind);
      return `"${column.field}":${bare ? text : JSON.stringify(text)}`;
    });
    const url = `/services/data/v58.0/sobjects/Lead/00Q${digits(random, 15)}`;
    records.push(`{"attributes":{"type":"Lead","url":"${url}"},${members.join(',')}}`);
  }
  const json = `{"totalSize":${records.length},"done":true,"records":[${records.join(',')}]}`;
  return { json: Buffer.from(json), rows: records.length };
}

interface SampleField {
  readonly kind: ScalarKind;
  readonly value: (random: Random) => string;
}

const fieldsOf = (word: (random: Random) => string): readonly SampleField[] => [
  { kind: 'string', value: (random) => `0015g00000${digits(random, 8)}` },
  { kind: 'string', value: (random) => `${word(random)} ${word(random)}` },
  { kind: 'datetime', value: (random) => `2024-05-1${digits(random, 1)}T10:1${digits(random, 1)}:12.000Z` },
  {
    kind: 'number',
    value: (random) =>
      (random() < 0.5 ? `${digits(random, 4)}.5` : `1.${digits(random, 7)}1E7`).replace(/^0+(?=\d)/, ''),
  },
  { kind: 'boolean', value: (random) => String(random() < 0.5) },
  { kind: 'string', value: (random) => word(random) },
  { kind: 'integer', value: (random) => String(Math.floor(random() * 1000)) },
  { kind: 'date', value: (random) => `2024-05-1${digits(random, 1)}` },
  { kind: 'string', value: (random) => `${word(random)}.${digits(random, 4)}@example.com` },
  { kind: 'string', value: (random) => `https://example.com/${digits(random, 6)}/${word(random)}` },
];

const longText = (word: (random: Random) => string): SampleField => ({
  kind: 'string',
  value: (random) =>
    Array.from({ length: 4 + Math.floor(random() * 20) }, () => word(random) + separator(random)).join(''),
});

function separator(random: Random): string {
  const kind = random();
  if (kind < 0.06) return '\n';
  if (kind < 0.1) return ' "so called" ';
  return kind < 0.12 ? ' \\ ' : ' ';
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
}

/** A linear congruential generator: enough for data that only has to look uneven. */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

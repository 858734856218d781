/** The law of the record: REST and Bulk give the same bytes of `data` for the same row and the same selection. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from './column.ts';
import { createCsvTranscoder } from './csv.ts';
import { createJsonTranscoder } from './json.ts';
import { compileTemplate } from './template.ts';

/** A value as the org stores it; datetimes and the like as their canonical text. */
type Stored = string | number | boolean | null;
type FieldKind = 'text' | 'double' | 'int' | 'boolean' | 'date' | 'datetime' | 'time';

interface Field {
  readonly name: string;
  readonly kind: FieldKind;
}

/** How a REST server may write the same string: characters that it escapes though it need not. */
interface Escaping {
  readonly nonAscii: boolean;
  readonly slash: boolean;
  readonly upperHex: boolean;
}

const FIELDS: readonly Field[] = [
  { name: 'Id', kind: 'text' },
  { name: 'Note__c', kind: 'text' },
  { name: 'Amount', kind: 'double' },
  { name: 'Owner.Name', kind: 'text' },
  { name: 'Size__c', kind: 'int' },
  { name: 'IsDeleted', kind: 'boolean' },
  { name: 'Owner.Profile.Label', kind: 'text' },
  { name: 'CloseDate', kind: 'date' },
  { name: 'SystemModstamp', kind: 'datetime' },
  { name: 'Opens__c', kind: 'time' },
  { name: 'Site__Latitude__s', kind: 'double' },
  { name: 'Site__Longitude__s', kind: 'double' },
];

const SCALARS = {
  text: 'string',
  double: 'number',
  int: 'integer',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  time: 'time',
} as const;

const COLUMNS: readonly Column[] = [
  ...FIELDS.map(({ name, kind }): Column => ({ kind: SCALARS[kind], property: name.toLowerCase(), field: name })),
  {
    kind: 'compound',
    property: 'site',
    parts: [
      { key: 'latitude', field: 'Site__Latitude__s', kind: 'number' },
      { key: 'longitude', field: 'Site__Longitude__s', kind: 'number' },
      { key: 'note', field: 'Note__c', kind: 'string' },
    ],
  },
  { kind: 'url', property: 'body', field: 'Note__c', before: '/content/', after: '/Body' },
];

const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '\\', '/', '\n', '\r\n', '\0', '\t', '\u0007', 'é', '😀', ',', '{', ']', 'null', ' '),
      fc.string({ unit: 'binary', maxLength: 30 }),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => pieces.join(''));

const moment = fc
  .date({ min: new Date('1700-01-01'), max: new Date('4000-12-31'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}.000Z`);

const VALUES: Record<FieldKind, fc.Arbitrary<Stored>> = {
  text,
  double: fc.double({ noNaN: true, noDefaultInfinity: true }),
  int: fc.integer(),
  boolean: fc.boolean(),
  date: moment.map((iso) => iso.slice(0, 10)),
  datetime: moment,
  time: moment.map((iso) => iso.slice(11, 23)),
};

const rows = fc.array(fc.tuple(...FIELDS.map(({ kind }) => fc.option(VALUES[kind], { freq: 4 }))), { maxLength: 5 });
const escapings = fc.record({ nonAscii: fc.boolean(), slash: fc.boolean(), upperHex: fc.boolean() });

test('the same rows as CSV of Bulk and as JSON of REST become the same data, byte for byte', () => {
  const template = compileTemplate({
    stream: 's',
    columns: COLUMNS,
    fields: FIELDS.map(({ name }) => name),
    track: { id: 'Id', cursor: 'SystemModstamp' },
  });
  const emittedAt = 1_760_000_000_000;
  fc.assert(
    fc.property(rows, escapings, (rows, escaping) => {
      const bulk = createCsvTranscoder(template, { emittedAt });
      const csv = Buffer.from(bulk.push(Buffer.from(asCsv(rows)), true)).toString();
      const rest = createJsonTranscoder(template, { emittedAt });
      const json = Buffer.from(rest.push(Buffer.from(asJson(rows, escaping)), true)).toString();
      expect(json).toBe(csv);
      expect({ rows: rest.rows, last: rest.last }).toEqual({ rows: bulk.rows, last: bulk.last });
      const data = csv
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).record.data);
      expect(data).toEqual(rows.map(expectedData));
    }),
    { numRuns: 500 },
  );
});

/** What a row must become, in the test's own terms. */
function expectedData(row: readonly Stored[]): Record<string, unknown> {
  const values = row.map((value) => (typeof value === 'string' ? value.replaceAll('\0', '') || null : value));
  const of = (name: string) => values[FIELDS.findIndex((field) => field.name === name)] ?? null;
  const site = { latitude: of('Site__Latitude__s'), longitude: of('Site__Longitude__s'), note: of('Note__c') };
  return {
    ...Object.fromEntries(FIELDS.map(({ name }) => [name.toLowerCase(), of(name)])),
    site: Object.values(site).some((part) => part !== null) ? site : null,
    body: of('Note__c') === null ? null : `/content/${of('Note__c')}/Body`,
  };
}

/** Bulk API 2.0: every value quoted, null as nothing, datetimes in Z, times in Z, doubles as Java prints them. */
function asCsv(rows: readonly (readonly Stored[])[]): string {
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const header = FIELDS.map(({ name }) => quoted(name)).join(',');
  const lines = rows.map((row) => row.map((value, i) => quoted(bulkText(FIELDS[i]?.kind, value))).join(','));
  return `${[header, ...lines].join('\n')}\n`;
}

function bulkText(kind: FieldKind | undefined, value: Stored): string {
  if (value === null) return '';
  if (kind === 'double') return javaDouble(Number(value));
  return kind === 'time' ? `${value}Z` : String(value);
}

/** REST: attributes, parents as objects, datetimes in +0000, numbers bare. */
function asJson(rows: readonly (readonly Stored[])[], escaping: Escaping): string {
  const records = rows.map((row) => {
    const of = (name: string) => {
      const place = FIELDS.findIndex((field) => field.name === name);
      return `"${name.split('.').at(-1)}":${restText(FIELDS[place]?.kind, row[place] ?? null, escaping)}`;
    };
    const members = FIELDS.flatMap(({ name }) => {
      if (name === 'Owner.Name') return [ownerOf(row, of)];
      return name.startsWith('Owner.') ? [] : [of(name)];
    });
    return `{"attributes":{"type":"Lead","url":"/services/data/v58.0/sobjects/Lead/1"},${members.join(',')}}`;
  });
  return `{"totalSize":${rows.length},"done":true,"records":[${records.join(',')}]}`;
}

/** A parent stands where its first field stood in the SELECT; one without any value is null, as for an empty lookup. */
function ownerOf(row: readonly Stored[], of: (name: string) => string): string {
  const isNull = FIELDS.every(({ name }, i) => !name.startsWith('Owner.') || row[i] === null);
  if (isNull) return '"Owner":null';
  return `"Owner":{"attributes":{"type":"User"},${of('Owner.Name')},"Profile":{"attributes":{},${of('Owner.Profile.Label')}}}`;
}

function restText(kind: FieldKind | undefined, value: Stored, escaping: Escaping): string {
  if (value === null) return 'null';
  if (kind === 'double') return javaDouble(Number(value));
  if (typeof value !== 'string') return String(value);
  if (kind === 'datetime') return `"${value.replace('Z', '+0000')}"`;
  if (kind === 'time') return `"${value}Z"`;
  return escaped(JSON.stringify(value), escaping);
}

function escaped(json: string, { nonAscii, slash, upperHex }: Escaping): string {
  const slashed = slash ? json.replaceAll('/', '\\/') : json;
  if (!nonAscii) return slashed;
  return slashed.replaceAll(/[^ -~]/g, (unit) => {
    const hex = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${upperHex ? hex.toUpperCase() : hex}`;
  });
}

/** Java's Double.toString: plain from 0.001 up to below ten million, else one digit before the point and an exponent. */
function javaDouble(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** Values by type: what a field of an object holds at a place, and how often it is empty. */
import type { Field, Value } from '../model.ts';
import { hashAt, hashText, mix } from './hash.ts';
import { dateOf, datetimeOf, HISTORY_END_S, HISTORY_START_S, timeOf } from './stamp.ts';
import {
  codeOf,
  countryOf,
  familyNameOf,
  fitting,
  givenNameOf,
  lineOf,
  paragraphOf,
  placeOf,
  regionOf,
  titleOf,
} from './text.ts';

/** A field's value at a place of its object. */
export type Maker = (index: number) => Value;
/** A value from 32 bits of chance and the place. */
type Draw = (hash: number, index: number) => Value;

const SPAN_S = HISTORY_END_S - HISTORY_START_S;
/** The edges of Salesforce's calendar, and days that calendars get wrong. */
const ODD_DATES = ['1700-01-01', '4000-12-31', '1970-01-01', '1969-12-31', '2000-02-29', '2024-02-29', '1582-10-15'];
const ODD_IN = 512;
const TIMES = Array.from({ length: 512 }, (_, n) =>
  timeOf(n % 4 === 0 ? mix(n) % 86_400_000 : (n * 168_750) % 86_400_000),
);
const ODD_TIMES = ['00:00:00.000', '23:59:59.999', '12:00:00.000'];
/** Written in ways that Java, JavaScript and CSV readers disagree on; kept where precision and scale allow. */
const ODD_NUMBERS = [
  0, 1, -1, 0.5, -0.01, 0.1, 100, 999.99, 1_234_567, 9_999_999, 10_000_000, 12_345_678, 99_213_206, -12_345_678.9,
  0.001, 0.0009, 0.00012, 2_147_483_648, 16_147_805_824_397, 9_007_199_254_740_991, -1e15, 123_456_789.12,
  999_999_999_999_999,
];
/** Values written through the API keep more digits than the field's scale says. */
const BEYOND_SCALE = 0.1 + 0.2;

/** What tells rows apart that have no Id of their own: never empty, and each once. */
const IDENTIFIERS: ReadonlySet<string> = new Set(['EventIdentifier', 'DurableId']);

function identifierAt(seed: number, index: number): string {
  const hex = (number: number) => (number >>> 0).toString(16).padStart(8, '0');
  const [a, b] = [hex(hashAt(seed, index)), hex(mix(seed))];
  return `${a}-${b.slice(0, 4)}-4${b.slice(4, 7)}-a000-${index.toString(16).padStart(12, '0')}`;
}

/** What a field holds at each place, nulls included, by its type and name; `seed` is the object's. */
export function valueMaker(field: Field, seed: number): Maker {
  const fieldSeed = hashText(field.name, seed);
  if (IDENTIFIERS.has(field.name)) return (index) => identifierAt(fieldSeed, index);
  const draw = drawOf(field);
  if (field['nillable'] !== true) return (index) => draw(hashAt(fieldSeed, index), index);
  const empty = emptiness(field, seed);
  return (index) => (empty(index) ? null : draw(hashAt(fieldSeed, index), index));
}

/**
 * Where a nillable field is empty: from one row in 25 to four in five, by the field. An address is wholly empty in a quarter of the rows;
 * latitude, longitude and accuracy come together or not at all.
 */
export function emptiness(field: Field, seed: number): (index: number) => boolean {
  const name = field.name;
  const compound = field['compoundFieldName'];
  const threshold = 10 + (hashText(`${name}?`, seed) % 190);
  const ownSeed = hashText(`${name} empty`, seed);
  if (typeof compound !== 'string' || compound === name) return (index) => hashAt(ownSeed, index) >>> 24 < threshold;
  const wholeSeed = hashText(`${compound} empty`, seed);
  const placed = /(?:Latitude|Longitude|GeocodeAccuracy)(?:__s)?$/u.test(name);
  return (index) => {
    const whole = hashAt(wholeSeed, index);
    if ((whole & 3) === 0) return true;
    return placed ? (whole & 12) === 0 : hashAt(ownSeed, index) % 6 === 0;
  };
}

function drawOf(field: Field): Draw {
  const length = numberKey(field, 'length');
  switch (field.type) {
    case 'boolean':
      return field.name === 'IsActive' ? (hash) => hash % 8 !== 0 : (hash) => hash % 4 === 0;
    case 'int':
    case 'long':
      return wholeNumberDraw(numberKey(field, 'digits'));
    case 'double':
    case 'currency':
    case 'percent':
      return numberDraw(field);
    case 'date':
      return (hash) =>
        hash % ODD_IN === 0 ? pick(ODD_DATES, hash >>> 9) : dateOf(Math.floor(someSecond(hash) / 86_400));
    case 'datetime':
      return (hash) =>
        hash % ODD_IN === 0 ? `${pick(ODD_DATES, hash >>> 9)}T00:00:00.000Z` : datetimeOf(someSecond(hash));
    case 'time':
      return (hash) => (hash % 64 === 0 ? pick(ODD_TIMES, hash >>> 6) : pick(TIMES, hash >>> 6));
    case 'picklist':
    case 'multipicklist':
    case 'combobox':
      return pickDraw(field, length);
    case 'email':
      return (hash, index) =>
        fitting(hash % 24 === 0 ? "o'brien+tag@example.org" : `person${index + 1}@example.com`, length);
    case 'phone':
      return (hash) => pick(['(415) 555-', '+44 20 7946 ', '0207946', '+49 (0)221 '], hash >>> 16) + codeOf(hash, 4);
    case 'url':
      return (hash) => fitting(`https://www.example.com/p/${hash % 10_000}?q=a%20b&list=1,2`, length);
    case 'base64':
      return (hash) => paragraphOf(mix(hash), 131_072);
    case 'anyType':
      return anyValue;
    default:
      return textDraw(field, length === 0 ? 255 : length);
  }
}

function textDraw(field: Field, length: number): Draw {
  const name = field.name.replace(/__[cs]$/u, '');
  if (field['unique'] === true || name === 'Username') {
    return (hash, index) => fitting(`k${index + 1}.${hash % 10_000}@example.com`, length);
  }
  if (/^(?:FirstName|MiddleName)$/u.test(name)) return (hash) => fitting(givenNameOf(hash), length);
  if (name === 'LastName') return (hash) => fitting(familyNameOf(hash), length);
  if (name.endsWith('City')) return (hash) => placeOf(hash, length);
  if (name.endsWith('Country')) return (hash) => countryOf(hash, length);
  if (name.endsWith('State')) return (hash) => regionOf(hash, length);
  if (name.endsWith('Street'))
    return (hash) => fitting(hash % 3 === 0 ? paragraphOf(hash, length) : streetOf(hash), length);
  if (/(?:DeveloperName|UniqueName|DurableId|QualifiedApiName)$/u.test(name)) {
    return (hash, index) => fitting(`Item_${index + 1}_${hash % 1_000}`, length);
  }
  if (/(?:Code|Number|Sic|Key|Version)$/u.test(name)) return (hash) => codeOf(hash, length);
  if (/(?:Name|Title|Subject|Label|Company)$/u.test(name)) return (hash, index) => titleOf(hash, index, length);
  return field.type === 'textarea' ? (hash) => paragraphOf(hash, length) : (hash) => lineOf(hash, length);
}

function pickDraw(field: Field, length: number): Draw {
  const known = Array.isArray(field['picklistValues']) ? field['picklistValues'].map(pickedValue) : [];
  const values = known.map((value) => fitting(value, length));
  if (values.length === 0) return (hash) => lineOf(hash, length);
  if (field.type === 'combobox')
    return (hash) => (hash % 8 === 0 ? lineOf(mix(hash), length) : pick(values, hash >>> 8));
  if (field.type === 'picklist') return (hash) => pick(values, hash >>> 8);
  return (hash) => {
    const chosen = values.filter((_, n) => ((hash >>> n) & 1) === 1);
    return chosen.length === 0 ? pick(values, hash >>> 16) : chosen.join(';');
  };
}

function numberDraw(field: Field): Draw {
  if (/Latitude(?:__s)?$/u.test(field.name)) return (hash) => ((hash % 180_000_001) - 90_000_000) / 1_000_000;
  if (/Longitude(?:__s)?$/u.test(field.name)) return (hash) => ((hash % 360_000_001) - 180_000_000) / 1_000_000;
  const scale = numberKey(field, 'scale');
  const room = 10 ** (numberKey(field, 'precision') - scale);
  const odd = ODD_NUMBERS.filter(
    (value) => Math.abs(value) < room && Number(value.toFixed(Math.min(scale, 15))) === value,
  );
  if (scale > 0) odd.push(BEYOND_SCALE);
  const places = 10 ** Math.min(scale, 6);
  const whole = Math.min(room, 1_000_000);
  return (hash) => {
    const more = mix(hash);
    if (hash % 16 === 0) return pick(odd, more);
    const units = Math.floor((hash / 2 ** 32) * whole) * places + (more % places);
    return (more >>> 29 === 0 ? -units : units) / places + 0;
  };
}

function wholeNumberDraw(digits: number): Draw {
  const room = Math.min(10 ** digits, 2 ** 31);
  return (hash) => {
    if (hash % 32 === 0) return pick([0, -1, room - 1, 1 - room], hash >>> 5);
    return (hash >>> 8) % Math.min(room, 100_000);
  };
}

/** What a history row holds: the old or new value of any field, as text. */
function anyValue(hash: number): Value {
  const more = mix(hash);
  switch (hash >>> 30) {
    case 0:
      return lineOf(more, 255);
    case 1:
      return String((more % 1_000_000) / 100);
    case 2:
      return dateOf(Math.floor(someSecond(more) / 86_400));
    default:
      return more % 2 === 0 ? 'true' : 'false';
  }
}

function streetOf(hash: number): string {
  return `${1 + (hash % 300)} ${pick(['High Street', 'Station Road', 'Rue de l’Église', 'Hauptstraße', 'Mill Lane'], hash >>> 9)}`;
}

function someSecond(hash: number): number {
  return HISTORY_START_S + Math.floor((hash / 2 ** 32) * SPAN_S);
}

function pick<T>(values: readonly T[], number: number): T {
  const value = values[number % values.length];
  if (value === undefined) throw new Error('Nothing to pick from');
  return value;
}

function pickedValue(entry: unknown): string {
  return typeof entry === 'object' && entry !== null && 'value' in entry ? String(entry.value) : '';
}

function numberKey(field: Field, key: string): number {
  const value = field[key];
  return typeof value === 'number' ? value : 0;
}

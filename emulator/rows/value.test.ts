import { describe, expect, test } from 'vitest';
import type { Value } from '../model.ts';
import { fieldFromLine } from '../schema/field.ts';
import { valueMaker } from './value.ts';

function valuesOf(name: string, line: string, values: readonly string[] = []): Value[] {
  const make = valueMaker(
    fieldFromLine(name, line, { values }, () => []),
    42,
  );
  return Array.from({ length: 20_000 }, (_, index) => make(index));
}

function texts(values: readonly Value[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

describe('text', () => {
  const notes = texts(valuesOf('Notes__c', 'textarea(131072) +n'));

  test.each([
    ['quotes', '"'],
    ['commas', ','],
    ['line feeds', '\n'],
    ['carriage returns', '\r\n'],
    ['characters of four bytes', '🙂'],
    ['tabs', '\t'],
    ['backslashes', '\\'],
    ['control characters', '\u0007'],
    ['NUL', '\u0000'],
  ])('has %s', (_, sign) => {
    expect(notes.some((text) => text.includes(sign))).toBe(true);
  });

  test.each([' leading blank', 'trailing blank ', ' ', 'NA', 'null', '01234'])('is %j now and then', (text) => {
    expect(notes).toContain(text);
  });

  test('is as long as its field may be, now and then, and never longer', () => {
    const lengths = notes.map(({ length }) => length);
    expect(Math.max(...lengths)).toBe(131_072);
    for (const line of ['string(3)', 'textarea(7)', 'string(40)']) {
      const longest = Math.max(...texts(valuesOf('Short__c', line)).map(({ length }) => length));
      expect(longest).toBeLessThanOrEqual(Number(/\d+/u.exec(line)?.[0]));
    }
  });

  test('is never cut inside a character, nor to nothing', () => {
    for (let length = 1; length < 12; length += 1) {
      const cut = texts(valuesOf('Short__c', `textarea(${length})`));
      expect(cut.every((text) => text !== '' && !/\p{Surrogate}/u.test(text))).toBe(true);
    }
  });

  test('is unique where the field is', () => {
    const keys = valuesOf('External_Key__c', 'string(40) +xq');
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('numbers', () => {
  test('are of every size and sign that precision allows', () => {
    const amounts = valuesOf('Amount__c', 'currency(18,2)');
    for (const number of [0, -0.01, 16_147_805_824_397, 10_000_000, 0.1 + 0.2]) expect(amounts).toContain(number);
    expect(amounts).not.toContain(0.001);
    expect(valuesOf('Units__c', 'double(18,0)')).toContain(16_147_805_824_397);
    const rates = valuesOf('Rate__c', 'percent(5,2)').map(Number);
    expect(Math.max(...rates.map(Math.abs))).toBeLessThan(1_000);
    expect(amounts.some((value) => Object.is(value, -0))).toBe(false);
  });

  test('are whole in int fields and within their digits', () => {
    const counts = valuesOf('Count', 'int(3)').map(Number);
    expect(counts.every((count) => Number.isInteger(count) && Math.abs(count) < 1_000)).toBe(true);
  });

  test('are on the globe where they say where', () => {
    expect(
      Math.max(...valuesOf('Site__Latitude__s', 'double(18,15)').map((at) => Math.abs(Number(at)))),
    ).toBeLessThanOrEqual(90);
    expect(
      Math.max(...valuesOf('Site__Longitude__s', 'double(18,15)').map((at) => Math.abs(Number(at)))),
    ).toBeLessThanOrEqual(180);
  });
});

test('dates, datetimes and times are written as the org stores them', () => {
  const unlike = (name: string, type: string, form: RegExp) =>
    texts(valuesOf(name, type)).filter((text) => !form.test(text));
  expect(unlike('Due__c', 'date', /^\d{4}-\d\d-\d\d$/u)).toEqual([]);
  expect(unlike('Sent__c', 'datetime', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/u)).toEqual([]);
  expect(unlike('Opens__c', 'time', /^\d\d:\d\d:\d\d\.\d{3}$/u)).toEqual([]);
  const odd = texts(valuesOf('Sent__c', 'datetime')).filter((text) => new Date(text).toISOString() !== text);
  expect(odd).toEqual([]);
});

test('picks come from the list; several of them are parted by semicolons', () => {
  const picks = ['A', 'B', 'C'];
  expect(new Set(valuesOf('Grade__c', 'picklist', picks))).toEqual(new Set(picks));
  const several = texts(valuesOf('Grades__c', 'multipicklist', picks));
  expect(several).toContain('A;C');
  expect(several.every((value) => value.split(';').every((each) => picks.includes(each)))).toBe(true);
});

test('what may be empty is empty in some rows, what may not never is', () => {
  for (const type of ['string', 'double(18,2)', 'date', 'picklist', 'email', 'url', 'phone', 'base64', 'anyType']) {
    const some = valuesOf('Field__c', `${type} +n`);
    expect(
      some.some((value) => value === null),
      type,
    ).toBe(true);
    expect(
      some.some((value) => value !== null),
      type,
    ).toBe(true);
    expect(
      valuesOf('Field__c', type).some((value) => value === null),
      type,
    ).toBe(false);
  }
});

test('an address is whole, partly there or wholly missing; its place comes as a pair', () => {
  const street = valuesOf('BillingStreet', 'textarea +n ~BillingAddress');
  const city = valuesOf('BillingCity', 'string(40) +n ~BillingAddress');
  const latitude = valuesOf('BillingLatitude', 'double(18,15) +n ~BillingAddress');
  const longitude = valuesOf('BillingLongitude', 'double(18,15) +n ~BillingAddress');
  const shapes = new Set(
    street.map((_, at) => [street[at], city[at], latitude[at]].map((part) => part !== null).join()),
  );
  expect(shapes).toContain('true,true,true');
  expect(shapes).toContain('false,false,false');
  expect(shapes).toContain('true,false,true');
  expect(latitude.every((value, at) => (value === null) === (longitude[at] === null))).toBe(true);
});

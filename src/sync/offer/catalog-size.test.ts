import { expect, test } from 'vitest';
import { fieldForTest, objectForTest } from '../../salesforce/testing/metadata-for-test.ts';
import { fitCatalog } from './catalog-size.ts';
import { streamOf } from './stream-schema.ts';

const describe = objectForTest('Account', [
  fieldForTest('Id', 'id'),
  fieldForTest('AnnualRevenue', 'currency', { label: 'Annual Revenue' }),
  fieldForTest('Rating', 'picklist', { label: 'How warm', inlineHelpText: 'As sales sees it. '.repeat(20) }),
]);
const options = {
  naming: 'api',
  schemaName: undefined,
  hardDeletes: false,
  segmentColumns: false,
  blobs: undefined,
} as const;
const stream = streamOf(describe, 'Account', options);
const bytesOf = (value: unknown) => JSON.stringify(value).length;
const propertiesAt = (limit: number) => fitCatalog([stream], limit).streams[0]?.json_schema.properties ?? {};

test('a catalog well below the limit stays as it is', () => {
  expect(fitCatalog([stream])).toEqual({ streams: [stream], notes: [] });
});

test('near the limit go what repeats, then descriptions, then titles, each only where it has to', () => {
  const full = bytesOf(stream);
  const one = propertiesAt(full);
  expect(one['AnnualRevenue']).not.toHaveProperty('title');
  expect(one['AnnualRevenue']).not.toHaveProperty('x-field');
  expect(one['Rating']).toMatchObject({ title: 'How warm', description: expect.stringContaining('As sales sees it') });
  const two = propertiesAt(full - 300);
  expect(two['Rating']).toMatchObject({ title: 'How warm' });
  expect(two['Rating']).not.toHaveProperty('description');
  expect(propertiesAt(200)['Rating']).not.toHaveProperty('title');
});

test('what is left still finds its fields and types', () => {
  const { streams, notes } = fitCatalog([stream], 200);
  const properties = Object.entries(streams[0]?.json_schema.properties ?? {});
  expect(properties.map(([, { type }]) => type)).toEqual(
    Object.values(stream.json_schema.properties).map(({ type }) => type),
  );
  // A property without x-field is found by its name.
  expect(properties.map(([property, schema]) => schema['x-field'] ?? property)).toEqual([
    'Id',
    'AnnualRevenue',
    'Rating',
  ]);
  expect(notes.map(({ level, text }) => [level, text])).toEqual([
    ['INFO', expect.stringMatching(/left out of it: titles that say the same as the name, descriptions/)],
    ['WARN', expect.stringMatching(/streams_criteria/)],
  ]);
});

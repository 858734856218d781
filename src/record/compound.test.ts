import { expect, test } from 'vitest';
import { compoundParts, type DescribedField } from './compound.ts';

const field = (name: string, type: string, compoundFieldName: string | null = null): DescribedField => ({
  name,
  type,
  compoundFieldName,
});

const PARTS = [
  'GeocodeAccuracy',
  'Longitude',
  'Latitude',
  'CountryCode',
  'Country',
  'PostalCode',
  'StateCode',
  'State',
  'City',
  'Street',
];

test('an address has ten parts in fixed order, whatever the order of describe', () => {
  const address = field('BillingAddress', 'address');
  const parts = PARTS.map((part) => field(`Billing${part}`, 'string', 'BillingAddress'));
  const others = PARTS.map((part) => field(`Shipping${part}`, 'string', 'ShippingAddress'));
  expect(compoundParts(address, [...others, ...parts, address])).toEqual([
    { key: 'street', field: 'BillingStreet', kind: 'string' },
    { key: 'city', field: 'BillingCity', kind: 'string' },
    { key: 'state', field: 'BillingState', kind: 'string' },
    { key: 'stateCode', field: 'BillingStateCode', kind: 'string' },
    { key: 'postalCode', field: 'BillingPostalCode', kind: 'string' },
    { key: 'country', field: 'BillingCountry', kind: 'string' },
    { key: 'countryCode', field: 'BillingCountryCode', kind: 'string' },
    { key: 'latitude', field: 'BillingLatitude', kind: 'number' },
    { key: 'longitude', field: 'BillingLongitude', kind: 'number' },
    { key: 'geocodeAccuracy', field: 'BillingGeocodeAccuracy', kind: 'string' },
  ]);
});

test('the codes are there only where the org has state and country picklists', () => {
  const fields = ['State', 'Country'].map((part) => field(`Mailing${part}`, 'string', 'MailingAddress'));
  const parts = compoundParts(field('MailingAddress', 'address'), fields);
  expect(parts.map(({ key }) => key)).toEqual(['state', 'country']);
});

test.each([
  ['Site__c', 'Site__Latitude__s', 'Site__Longitude__s'],
  ['acme__Site__c', 'acme__Site__Latitude__s', 'acme__Site__Longitude__s'],
  ['LastKnownLocation', 'LastKnownLatitude', 'LastKnownLongitude'],
  ['Location', 'Latitude', 'Longitude'],
])('a location %s is latitude and longitude', (name, latitude, longitude) => {
  const fields = [longitude, latitude].map((part) => field(part, 'double', name));
  expect(compoundParts(field(name, 'location'), fields)).toEqual([
    { key: 'latitude', field: latitude, kind: 'number' },
    { key: 'longitude', field: longitude, kind: 'number' },
  ]);
});

test('a Name has parts and is none the less text of its own', () => {
  const fields = [field('Name', 'string', 'Name'), field('FirstName', 'string', 'Name')];
  expect(compoundParts(field('Name', 'string', 'Name'), fields)).toEqual([]);
});

test('hidden parts are missing, and with all of them the whole', () => {
  expect(compoundParts(field('BillingAddress', 'address'), [field('BillingCity', 'string')])).toEqual([]);
});

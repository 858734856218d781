import { expect, test } from 'vitest';
import { whyAbsent } from './absent-stream.ts';

const OBJECTS = [
  { name: 'Account', custom: false },
  { name: 'Invoice__c', custom: true },
];

test.each([
  ['Account', 'segment', 'Set naming: api'],
  ['Invoice__c', 'snake', 'Set naming: api'],
  ['accounts', 'snake', 'Set naming: segment'],
  ['accounts', 'api', 'Set naming: segment'],
  ['account', 'api', 'Set naming: snake'],
  ['invoice_c', 'api', 'Set naming: segment'],
  ['Describe', 'api', 'Take it out of the catalog'],
] as const)('%s with naming %s: %s', (name, naming, advice) => {
  expect(whyAbsent(name, naming, OBJECTS)).toMatch(new RegExp(`^Stream ${name} is skipped: .*${advice}`));
});

test('a name that no naming has is left without a reason', () => {
  expect(whyAbsent('ghosts', 'segment', OBJECTS)).toBeUndefined();
  expect(whyAbsent('accounts', 'segment', [])).toBeUndefined();
});

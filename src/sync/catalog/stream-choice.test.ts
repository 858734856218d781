import { describe, expect, it } from 'vitest';
import { readChoice, type Vocabulary } from './stream-choice.ts';

const vocabulary: Vocabulary = {
  streams: new Map([
    ['Account', 'accounts'],
    ['Contact', 'contacts'],
    ['Task', 'tasks'],
    ['Region__c', 'region_c'],
  ]),
  properties: new Map([
    [
      'Account',
      new Map([
        ['id', 'Id'],
        ['name', 'Name'],
      ]),
    ],
    [
      'Contact',
      new Map([
        ['id', 'Id'],
        ['email', 'Email'],
        ['account_id', 'AccountId'],
        ['region_c', 'Region__c'],
      ]),
    ],
    ['Task', new Map([['id', 'Id']])],
  ]),
};
const choice = (text: string) =>
  Object.fromEntries(
    [...readChoice(text, vocabulary, '--select')].map(([name, chosen]) => [
      name,
      chosen === 'whole' ? chosen : [...chosen],
    ]),
  );

describe('readChoice', () => {
  it.each([
    ['accounts', { Account: 'whole' }],
    ['accounts;contacts:id,email;tasks', { Account: 'whole', Contact: ['id', 'email'], Task: 'whole' }],
    ['accounts; contacts: id, email; tasks', { Account: 'whole', Contact: ['id', 'email'], Task: 'whole' }],
    ['accounts,contacts:id,email', { Account: 'whole', Contact: ['id', 'email'] }],
    ['contacts:id+email,tasks', { Contact: ['id', 'email'], Task: 'whole' }],
    ['contacts:id|email,tasks', { Contact: ['id', 'email'], Task: 'whole' }],
    ['contacts:id,tasks:id;accounts', { Contact: ['id'], Task: ['id'], Account: 'whole' }],
    ['CONTACT:Id,AccountId;Task', { Contact: ['id', 'account_id'], Task: 'whole' }],
    ['all;contacts:id', { Account: 'whole', Contact: ['id'], Task: 'whole', Region__c: 'whole' }],
    ['contacts:id;all', { Contact: ['id'], Account: 'whole', Task: 'whole', Region__c: 'whole' }],
    ['contacts;contacts:id', { Contact: ['id'] }],
    ['contacts:id;contacts:email', { Contact: ['id', 'email'] }],
    ['acc*', { Account: 'whole' }],
    ['ACC*,*__c', { Account: 'whole', Region__c: 'whole' }],
    ['contacts:*id', { Contact: ['id', 'account_id'] }],
    ['*:id', { Account: ['id'], Contact: ['id'], Task: ['id'] }],
    ['accounts,,tasks,', { Account: 'whole', Task: 'whole' }],
  ])('reads %s', (text, expected) => {
    expect(choice(text)).toEqual(expected);
  });

  it('takes a word after a colon for a property, whatever collections there are', () => {
    expect(choice('contacts:id,region_c')).toEqual({ Contact: ['id', 'region_c'] });
    expect(choice('contacts:id;region_c')).toEqual({ Contact: ['id'], Region__c: 'whole' });
  });

  it.each([
    ['acounts', '--select: the org has no collection acounts (did you mean accounts?).'],
    ['acd*', '--select: the org has no collection acd*.'],
    ['contacts:emial', '--select: contacts has no property emial (did you mean email?).'],
    ['contacts:', '--select: no column is named after contacts:.'],
    [
      'contacts:id,tasks',
      '--select: contacts has no property tasks; to select the collection tasks, end the list of columns with a semicolon.',
    ],
    ['zzz,tasks,yyy', '--select: the org has no collection zzz; the org has no collection yyy.'],
  ])('names what %s got wrong, all at once', (text, message) => {
    expect(() => choice(text)).toThrowError(expect.objectContaining({ message, failureType: 'config_error' }));
  });
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PracticeOrg, Row } from './model.ts';
import { createPracticeOrg } from './org.ts';
import { CUSTOM_OBJECTS, SEGMENT_OBJECTS } from './schema/catalogue.ts';

const make = (rows = 60, seed = 1) => createPracticeOrg({ rows, seed });

function rowOf(org: PracticeOrg, sobject: string, id: string): Row {
  const row = org.table(sobject).get(id);
  if (row === undefined) throw new Error(`No ${sobject} ${id}`);
  return row;
}

function firstId(org: PracticeOrg, sobject: string, wanted: (row: Row) => boolean = () => true): string {
  for (const row of org.table(sobject).rows()) if (wanted(row)) return String(row['Id']);
  throw new Error(`No such ${sobject}`);
}

describe('the rows of an org', () => {
  test('are the same for the same seed, and others for another', () => {
    const contacts = (org: PracticeOrg) => JSON.stringify([...org.table('Contact').rows()]);
    expect(contacts(make())).toBe(contacts(make()));
    expect(contacts(make(60, 2))).not.toBe(contacts(make()));
  });

  test('are as many as asked, of the 48 and the custom objects; setup stays small', () => {
    const org = createPracticeOrg({ rows: 250, seed: 1, rowsOf: { Lead: 7, Profile: 30 } });
    expect(org.table('Account').size).toBe(250);
    expect(org.table('Invoice__c').size).toBe(250);
    expect(org.table('Lead').size).toBe(7);
    expect(org.table('Profile').size).toBe(30);
    expect(org.table('OpportunityStage').size).toBe(10);
    expect(org.table('User').size).toBe(13);
    expect(org.table('UserLogin').size).toBe(13);
    expect(org.table('Name').size).toBe(0);
    expect(org.table('ContentVersion').size).toBeLessThan(20);
    expect(createPracticeOrg({ rows: 1_000_000, seed: 1 }).table('User').size).toBe(200);
    for (const name of [...SEGMENT_OBJECTS, ...CUSTOM_OBJECTS]) {
      expect(org.table(name).size > 0, name).toBe(org.sobjects.get(name)?.queryable);
    }
  });

  test('have valid Ids in the order of their creation', () => {
    for (const name of ['Account', 'AccountTag', 'Invoice__Share']) {
      const rows = [...make().table(name).rows()];
      const ids = rows.map((row) => String(row['Id']));
      expect(ids).toEqual([...ids].sort());
      expect(new Set(ids).size).toBe(ids.length);
      const created = rows.map((row) => String(row['CreatedDate'] ?? ''));
      expect(created).toEqual([...created].sort());
    }
  });

  test('point to rows that are there, each of them, and leave empty only what may be', () => {
    const org = make();
    const wrong: string[] = [];
    let followed = 0;
    for (const [name, { fields }] of org.sobjects) {
      for (const row of org.table(name).rows()) {
        for (const field of fields) {
          const value = row[field.name];
          const targets: readonly string[] = Array.isArray(field['referenceTo']) ? field['referenceTo'] : [];
          if (value === null && field['nillable'] === false) wrong.push(`${name}.${field.name} is empty`);
          if (field.type !== 'reference' || typeof value !== 'string') continue;
          followed += 1;
          if (!targets.some((target) => org.table(target).get(value) !== undefined))
            wrong.push(`${name}.${field.name}: ${value}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(followed).toBeGreaterThan(10_000);
  });

  test('keep within the length of their fields', () => {
    const org = make(200);
    const wrong: string[] = [];
    for (const name of [...SEGMENT_OBJECTS, ...CUSTOM_OBJECTS]) {
      const bounded = (org.sobjects.get(name)?.fields ?? []).filter(({ length }) => Number(length) > 0);
      for (const row of org.table(name).rows()) {
        for (const { name: field, length } of bounded) {
          if (String(row[field] ?? '').length > Number(length)) wrong.push(`${name}.${field}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('are owned by users and queues, and belong to people and things of several objects', () => {
    const org = make(400);
    const prefixes = (sobject: string, field: string) =>
      new Set([...org.table(sobject).rows([field])].map((row) => String(row[field]).slice(0, 3)));
    expect(prefixes('Case', 'OwnerId')).toEqual(new Set(['005', '00G']));
    expect(prefixes('Task', 'WhoId')).toEqual(new Set(['003', '00Q', 'nul']));
    expect(prefixes('Task', 'WhatId').size).toBeGreaterThan(5);
    const queues = [...org.table('Case').rows(['OwnerId'])].filter((row) => String(row['OwnerId']).startsWith('00G'));
    for (const { OwnerId } of queues) expect(rowOf(org, 'Group', String(OwnerId))['Type']).toBe('Queue');
  });

  test('are in part deleted, merged and archived', () => {
    const org = make(2_000);
    const merged = [...org.table('Account').rows()].filter((row) => row['MasterRecordId'] !== null);
    expect(merged.length).toBeGreaterThan(5);
    for (const loser of merged) {
      expect(loser['IsDeleted']).toBe(true);
      expect(rowOf(org, 'Account', String(loser['MasterRecordId']))['IsDeleted']).toBe(false);
    }
    expect(
      [...org.table('Task').rows(['IsArchived'])].filter((row) => row['IsArchived'] === true).length,
    ).toBeGreaterThan(20);
  });

  test('hold what follows from their other fields', () => {
    const org = make(300);
    for (const row of org.table('Contact').rows(['FirstName', 'LastName', 'Name'])) {
      expect(row['Name']).toBe([row['FirstName'], row['LastName']].filter(Boolean).join(' '));
    }
    for (const row of org.table('Document').rows(['Body', 'BodyLength'])) {
      expect(row['BodyLength']).toBe(Buffer.byteLength(String(row['Body'] ?? '')));
    }
    for (const row of org.table('Opportunity').rows(['StageName', 'IsClosed'])) {
      expect(row['IsClosed']).toBe(String(row['StageName']).startsWith('Closed'));
    }
  });

  test('are read field by field as they are read whole', () => {
    const table = make().table('Invoice__c');
    const narrow = table.reader(['Amount__c', 'Balance__c', 'Site__c', 'Nonsense__c']);
    for (let slot = 0; slot < table.slots; slot += 1) {
      const whole = table.reader()(slot);
      expect(narrow(slot)).toEqual({
        Amount__c: whole?.['Amount__c'],
        Balance__c: whole?.['Balance__c'],
        Site__c: null,
        Nonsense__c: null,
      });
    }
    expect(narrow(table.slots)).toBeUndefined();
    expect(narrow(-1)).toBeUndefined();
  });

  test('need no memory however many there are', () => {
    const org = createPracticeOrg({ rows: 10, seed: 1, rowsOf: { Account: 5_000_000 } });
    const table = org.table('Account');
    const read = table.reader(['Id', 'Name', 'SystemModstamp', 'BillingStreet', 'OwnerId']);
    for (let slot = 0; slot < 10_000; slot += 1) read(slot);
    const before = process.memoryUsage().heapUsed;
    let last: Row | undefined;
    for (let slot = 0; slot < 100_000; slot += 1) last = read(slot * 50);
    expect(last?.['Id']).toBe(read(4_999_950)?.['Id']);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
    expect(table.size).toBe(5_000_000);
  });
});

describe('a change', () => {
  const T0 = Date.UTC(2026, 10, 24, 10, 0, 0, 700);

  afterEach(() => {
    vi.useRealTimers();
  });

  function at(ms: number): PracticeOrg {
    vi.useFakeTimers({ now: ms, toFake: ['Date'] });
    return make();
  }

  test('inserts rows with an Id, stamps and defaults', () => {
    const org = at(T0);
    const before = org.table('Lead').size;
    const [id = '', other = ''] = org.insert('Lead', [
      { LastName: 'Lovelace', FirstName: 'Ada' },
      { LastName: 'Hopper' },
    ]);
    expect(org.table('Lead').size).toBe(before + 2);
    expect(id < other).toBe(true);
    expect(rowOf(org, 'Lead', id.slice(0, 15))).toMatchObject({
      Id: id,
      Name: 'Ada Lovelace',
      IsDeleted: false,
      Email: null,
      OwnerId: firstId(org, 'User'),
      CreatedDate: '2026-11-24T10:00:00.000Z',
      SystemModstamp: '2026-11-24T10:00:00.000Z',
    });
    expect(Object.values(rowOf(org, 'Lead', other))).not.toContain(undefined);
  });

  test('stores empty text as nothing, as Salesforce does', () => {
    const org = at(T0);
    const [id = ''] = org.insert('Lead', [{ LastName: 'Lovelace', City: '' }]);
    expect(rowOf(org, 'Lead', id)['City']).toBeNull();
    org.update('Lead', id, { Title: '' });
    expect(rowOf(org, 'Lead', id)['Title']).toBeNull();
  });

  test('may carry its own stamps, as a late commit does', () => {
    const org = at(T0);
    const [id = ''] = org.insert('Lead', [{ LastName: 'Late', SystemModstamp: '2026-11-24T09:00:00.000Z' }]);
    expect(rowOf(org, 'Lead', id)['SystemModstamp']).toBe('2026-11-24T09:00:00.000Z');
  });

  test('updates values and stamps, and what follows from them, and nothing else', () => {
    const org = at(T0);
    const id = firstId(org, 'Contact');
    const before = rowOf(org, 'Contact', id);
    org.shiftClock(60_000);
    org.update('Contact', id, { LastName: 'Curie' });
    const after = rowOf(org, 'Contact', id);
    const changed = Object.keys(after).filter((key) => after[key] !== before[key]);
    expect(changed.sort()).toEqual(expect.arrayContaining(['LastModifiedDate', 'LastName', 'Name', 'SystemModstamp']));
    expect(changed.every((key) => /^(?:LastModified|LastName|Name|SystemModstamp)/u.test(key))).toBe(true);
    expect(after['SystemModstamp']).toBe('2026-11-24T10:01:00.000Z');
    expect(after['Name']).toMatch(/Curie$/u);
  });

  test('soft-deletes, logs and undeletes', () => {
    const org = at(T0);
    const id = firstId(org, 'Account', (row) => row['IsDeleted'] === false);
    org.softDelete('Account', id);
    expect(rowOf(org, 'Account', id)).toMatchObject({ IsDeleted: true, SystemModstamp: '2026-11-24T10:00:00.000Z' });
    expect(org.deletions('Account')).toEqual([{ id, deletedDate: '2026-11-24T10:00:00.000Z' }]);
    org.undelete('Account', id);
    expect(rowOf(org, 'Account', id)['IsDeleted']).toBe(false);
    expect(org.deletions('Account')).toEqual([]);
  });

  test('deletes for good: gone from the rows, kept in the log with the day it was deleted', () => {
    const org = at(T0);
    const [id, other] = [...org.table('Task').rows(['Id'])].map((row) => String(row['Id']));
    const before = org.table('Task').size;
    org.hardDelete('Task', id ?? '');
    expect(org.table('Task').get(id ?? '')).toBeUndefined();
    expect(org.table('Task').size).toBe(before - 1);
    expect([...org.table('Task').rows(['Id'])].map((row) => row['Id'])).not.toContain(id);
    org.softDelete('Task', other ?? '');
    org.shiftClock(3_600_000);
    org.hardDelete('Task', other ?? '');
    expect(org.deletions('Task').map((entry) => entry.deletedDate)).toEqual([
      '2026-11-24T10:00:00.000Z',
      '2026-11-24T10:00:00.000Z',
    ]);
    expect(() => org.hardDelete('Task', id ?? '')).toThrow('No row');
  });

  test('takes details along with their master, into the recycle bin, out of it and away for good', () => {
    const org = at(T0);
    const [invoice = ''] = org.insert('Invoice__c', [{}]);
    const [first = '', second = ''] = org.insert('Invoice_Line__c', [{ Invoice__c: invoice }, { Invoice__c: invoice }]);
    const deleted = () => [first, second].map((id) => org.table('Invoice_Line__c').get(id)?.['IsDeleted']);
    const logged = () => org.deletions('Invoice_Line__c').map(({ id }) => id);
    org.softDelete('Invoice_Line__c', first);
    org.shiftClock(60_000);
    org.softDelete('Invoice__c', invoice);
    expect(deleted()).toEqual([true, true]);
    expect(rowOf(org, 'Invoice_Line__c', second)['SystemModstamp']).toBe('2026-11-24T10:01:00.000Z');
    expect(logged()).toEqual([first, second]);
    org.undelete('Invoice__c', invoice);
    expect(deleted()).toEqual([true, false]);
    expect(logged()).toEqual([first]);
    org.hardDelete('Invoice__c', invoice);
    expect(deleted()).toEqual([undefined, undefined]);
    expect(org.deletions('Invoice_Line__c')).toEqual([
      { id: first, deletedDate: '2026-11-24T10:00:00.000Z' },
      { id: second, deletedDate: '2026-11-24T10:01:00.000Z' },
    ]);
  });

  test('merges rows into another one, which gets all that pointed to them', () => {
    const org = at(T0);
    const names = [{ Name: 'winner' }, { Name: 'loser' }, { Name: 'third' }];
    const [winner = '', loser = '', third = ''] = org.insert('Account', names);
    org.update('Account', winner, { ParentId: loser });
    const [contact = ''] = org.insert('Contact', [{ LastName: 'One', AccountId: loser.slice(0, 15) }]);
    const [task = ''] = org.insert('Task', [{ Subject: 'call', WhatId: third }]);
    org.shiftClock(60_000);
    org.merge('Account', winner, [loser, third]);
    const stamp = '2026-11-24T10:01:00.000Z';
    for (const id of [loser, third]) {
      expect(rowOf(org, 'Account', id)).toMatchObject({
        IsDeleted: true,
        MasterRecordId: winner,
        SystemModstamp: stamp,
      });
    }
    expect(org.deletions('Account').map(({ id }) => id)).toEqual([loser, third]);
    expect(rowOf(org, 'Account', winner)).toMatchObject({ IsDeleted: false, ParentId: null, LastModifiedDate: stamp });
    expect(rowOf(org, 'Contact', contact)).toMatchObject({ AccountId: winner, SystemModstamp: stamp });
    expect(rowOf(org, 'Task', task)).toMatchObject({ WhatId: winner, SystemModstamp: stamp });
    org.undelete('Account', loser);
    expect(rowOf(org, 'Account', loser)).toMatchObject({ IsDeleted: false, MasterRecordId: null });
  });

  test('merges nothing that Salesforce would not', () => {
    const org = at(T0);
    const ids = org.insert('Account', [{ Name: 'a' }, { Name: 'b' }, { Name: 'c' }, { Name: 'd' }]);
    const [first = '', second = ''] = ids;
    const revision = org.revision;
    expect(() => org.merge('Account', first, [])).toThrow('1 to 2 losers');
    expect(() => org.merge('Account', first, ids.slice(1))).toThrow('1 to 2 losers');
    expect(() => org.merge('Account', first, [first])).toThrow('with another');
    expect(() => org.merge('Task', first, [second])).toThrow("Rows of Task can't be merged");
    expect(org.revision).toBe(revision);
    org.softDelete('Account', second);
    expect(() => org.merge('Account', first, [second])).toThrow('deleted row');
  });

  test('adds a field that old rows have nothing in, of an unknown type too', () => {
    const org = at(T0);
    const id = firstId(org, 'Account');
    const stamp = rowOf(org, 'Account', id)['SystemModstamp'];
    org.addField('Account', { name: 'Shape__c', type: 'polygon' });
    org.addField('Account', { name: 'Vip__c', type: 'boolean' });
    expect(rowOf(org, 'Account', id)).toMatchObject({ Shape__c: null, Vip__c: false, SystemModstamp: stamp });
    org.update('Account', id, { Shape__c: 'square' });
    expect(rowOf(org, 'Account', id)['Shape__c']).toBe('square');
    expect(org.sobjects.get('Account')?.fields.at(-2)).toMatchObject({
      name: 'Shape__c',
      type: 'polygon',
      custom: true,
    });
    expect(() => org.addField('Account', { name: 'Vip__c', type: 'string' })).toThrow('already');
  });

  test('removes a field with what was in it', () => {
    const org = at(T0);
    const id = firstId(org, 'Account');
    org.update('Account', id, { Industry: 'Rail' });
    org.removeField('Account', 'Industry');
    expect(rowOf(org, 'Account', id)).not.toHaveProperty('Industry');
    expect(org.sobjects.get('Account')?.fields.some(({ name }) => name === 'Industry')).toBe(false);
    org.addField('Account', { name: 'Industry', type: 'string' });
    expect(new Set([...org.table('Account').rows(['Industry'])].map((row) => row['Industry']))).toEqual(
      new Set([null]),
    );
  });

  test('removes an object', () => {
    const org = at(T0);
    org.removeObject('Project__c');
    expect(org.sobjects.has('Project__c')).toBe(false);
    expect(() => org.table('Project__c')).toThrow('no object Project__c');
  });

  test('raises the revision, and one that fails changes nothing', () => {
    const org = at(T0);
    const id = firstId(org, 'Account');
    const revision = org.revision;
    const before = JSON.stringify([...org.table('Account').rows()]);
    expect(() => org.update('Account', id, { Nmae: 'x' })).toThrow("Account.Nmae can't be written");
    expect(() => org.update('Account', id, { BillingAddress: 'x' })).toThrow("can't be written");
    expect(() => org.insert('Account', [{ Name: 'a' }, { Nmae: 'b' }])).toThrow("can't be written");
    expect(() => org.softDelete('User', firstId(org, 'User'))).toThrow('recycle bin');
    expect(() => org.update('Account', '001000000000000AAA', { Name: 'x' })).toThrow('No row');
    expect(org.revision).toBe(revision);
    expect(JSON.stringify([...org.table('Account').rows()])).toBe(before);
    org.update('Account', id, { Name: 'x' });
    expect(org.revision).toBe(revision + 1);
  });
});

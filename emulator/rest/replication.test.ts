import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit, type Visitor } from '../visitor.ts';

let visitor: Visitor;
let ids: string[];

beforeAll(async () => {
  visitor = await visit();
  ids = visitor.insert('Account', { Name: 'a' }, { Name: 'b' }, { Name: 'c' });
  visitor.org.softDelete('Account', ids[0] ?? '');
  visitor.org.hardDelete('Account', ids[1] ?? '');
});

afterAll(() => visitor.close());

const iso = (offsetMs: number) => new Date(visitor.org.now() + offsetMs).toISOString();
const minute = 60_000;
const day = 24 * 60 * minute;
const ask = (resource: string, from: number, to: number, sobject = 'Account') => {
  // One moment for both: a minute may begin between two.
  const nowMs = visitor.org.now();
  const [start, end] = [from, to].map((offsetMs) => encodeURIComponent(new Date(nowMs + offsetMs).toISOString()));
  return visitor.get(`/sobjects/${sobject}/${resource}?start=${start}&end=${end}`);
};

describe('deleted', () => {
  it('lists soft and hard deletes of the window, in whole minutes', async () => {
    const { body } = await ask('deleted', -10 * minute, 2 * minute);
    expect(body.deletedRecords.map(({ id }) => id).sort()).toEqual([ids[0], ids[1]].sort());
    expect(body.deletedRecords[0]?.deletedDate).toMatch(/^[-\dT:]{19}\.000\+0000$/);
    expect(body.latestDateCovered).toMatch(/:00\.000\+0000$/);
    expect(Date.parse(body.latestDateCovered)).toBeLessThanOrEqual(visitor.org.now());
    expect(Object.keys(body)).toEqual(['deletedRecords', 'earliestDateAvailable', 'latestDateCovered']);
  });

  it('brings the deletes of every history object with those of one', async () => {
    const [id = ''] = visitor.insert('ContactHistory', { Field: 'LastName' });
    visitor.org.hardDelete('ContactHistory', id);
    const { body } = await ask('deleted', -10 * minute, 2 * minute, 'AccountHistory');
    expect(body.deletedRecords.map((entry) => entry.id)).toEqual([id]);
  });

  it('leaves the rest of the window uncovered where a transaction is open', async () => {
    await visitor.control('settings', { latestDateCoveredLagMs: 60 * minute });
    const { body } = await ask('deleted', -120 * minute, 0);
    expect(Date.parse(body.latestDateCovered)).toBeLessThan(visitor.org.now() - 59 * minute);
    await visitor.control('settings', { latestDateCoveredLagMs: 0 });
  });

  it('refuses a window that is too short, too old or purged', async () => {
    const code = async (from: number, to: number) => (await ask('deleted', from, to)).refusal?.errorCode;
    expect(await code(-minute, 0)).toBe('INVALID_REPLICATION_DATE');
    expect(await code(0, -5 * minute)).toBe('INVALID_REPLICATION_DATE');
    expect(await code(-16 * day, 0)).toBe('INVALID_REPLICATION_DATE');
    await visitor.control('settings', { deleteLogFrom: iso(-day) });
    expect(await code(-2 * day, 0)).toBe('INVALID_REPLICATION_DATE');
    expect(await code(-day / 2, 0)).toBeUndefined();
    await visitor.control('settings', { deleteLogFrom: null });
  });

  it('is refused for what is not replicateable', async () => {
    const { status } = await ask('deleted', -day, 0, 'ContentDocumentLink');
    expect(status).toBe(400);
    expect((await visitor.get('/sobjects/Account/deleted?start=x&end=y')).status).toBe(400);
  });
});

describe('updated', () => {
  it('lists the Ids of living rows changed in the window', async () => {
    const { body } = await ask('updated', -10 * minute, 2 * minute);
    expect(body).toEqual({ ids: [ids[2]], latestDateCovered: expect.stringMatching(/:00\.000\+0000$/) });
    expect((await ask('updated', -29 * day, -28 * day)).body.ids).toEqual([]);
    expect((await ask('updated', -31 * day, 0)).refusal?.errorCode).toBe('INVALID_REPLICATION_DATE');
  });
});

describe('a late commit', () => {
  it('is seen by nobody before its time', async () => {
    await visitor.control('settings', { lateCommitMs: 60 * minute });
    expect((await visitor.queryAll('SELECT Id FROM Account')).body.totalSize).toBe(0);
    expect((await ask('deleted', -10 * minute, 2 * minute)).body.deletedRecords).toEqual([]);
    await visitor.control('settings', { lateCommitMs: 0 });
    expect((await visitor.queryAll('SELECT Id FROM Account')).body.totalSize).toBe(2);
  });
});

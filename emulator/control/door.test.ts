import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit, type Visitor } from '../visitor.ts';

let visitor: Visitor;

beforeAll(async () => {
  visitor = await visit();
});

afterAll(() => visitor.close());

const change = (body: unknown) => visitor.control('change', body);

describe('the control door', () => {
  it('changes rows, one change or several, and shows them as the org stores them', async () => {
    const rows = [
      { LastName: 'A', Company: 'X' },
      { LastName: 'B', Company: 'Y' },
    ];
    const { body } = await change({ op: 'insert', sobject: 'Lead', rows });
    const [first, second] = body.ids;
    await change([
      { op: 'update', sobject: 'Lead', id: first, values: { Company: 'Z' } },
      { op: 'delete', sobject: 'Lead', id: second },
    ]);
    const stored = async () =>
      (await visitor.send('GET', '/_control/rows/Lead')).text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    expect(await stored()).toMatchObject([
      { Id: first, Company: 'Z', IsDeleted: false },
      { Id: second, IsDeleted: true },
    ]);
    await change({ op: 'undelete', sobject: 'Lead', id: second });
    await change({ op: 'purge', sobject: 'Lead', id: first });
    expect(await stored()).toMatchObject([{ Id: second, IsDeleted: false }]);
  });

  it('merges rows', async () => {
    const { body } = await change({ op: 'insert', sobject: 'Lead', rows: [{ LastName: 'A' }, { LastName: 'B' }] });
    const [winner, loser] = body.ids;
    const merged = await change({ op: 'merge', sobject: 'Lead', id: winner, losers: [loser] });
    expect(merged.body.ids).toEqual([winner, loser]);
    const { text } = await visitor.queryAll(`SELECT MasterRecordId, IsDeleted FROM Lead WHERE Id = '${loser}'`);
    expect(text).toContain(`"MasterRecordId":"${winner}","IsDeleted":true`);
    expect((await change({ op: 'merge', sobject: 'Lead', id: winner })).body.error).toBe(
      'merge needs losers, a list of Ids',
    );
  });

  it('changes the schema', async () => {
    await change({ op: 'addField', sobject: 'Lead', field: { name: 'Odd__c', type: 'hologram' } });
    expect((await visitor.query('SELECT Odd__c FROM Lead')).status).toBe(200);
    await change({ op: 'removeField', sobject: 'Lead', field: 'Odd__c' });
    expect((await visitor.query('SELECT Odd__c FROM Lead')).refusal?.errorCode).toBe('INVALID_FIELD');
  });

  it.each([
    [{ op: 'grow', sobject: 'Lead' }, 'There is no change grow'],
    [{ op: 'delete', sobject: 'Nope', id: 'x' }, 'There is no object Nope'],
    [{ op: 'delete', sobject: 'Lead', id: '00Q000000000000AAA' }, 'No row 00Q000000000000AAA'],
    [{ op: 'insert', sobject: 'Lead', rows: [{ Nope: 1 }] }, "Lead.Nope can't be written"],
    [{ op: 'insert', sobject: 'Lead', rows: [{ LastName: {} }] }, 'neither text, number, boolean nor null'],
  ])('refuses %o', async (body, message) => {
    const answer = await change(body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(message);
  });

  it('says what it refuses of settings, faults and paths', async () => {
    expect((await visitor.control('settings', { speed: 1 })).body.error).toBe('There is no setting speed');
    expect((await visitor.control('settings', { limitInfo: 'x' })).body.error).toContain("limitInfo can't be");
    expect((await visitor.control('fault', { path: 1 })).status).toBe(400);
    expect((await visitor.send('GET', '/_control/nothing')).body.error).toContain('knows no GET nothing');
  });

  it('sets usage, and moves the clock that answers go by', async () => {
    await visitor.control('settings', { apiUsed: 41, clockOffsetMs: 3_600_000 });
    const beforeMs = Date.now();
    const answer = await visitor.get('/limits');
    const realMs = Date.parse(answer.headers.get('date') ?? '') - 3_600_000;
    expect(answer.headers.get('sforce-limit-info')).toBe('api-usage=42/100000');
    // Dates in headers have whole seconds.
    expect(realMs).toBeGreaterThan(beforeMs - 1000);
    expect(realMs).toBeLessThanOrEqual(Date.now());
    await visitor.control('settings', { clockOffsetMs: 0 });
  });

  it('logs requests with their cost, and never its own', async () => {
    await visitor.send('DELETE', '/_control/log');
    await visitor.query("SELECT Id FROM Lead WHERE Company = 'a b+c'");
    await visitor.logIn();
    expect((await visitor.send('GET', '/_control/log')).body).toMatchObject([
      {
        method: 'GET',
        path: '/services/data/v58.0/query',
        query: "q=SELECT Id FROM Lead WHERE Company = 'a b+c'",
        status: 200,
        counted: true,
      },
      { method: 'POST', path: '/services/oauth2/token', counted: false },
    ]);
  });

  it('refuses the API to a user who lacks it', async () => {
    await visitor.control('settings', { apiDisabled: true });
    const answer = await visitor.get('/sobjects');
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual([{ message: 'API is disabled for this User', errorCode: 'API_CURRENTLY_DISABLED' }]);
    await visitor.control('settings', { apiDisabled: false });
  });
});

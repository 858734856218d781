import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit, type Visitor } from '../visitor.ts';

let visitor: Visitor;

beforeAll(async () => {
  visitor = await visit({ rows: 20 });
});

afterAll(() => visitor.close());

describe('the versions', () => {
  it('are listed without a session and without a count', async () => {
    const before = await usage();
    const answer = await visitor.send('GET', '/services/data', undefined, { authorization: '' });
    expect(answer.list[0]).toEqual({ label: "Summer '14", url: '/services/data/v31.0', version: '31.0' });
    expect(answer.list.at(-1)).toEqual({ label: "Spring '26", url: '/services/data/v66.0', version: '66.0' });
    expect(answer.headers.get('sforce-limit-info')).toBeNull();
    expect(await usage()).toBe(before);
  });

  it('are 404 where unknown, 410 where retired', async () => {
    expect((await visitor.send('GET', '/services/data/v99.0/limits')).status).toBe(404);
    expect((await visitor.send('GET', '/services/data/v25.0/limits')).status).toBe(410);
  });

  it('hold resources, and refuse what has no session', async () => {
    expect((await visitor.get('')).body).toMatchObject({ query: '/services/data/v58.0/query' });
    const refused = await visitor.get('/limits', { authorization: 'Bearer x' });
    expect(refused.status).toBe(401);
    expect(refused.text).toBe('[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]');
  });

  it('answer an unknown resource with 404 and a wrong method with 405', async () => {
    expect((await visitor.get('/nothing')).text).toBe(
      '[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]',
    );
    const refused = await visitor.send('DELETE', '/services/data/v58.0/limits');
    expect(refused.status).toBe(405);
    expect(refused.refusal?.message).toBe("HTTP Method 'DELETE' not allowed. Allowed are GET,HEAD");
  });

  it('shows their headers alone to HEAD', async () => {
    const { status, text, headers } = await visitor.send('HEAD', '/services/data/v58.0/sobjects/Account/describe');
    expect([status, text]).toEqual([200, '']);
    expect(headers.get('etag')).toMatch(/^"\w+"$/);
  });
});

describe('limits', () => {
  it('count calls, in the header too', async () => {
    const first = await visitor.get('/limits');
    const second = await visitor.get('/limits');
    const spent = (answer: typeof first) => answer.body.DailyApiRequests.Max - answer.body.DailyApiRequests.Remaining;
    expect(spent(second)).toBe(spent(first) + 1);
    expect(second.headers.get('sforce-limit-info')).toBe(`api-usage=${spent(second)}/100000`);
  });

  it('count rows of the objects asked, and leave out the unknown', async () => {
    const { body } = await visitor.get('/limits/recordCount?sObjects=Account,Nothing');
    expect(body).toEqual({ sObjects: [{ count: 20, name: 'Account' }] });
  });

  it('refuse every call when they are used up', async () => {
    const other = await visit({ settings: { apiMax: 1 } });
    expect((await other.get('/limits')).status).toBe(200);
    const refused = await other.query('SELECT Id FROM Account');
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual([{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }]);
    await other.close();
  });

  it('can name the app, or be missing from the header', async () => {
    const other = await visit({ settings: { limitInfo: 'perApp' } });
    const header = async () => (await other.get('/limits')).headers.get('sforce-limit-info');
    expect(await header()).toBe('api-usage=1/100000; per-app-api-usage=1/50000(appName=practice-app)');
    expect((await other.get('/limits')).body.DailyApiRequests).toMatchObject({
      'practice-app': { Max: 0, Remaining: 0 },
    });
    await other.control('settings', { limitInfo: 'none' });
    expect(await header()).toBeNull();
    await other.close();
  });
});

describe('describe', () => {
  it('lists every object with the recorded keys', async () => {
    const { body } = await visitor.get('/sobjects');
    expect(Object.keys(body)).toEqual(['encoding', 'maxBatchSize', 'sobjects']);
    const account = body.sobjects.find(({ name }) => name === 'Account');
    expect(Object.keys(account ?? {})).toEqual([
      'activateable',
      'associateEntityType',
      'associateParentEntity',
      'createable',
      'custom',
      'customSetting',
      'deepCloneable',
      'deletable',
      'deprecatedAndHidden',
      'feedEnabled',
      'hasSubtypes',
      'isInterface',
      'isSubtype',
      'keyPrefix',
      'label',
      'labelPlural',
      'layoutable',
      'mergeable',
      'mruEnabled',
      'name',
      'queryable',
      'replicateable',
      'retrieveable',
      'searchable',
      'triggerable',
      'undeletable',
      'updateable',
      'urls',
    ]);
    expect(account?.urls.describe).toBe('/services/data/v58.0/sobjects/Account/describe');
  });

  it('describes fields with 57 keys, in any case of the name', async () => {
    const { body } = await visitor.get('/sobjects/account/describe');
    expect(body.name).toBe('Account');
    expect(Object.keys(body.fields[0] ?? {})).toHaveLength(57);
    expect(Object.keys(body).slice(0, 4)).toEqual([
      'actionOverrides',
      'activateable',
      'associateEntityType',
      'associateParentEntity',
    ]);
    expect(body.childRelationships).toContainEqual(
      expect.objectContaining({ childSObject: 'Contact', field: 'AccountId', relationshipName: 'Contacts' }),
    );
    const old = await visitor.send('GET', '/services/data/v49.0/sobjects/Account/describe');
    expect(old.body).not.toHaveProperty('associateEntityType');
  });

  it('answers 304 to the tag and to the date of the last change, until the object changes', async () => {
    const first = await visitor.get('/sobjects/Contact/describe');
    const tag = { 'if-none-match': first.headers.get('etag') ?? '' };
    const since = { 'if-modified-since': first.headers.get('last-modified') ?? '' };
    expect((await visitor.get('/sobjects/Contact/describe', tag)).status).toBe(304);
    expect((await visitor.get('/sobjects/Contact/describe', since)).status).toBe(304);
    expect((await visitor.get('/sobjects', since)).status).toBe(304);
    const field = { name: 'Late__c', type: 'string', label: 'Late' };
    await visitor.control('change', { op: 'addField', sobject: 'Contact', field });
    expect((await visitor.get('/sobjects/Contact/describe', tag)).status).toBe(200);
    const changed = await visitor.get('/sobjects/Contact/describe', since);
    expect(changed.body.fields.at(-1)).toMatchObject({ name: 'Late__c', custom: true });
    expect((await visitor.get('/sobjects', since)).status).toBe(200);
  });

  it('knows no object that was removed', async () => {
    await visitor.control('change', { op: 'removeObject', sobject: 'Solution' });
    expect((await visitor.get('/sobjects/Solution/describe')).status).toBe(404);
    expect((await visitor.query('SELECT Id FROM Solution')).refusal?.errorCode).toBe('INVALID_TYPE');
  });
});

describe('a record', () => {
  it('comes whole, or with the fields asked', async () => {
    const [id = ''] = visitor.insert('Account', { Name: 'One', AnnualRevenue: 2 });
    const whole = await visitor.get(`/sobjects/Account/${id}`);
    expect(whole.body).toMatchObject({ Id: id, Name: 'One', AnnualRevenue: 2 });
    expect((await visitor.get(`/sobjects/Account/${id}?fields=Name`)).text).toBe(
      `{"attributes":{"type":"Account","url":"/services/data/v58.0/sobjects/Account/${id}"},"Name":"One"}`,
    );
    visitor.org.softDelete('Account', id);
    expect((await visitor.get(`/sobjects/Account/${id}`)).refusal?.errorCode).toBe('ENTITY_IS_DELETED');
    expect((await visitor.get('/sobjects/Account/001000000000000')).status).toBe(404);
    const malformed = await visitor.get('/sobjects/Account/003900K0001pPuOAAU');
    expect(malformed.status).toBe(400);
    expect(malformed.body).toEqual([
      {
        fields: ['Id'],
        message: 'Account ID: id value of incorrect type: 003900K0001pPuOAAU',
        errorCode: 'MALFORMED_ID',
      },
    ]);
  });

  it('has its base64 content at the URL that queries show', async () => {
    const [parent = ''] = visitor.insert('Account', { Name: 'Parent' });
    const [id = ''] = visitor.insert('Attachment', {
      Name: 'a.txt',
      ParentId: parent,
      Body: 'grüße',
      ContentType: 'text/plain',
    });
    const { body } = await visitor.query(`SELECT Id, Body FROM Attachment WHERE Id = '${id}'`);
    expect(body.records[0]?.Body).toBe(`/services/data/v58.0/sobjects/Attachment/${id}/Body`);
    const blob = await visitor.send('GET', body.records[0]?.Body ?? '');
    expect(blob.text).toBe('grüße');
    expect(blob.headers.get('content-type')).toBe('text/plain');
    expect((await visitor.get(`/sobjects/Attachment/${id}/Name`)).status).toBe(404);
  });
});

async function usage(): Promise<number> {
  return (await visitor.send('GET', '/_control/usage')).body.apiCalls;
}

import { gunzipSync } from 'node:zlib';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit, type Visitor } from '../visitor.ts';

let visitor: Visitor;

beforeAll(async () => {
  visitor = await visit({ rows: 20, rowsOf: { Account: 5000, Contact: 50 } });
});

afterAll(() => visitor.close());

async function pages(soql: string, headers?: Record<string, string>): Promise<{ sizes: number[]; ids: string[] }> {
  const sizes: number[] = [];
  const ids: string[] = [];
  let { body } = await visitor.query(soql, headers);
  for (;;) {
    sizes.push(body.records.length);
    ids.push(...body.records.map(({ Id }) => Id));
    if (body.done) return { sizes, ids };
    ({ body } = await visitor.send('GET', body.nextRecordsUrl));
  }
}

describe('paging', () => {
  it('gives 2,000 rows a page, every row once', async () => {
    const { body } = await visitor.query('SELECT Id FROM Account');
    expect(Object.keys(body)).toEqual(['totalSize', 'done', 'nextRecordsUrl', 'records']);
    expect(body.nextRecordsUrl).toMatch(/^\/services\/data\/v58\.0\/query\/0r8\w{15}-2000$/);
    const { sizes, ids } = await pages('SELECT Id FROM Account');
    expect(sizes.slice(0, 2)).toEqual([2000, 2000]);
    expect(new Set(ids).size).toBe(body.totalSize);
    expect(ids).toHaveLength(body.totalSize);
  });

  it('has no nextRecordsUrl at the end', async () => {
    const { body } = await visitor.query('SELECT Id FROM Account LIMIT 5');
    expect(Object.keys(body)).toEqual(['totalSize', 'done', 'records']);
    expect(body).toMatchObject({ totalSize: 5, done: true });
  });

  it('keeps to the batch size asked between 200 and 2,000', async () => {
    const sizes = async (batchSize: number) =>
      (await pages('SELECT Id FROM Account LIMIT 2500', { 'sforce-query-options': `batchSize=${batchSize}` })).sizes;
    expect(await sizes(1000)).toEqual([1000, 1000, 500]);
    expect((await sizes(1))[0]).toBe(200);
    expect(await sizes(9000)).toEqual([2000, 500]);
  });

  it('gives fewer rows a page where they are wide', async () => {
    const wide = [...visitor.org.sobjects.values()].find(({ fields }) => fields.length > 700);
    if (!wide) throw new Error('The org has no wide object');
    const columns = wide.fields.filter(({ type }) => type !== 'address' && type !== 'location').slice(0, 600);
    const other = await visit({ rows: 0, rowsOf: { [wide.name]: 1100 } });
    const url = `/services/data/v58.0/composite`;
    const soql = `SELECT ${columns.map(({ name }) => name).join(',')} FROM ${wide.name}`;
    const request = {
      method: 'GET',
      url: `/services/data/v58.0/queryAll?q=${encodeURIComponent(soql)}`,
      referenceId: 'wide',
    };
    const { body } = await other.send('POST', url, { compositeRequest: [request] });
    expect(body.compositeResponse[0]?.body.records).toHaveLength(1000);
    await other.close();
  });

  it('counts children as rows', async () => {
    const { body } = await visitor.query('SELECT Id, (SELECT Id FROM Contacts) FROM Account', {
      'sforce-query-options': 'batchSize=200',
    });
    const children = body.records.reduce((sum, { Contacts }) => sum + (Contacts?.totalSize ?? 0), 0);
    expect(body.records.length + children).toBeLessThanOrEqual(200);
    expect(body.done).toBe(false);
  });

  it('gives the children that no page holds at an address of their own', async () => {
    const [parent = ''] = visitor.insert('Account', { Name: 'Many' });
    visitor.insert('Contact', ...Array.from({ length: 450 }, (_, at) => ({ LastName: `C${at}`, AccountId: parent })));
    const soql = `SELECT Id, (SELECT Id FROM Contacts ORDER BY LastName) FROM Account WHERE Id = '${parent}'`;
    const { body } = await visitor.query(soql, { 'sforce-query-options': 'batchSize=200' });
    let page = body.records[0]?.Contacts;
    const ids: string[] = [];
    const sizes: number[] = [];
    while (page) {
      expect(page).toMatchObject({ totalSize: 450 });
      ids.push(...page.records.map(({ Id }) => Id));
      sizes.push(page.records.length);
      page = page.done ? null : (await visitor.send('GET', page.nextRecordsUrl)).body;
    }
    expect(sizes).toEqual([200, 200, 50]);
    expect(new Set(ids).size).toBe(450);
  });

  it('shows one moment, whatever changes while pages are fetched', async () => {
    await visitor.control('settings', { pageRows: 10 });
    const ids = visitor.insert(
      'Lead',
      ...Array.from({ length: 15 }, (_, at) => ({ LastName: `L${at}`, Company: 'Moment' })),
    );
    const { body } = await visitor.query("SELECT LastName FROM Lead WHERE Company = 'Moment' ORDER BY LastName");
    for (const id of ids) visitor.org.update('Lead', id, { LastName: 'changed' });
    visitor.org.softDelete('Lead', ids[9] ?? '');
    const next = await visitor.send('GET', body.nextRecordsUrl);
    expect(next.body.records.map(({ LastName }) => LastName)).toEqual(['L5', 'L6', 'L7', 'L8', 'L9']);
    await visitor.control('settings', { pageRows: 0 });
  });

  it('has no more rows once their object is gone', async () => {
    const other = await visit({ rows: 0, rowsOf: { Lead: 9000 } });
    const fields = other.org.sobjects.get('Lead')?.fields.map(({ name }) => name) ?? [];
    const { body } = await other.queryAll(`SELECT ${fields.join(',')} FROM Lead`);
    expect(body.records).toHaveLength(2000);
    other.org.removeObject('Lead');
    expect((await other.send('GET', body.nextRecordsUrl)).body.records).toEqual([]);
    await other.close();
  });

  it('refuses a locator that it does not know, and one of two days ago', async () => {
    const unknown = await visitor.get('/query/01gRO0000016PIAYA2-500');
    expect(unknown.status).toBe(400);
    expect(unknown.body).toEqual([{ message: 'invalid query locator', errorCode: 'INVALID_QUERY_LOCATOR' }]);
    const { body } = await visitor.query('SELECT Id FROM Account');
    await visitor.control('settings', { clockOffsetMs: 49 * 3600 * 1000 });
    expect((await visitor.send('GET', body.nextRecordsUrl)).refusal?.errorCode).toBe('INVALID_QUERY_LOCATOR');
    await visitor.control('settings', { clockOffsetMs: 0 });
  });
});

describe('an unordered answer', () => {
  it('is in no order of Id or time, and the same each time', async () => {
    const { ids } = await pages('SELECT Id FROM Account LIMIT 400');
    expect(ids).not.toEqual([...ids].sort());
    expect((await pages('SELECT Id FROM Account LIMIT 400')).ids).toEqual(ids);
  });
});

describe('COUNT() and explain', () => {
  it('give a size without records, and plans', async () => {
    const { body } = await visitor.query('SELECT COUNT() FROM Contact');
    expect(body).toEqual({ totalSize: expect.any(Number), done: true, records: [] });
    const explained = await visitor.get(`/query?explain=${encodeURIComponent('SELECT Id FROM Contact')}`);
    expect(explained.body.plans[0]).toMatchObject({ leadingOperationType: 'TableScan', sobjectType: 'Contact' });
  });
});

describe('an answer for people', () => {
  it('is spread over lines where the client asks for it', async () => {
    const { text } = await visitor.query("SELECT Id FROM Account WHERE Name = 'nobody'", { 'x-prettyprint': '1' });
    expect(text).toBe('{\n  "totalSize" : 0,\n  "done" : true,\n  "records" : [  ]\n}');
  });
});

describe('a long URL', () => {
  it('gets 414 and a page of HTML', async () => {
    const answer = await visitor.query(`SELECT Id FROM Account WHERE Name = '${'x'.repeat(17_000)}'`);
    expect(answer.status).toBe(414);
    expect(answer.text).toBe('<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>');
  });

  it('gets 431 with long headers', async () => {
    const answer = await visitor.query(`SELECT Id FROM Account WHERE Name = '${'x'.repeat(8000)}'`, {
      'x-long': 'y'.repeat(9000),
    });
    expect(answer.status).toBe(431);
  });
});

describe('compression', () => {
  it('follows Accept-Encoding, and can be switched off', async () => {
    const plain = await visitor.query('SELECT Id, Name FROM Account');
    expect(plain.headers.get('content-encoding')).toBe('gzip');
    const deflated = await visitor.query('SELECT Id, Name FROM Account', { 'accept-encoding': 'deflate' });
    expect(deflated.headers.get('content-encoding')).toBe('deflate');
    expect(deflated.body.records).toEqual(plain.body.records);
    await visitor.control('settings', { gzip: false });
    const off = await visitor.query('SELECT Id, Name FROM Account');
    expect(off.headers.get('content-encoding')).toBeNull();
    expect(off.body.records).toEqual(plain.body.records);
    await visitor.control('settings', { gzip: true });
  });

  it('joins describes that were compressed before into one gzip member', async () => {
    const { body: session } = await visitor.send(
      'POST',
      '/services/oauth2/token',
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'practice-client',
        client_secret: 'practice-secret',
      }),
    );
    const bytes = await new Promise<Buffer>((resolve, reject) => {
      const headers = { authorization: `Bearer ${session.access_token}`, 'accept-encoding': 'gzip' };
      get(`${visitor.url}/services/data/v58.0/sobjects/User/describe`, { headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve(Buffer.concat(chunks)));
      }).on('error', reject);
    });
    expect(JSON.parse(gunzipSync(bytes).toString()).name).toBe('User');
  });
});

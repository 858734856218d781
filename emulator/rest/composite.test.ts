import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit, type Visitor } from '../visitor.ts';

let visitor: Visitor;

beforeAll(async () => {
  visitor = await visit({ rows: 5 });
});

afterAll(() => visitor.close());

const base = '/services/data/v58.0';
const describeOf = (name: string, extra = {}) => ({
  method: 'GET',
  url: `${base}/sobjects/${name}/describe`,
  referenceId: `${name}_describe`,
  ...extra,
});
const queryOf = (soql: string, at: number) => ({
  method: 'GET',
  url: `${base}/query?q=${encodeURIComponent(soql)}`,
  referenceId: `q${at}`,
});
const composite = (compositeRequest: unknown, extra = {}) =>
  visitor.send('POST', `${base}/composite`, { compositeRequest, ...extra });
const batch = (batchRequests: unknown, extra = {}) =>
  visitor.send('POST', `${base}/composite/batch`, { batchRequests, ...extra });
const usage = async () => (await visitor.send('GET', '/_control/usage')).body.apiCalls;

describe('a composite call', () => {
  it('answers each subrequest with its own status and headers, and counts once', async () => {
    const before = await usage();
    const { status, body } = await composite([
      describeOf('Account'),
      describeOf('Nothing'),
      queryOf('SELECT COUNT() FROM Account', 1),
      queryOf('select count() from XYZZY', 2),
    ]);
    expect(status).toBe(200);
    expect(await usage()).toBe(before + 1);
    const [account, nothing, count, wrong] = body.compositeResponse;
    expect(Object.keys(account ?? {})).toEqual(['body', 'httpHeaders', 'httpStatusCode', 'referenceId']);
    expect(account).toMatchObject({ body: { name: 'Account' }, httpStatusCode: 200, referenceId: 'Account_describe' });
    expect(Object.keys(account?.httpHeaders ?? {})).toEqual(['ETag', 'Last-Modified']);
    expect(nothing).toMatchObject({ httpStatusCode: 404, httpHeaders: {}, body: [{ errorCode: 'NOT_FOUND' }] });
    expect(count?.body).toMatchObject({ done: true, records: [] });
    expect(wrong).toMatchObject({ httpStatusCode: 400, body: [{ errorCode: 'INVALID_TYPE' }] });
  });

  it('hands headers to subrequests: 304 and a null body', async () => {
    const first = (await composite([describeOf('Account')])).body.compositeResponse[0];
    const httpHeaders = { 'If-Modified-Since': first?.httpHeaders['Last-Modified'] };
    const { body } = await composite([describeOf('Account', { httpHeaders })]);
    expect(body.compositeResponse[0]).toMatchObject({ body: null, httpStatusCode: 304 });
  });

  it('takes up to 25 subrequests, 5 of them queries', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => describeOf('Lead', { referenceId: `r${at}` }));
    expect((await composite(many(25))).status).toBe(200);
    expect((await composite(many(26))).status).toBe(400);
    const queries = (count: number) => Array.from({ length: count }, (_, at) => queryOf('SELECT Id FROM Lead', at));
    expect((await composite(queries(5))).status).toBe(200);
    expect((await composite(queries(6))).status).toBe(400);
  });

  it('fails whole for an illegal or a double referenceId', async () => {
    expect((await composite([describeOf('Account', { referenceId: 'a-b' })])).status).toBe(400);
    expect((await composite([describeOf('Account'), describeOf('Account')])).refusal?.message).toContain('Duplicate');
  });

  it('rolls back with allOrNone', async () => {
    const { body } = await composite([describeOf('Account'), describeOf('Nothing')], { allOrNone: true });
    expect(body.compositeResponse[0]?.body).toMatchObject([{ errorCode: 'PROCESSING_HALTED' }]);
    expect(body.compositeResponse[1]?.body).toMatchObject([{ errorCode: 'NOT_FOUND' }]);
  });

  it('carries no limits, jobs or blobs', async () => {
    const { body } = await composite([{ method: 'GET', url: `${base}/limits`, referenceId: 'limits' }]);
    expect(body.compositeResponse[0]?.httpStatusCode).toBe(404);
  });

  it('takes scripted faults in its parts, and logs what it asked', async () => {
    await visitor.send('DELETE', '/_control/log');
    await visitor.control('fault', {
      path: '/sobjects/Lead/describe$',
      status: 400,
      body: [{ errorCode: 'X', message: 'x' }],
    });
    const { body } = await composite([describeOf('Account'), describeOf('Lead')]);
    expect(body.compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).toEqual([200, 400]);
    expect(body.compositeResponse[1]?.body).toEqual([{ errorCode: 'X', message: 'x' }]);
    const [entry] = (await visitor.send('GET', '/_control/log')).list;
    expect(entry).toMatchObject({ path: `${base}/composite`, counted: true, calls: 1 });
    expect(entry?.subrequests).toEqual([`${base}/sobjects/Account/describe`, `${base}/sobjects/Lead/describe`]);
  });
});

describe('a batch', () => {
  it('answers with statusCode and result, and counts every part', async () => {
    const before = await usage();
    const { body } = await batch([
      { method: 'GET', url: 'v58.0/limits' },
      { method: 'GET', url: `${base}/sobjects/Nothing/describe` },
    ]);
    expect(await usage()).toBe(before + 2);
    expect(body).toMatchObject({ hasErrors: true, results: [{ statusCode: 200 }, { statusCode: 404 }] });
    expect(body.results[1]?.result).toEqual([
      { errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' },
    ]);
  });

  it('stops at the first error where it is told to', async () => {
    const parts = [
      { method: 'GET', url: 'v58.0/sobjects/Nothing/describe' },
      { method: 'GET', url: 'v58.0/limits' },
    ];
    const { body } = await batch(parts, { haltOnError: true });
    expect(body.results[1]).toMatchObject({ statusCode: 412, result: [{ errorCode: 'BATCH_PROCESSING_HALTED' }] });
  });

  it('carries requests of its own version and of older ones, from 34 on', async () => {
    const { body } = await batch(
      ['v60.0', 'v58.0', 'v34.0', 'v33.0'].map((version) => ({ method: 'GET', url: `${version}/limits` })),
    );
    expect(body.results.map(({ statusCode }) => statusCode)).toEqual([400, 200, 200, 400]);
  });
});

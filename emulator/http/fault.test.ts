import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { visit, type Visitor } from '../visitor.ts';
import { FaultList, readFault } from './fault.ts';

describe('a fault list', () => {
  it('lets matches pass, then strikes as often as told', () => {
    const faults = new FaultList();
    faults.add({ path: '/query', skip: 1, times: 2 });
    const struck = Array.from({ length: 5 }, () => faults.strike('GET', ['/services/query?q=x']) !== undefined);
    expect(struck).toEqual([false, true, true, false, false]);
  });

  it('strikes for ever with times 0, until it is cleared, and only its method', () => {
    const faults = new FaultList();
    faults.add({ path: 'a', method: 'POST', times: 0 });
    expect(faults.strike('GET', ['a'])).toBeUndefined();
    for (let at = 0; at < 10; at += 1) expect(faults.strike('POST', ['b', 'a'])).toBeDefined();
    faults.clear();
    expect(faults.strike('POST', ['a'])).toBeUndefined();
  });
});

describe('readFault', () => {
  it.each([
    [null, 'A fault is a JSON object'],
    [{}, 'A fault needs a path'],
    [{ path: '(' }, "A fault's path can't be"],
    [{ path: 'a', delay: 1 }, 'A fault has no delay'],
    [{ path: 'a', times: -1 }, "A fault's times can't be -1"],
  ])('refuses %o', (value, message) => {
    expect(() => readFault(value)).toThrow(message);
  });
});

describe('a fault at work', () => {
  let visitor: Visitor;

  beforeEach(async () => {
    visitor = await visit();
    visitor.insert('Lead', ...Array.from({ length: 30 }, (_, at) => ({ LastName: `L${at}`, Company: 'C' })));
  });

  afterEach(() => visitor.close());

  const ask = () => visitor.query('SELECT Id, LastName FROM Lead');

  it('answers with its status, and with the usual body of it', async () => {
    await visitor.control('fault', { path: 'FROM Lead', status: 503 });
    const edge = await ask();
    expect([edge.status, edge.headers.get('content-type')]).toEqual([503, 'text/html']);
    expect(edge.headers.get('sforce-limit-info')).toBeNull();
    await visitor.control('fault', { path: 'query', status: 500 });
    expect((await ask()).refusal?.errorCode).toBe('UNKNOWN_EXCEPTION');
    expect((await ask()).status).toBe(200);
  });

  it('answers with its own body and headers', async () => {
    const body = [{ message: 'Your query request was running for too long.', errorCode: 'QUERY_TIMEOUT' }];
    await visitor.control('fault', { path: 'query', status: 400, body, headers: { 'Retry-After': '7' } });
    const answer = await ask();
    expect(answer.body).toEqual(body);
    expect(answer.headers.get('retry-after')).toBe('7');
    await visitor.control('fault', { path: 'query', status: 502, body: '<html>edge</html>' });
    expect((await ask()).text).toBe('<html>edge</html>');
  });

  it('delays', async () => {
    await visitor.control('fault', { path: 'query', delayMs: 150 });
    const start = performance.now();
    expect((await ask()).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(140);
  });

  it('cuts a body, so that nobody can take it for whole', async () => {
    await visitor.control('fault', { path: 'query', cutAfterBytes: 20 });
    await expect(ask()).rejects.toThrow();
    expect((await ask()).body.records).toHaveLength(30);
  });

  it('resets the connection', async () => {
    await visitor.control('fault', { path: 'query', reset: true });
    await expect(ask()).rejects.toThrow();
    const entries = (await visitor.send('GET', '/_control/log')).list;
    expect(entries.at(-1)).toMatchObject({ status: 0, counted: false });
  });

  it('lets a body fall silent', async () => {
    await visitor.control('fault', { path: '/limits', hangAfterBytes: 10 });
    const { body } = await visitor.send(
      'POST',
      '/services/oauth2/token',
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'practice-client',
        client_secret: 'practice-secret',
      }),
    );
    const leaving = new AbortController();
    const answer = await fetch(`${visitor.url}/services/data/v58.0/limits`, {
      headers: { authorization: `Bearer ${body.access_token}`, 'accept-encoding': 'identity' },
      signal: leaving.signal,
    });
    const reader = answer.body?.getReader();
    expect((await reader?.read())?.value).toHaveLength(10);
    const next = reader?.read();
    // Others are served meanwhile, so it isn't that the server has come to a halt.
    expect((await ask()).status).toBe(200);
    leaving.abort();
    await expect(next).rejects.toThrow();
  });

  it('ends the session of a request', async () => {
    await visitor.control('fault', { path: 'query', expireSession: true });
    expect((await ask()).status).toBe(401);
    expect((await ask()).status).toBe(401);
    await visitor.logIn();
    expect((await ask()).status).toBe(200);
  });

  it('shortens a page of a query', async () => {
    await visitor.control('fault', { path: 'query', shortPage: 3 });
    const { body } = await ask();
    expect(body.totalSize).toBe(30);
    expect(body.records).toHaveLength(27);
  });

  it('costs a call where the API itself refuses, none where the edge does', async () => {
    const cost = async (status: number) => {
      const usage = async () => (await visitor.send('GET', '/_control/usage')).body.apiCalls;
      const before = await usage();
      await visitor.control('fault', { path: 'query', status });
      await ask();
      return (await usage()) - before;
    };
    expect(await cost(400)).toBe(1);
    expect(await cost(404)).toBe(1);
    expect(await cost(401)).toBe(0);
    expect(await cost(503)).toBe(0);
  });
});

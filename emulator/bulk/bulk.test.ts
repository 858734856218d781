import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { visit, type Reply, type Visitor } from '../visitor.ts';

let visitor: Visitor;

beforeEach(async () => {
  visitor = await visit({ settings: { jobReadyMs: 0 } });
});

afterEach(async () => {
  vi.useRealTimers();
  await visitor.close();
});

const jobs = '/services/data/v58.0/jobs/query';
const create = (query: string, extra = {}): Promise<Reply> =>
  visitor.send('POST', jobs, { operation: 'queryAll', query, ...extra });

async function ended(id: string): Promise<Reply['body']> {
  for (;;) {
    const info = (await visitor.send('GET', `${jobs}/${id}`)).body;
    if (info.state !== 'UploadComplete' && info.state !== 'InProgress') return info;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function finished(query: string, extra = {}): Promise<{ id: string; info: Reply['body'] }> {
  const { id } = (await create(query, extra)).body;
  return { id, info: await ended(id) };
}

const results = (id: string, query = '', headers?: Record<string, string>) =>
  visitor.send('GET', `${jobs}/${id}/results${query}`, undefined, headers);

function leads(count: number): void {
  visitor.insert('Lead', ...Array.from({ length: count }, (_, at) => ({ LastName: `Lead ${at}`, Company: 'C' })));
}

describe('a query job', () => {
  it('has the recorded keys at every step of its life', async () => {
    // The machine's clock stands still, and moves when it is told to: no state can be missed.
    vi.useFakeTimers({ toFake: ['performance'] });
    leads(3);
    await visitor.control('settings', { jobReadyMs: 2000 });
    const made = await create('SELECT Id FROM Lead');
    expect(made.status).toBe(200);
    expect(made.text).toContain('"apiVersion":58.0');
    expect(Object.keys(made.body)).toEqual([
      'id',
      'operation',
      'object',
      'createdById',
      'createdDate',
      'systemModstamp',
      'state',
      'concurrencyMode',
      'contentType',
      'apiVersion',
      'lineEnding',
      'columnDelimiter',
    ]);
    expect(made.body).toMatchObject({ state: 'UploadComplete', object: 'Lead', operation: 'queryAll' });
    const early = await results(made.body.id);
    expect(early.status).toBe(400);
    const ask = async () => (await visitor.send('GET', `${jobs}/${made.body.id}`)).body;
    expect((await ask()).state).toBe('UploadComplete');
    vi.advanceTimersByTime(500);
    expect((await ask()).state).toBe('InProgress');
    vi.advanceTimersByTime(1500);
    const info = await ended(made.body.id);
    expect(info.state).toBe('JobComplete');
    expect(info).toMatchObject({
      jobType: 'V2Query',
      numberRecordsProcessed: 3,
      retries: 0,
      isPkChunkingSupported: true,
    });
    expect(info).not.toHaveProperty('errorMessage');
  });

  it('can be aborted while it runs and deleted when it has ended', async () => {
    await visitor.control('settings', { jobReadyMs: 60_000 });
    const { body } = await create('SELECT Id FROM Lead');
    const one = `${jobs}/${body.id}`;
    expect((await visitor.send('DELETE', one)).refusal).toMatchObject({ errorCode: 'API_ERROR' });
    const aborted = await visitor.send('PATCH', one, { state: 'Aborted' });
    expect(Object.keys(aborted.body)).toHaveLength(10);
    expect(aborted.body.state).toBe('Aborted');
    expect((await visitor.send('PATCH', one, { state: 'Aborted' })).body).toEqual([
      { errorCode: 'INVALIDJOBSTATE', message: 'Aborting already Completed Job not allowed' },
    ]);
    expect((await visitor.send('DELETE', one)).status).toBe(204);
    expect((await visitor.send('GET', one)).body).toEqual([
      { errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' },
    ]);
  });

  it('is listed, and gone seven days after its end', async () => {
    const { id } = await finished('SELECT Id FROM Lead');
    const list = (await visitor.send('GET', jobs)).body;
    expect(list).toMatchObject({ done: true, nextRecordsUrl: null, records: [{ id, jobType: 'V2Query' }] });
    expect((await visitor.send('GET', `${jobs}?jobType=V2Query`)).body.records).toHaveLength(1);
    expect((await visitor.send('GET', `${jobs}?jobType=Classic`)).body.records).toEqual([]);
    await visitor.control('settings', { clockOffsetMs: 8 * 24 * 3600 * 1000 });
    expect((await visitor.send('GET', `${jobs}/${id}`)).status).toBe(404);
  });

  it('belongs to the API version that made it', async () => {
    const { id } = await finished('SELECT Id FROM Lead');
    expect((await visitor.send('GET', `/services/data/v60.0/jobs/query/${id}/results`)).status).toBe(409);
  });

  it.each([
    ['failJob', { failJob: 'QUERY_TIMEOUT' }, 'Failed', 'QUERY_TIMEOUT'],
    ['failJob without words', { failJob: '' }, 'Failed', undefined],
    ['abortJob', { abortJob: true }, 'Aborted', undefined],
  ])('obeys the script %s, by its query', async (_name, script, state, errorMessage) => {
    await visitor.control('fault', { method: 'POST', path: 'FROM Lead', ...script });
    expect((await finished('SELECT Id FROM Contact')).info.state).toBe('JobComplete');
    const { info, id } = await finished('SELECT Id FROM Lead');
    expect(info.state).toBe(state);
    expect(info.errorMessage).toBe(errorMessage);
    expect((await results(id)).status).toBe(400);
  });

  it.each([
    ['SELECT Id, BillingAddress FROM Account', 'API_ERROR', 'Selecting compound data not supported in Bulk Query'],
    ['SELECT Id FROM Attachment', 'INVALIDENTITY', "Entity 'Attachment' is not supported by the Bulk API."],
    ['SELECT Id, Body FROM Document', 'API_ERROR', 'Binary field not supported'],
    [
      'SELECT Id, (SELECT Id FROM Contacts) FROM Account',
      'API_ERROR',
      'Aggregate Relationships not supported in Bulk V2 Query with CSV content type',
    ],
    ['SELECT COUNT(Id) FROM Account', 'API_ERROR', 'Aggregate Relationships not supported'],
    ['SELECT Id FROM Account LIMIT 1 OFFSET 1', 'API_ERROR', 'OFFSET'],
    ['SELECT FIELDS(ALL) FROM Account LIMIT 1', 'API_ERROR', 'FIELDS'],
    ['SELECT Id FROM ContentDocumentLink', 'API_ERROR', 'Implementation restriction: ContentDocumentLink'],
    ['SELECT Id FROM Name', 'API_ERROR', 'entity type Name does not support query'],
    ['SELECT Nope FROM Account', 'INVALID_FIELD', "No such column 'Nope' on entity 'Account'"],
    ['SELECT Id FROM Nope', 'INVALID_TYPE', "sObject type 'Nope' is not supported"],
    ['SELECT Id FORM Account', 'MALFORMED_QUERY', "unexpected token: 'FORM'"],
  ])('is refused for %s', async (query, errorCode, message) => {
    const { status, body, text } = await create(query);
    expect(status).toBe(400);
    expect(text).toMatch(/^\[\{"errorCode":/);
    expect(body).toEqual([{ errorCode, message: expect.stringContaining(message) }]);
  });
});

describe('a result', () => {
  it('quotes everything, keeps newlines and doubles quotes', async () => {
    const name = 'a "b", c\nd';
    const [id] = visitor.insert('Account', {
      Name: name,
      AnnualRevenue: 16_147_805_824_397,
      NumberOfEmployees: 5,
      Site: null,
    });
    const job = await finished(
      'SELECT Id, Name, AnnualRevenue, NumberOfEmployees, Site, IsDeleted, Owner.Alias FROM Account',
    );
    const { text, headers } = await results(job.id);
    expect(headers.get('content-type')).toBe('text/csv; charset=UTF-8');
    expect(text.startsWith('"Id","Name","AnnualRevenue","NumberOfEmployees","Site","IsDeleted","Owner.Alias"\n')).toBe(
      true,
    );
    expect(text).toContain(`"${id}","a ""b"", c\nd","1.6147805824397E13","5","","false",`);
    const [row] = parse(text, { columns: true });
    expect(row).toMatchObject({ Id: id, Name: name });
  });

  it('has its columns by name up to v49', async () => {
    leads(1);
    const old = '/services/data/v49.0/jobs/query';
    const form = { operation: 'query', query: 'SELECT LastName, Company FROM Lead' };
    const { id } = (await visitor.send('POST', old, form)).body;
    await ended(id);
    expect((await visitor.send('GET', `${old}/${id}/results`)).text).toBe('"Company","LastName"\n"C","Lead 0"\n');
  });

  it('writes datetimes with Z, or with +0000 where the settings say', async () => {
    leads(1);
    const stamp = async () => (await results((await finished('SELECT CreatedDate FROM Lead')).id)).text.split('\n')[1];
    expect(await stamp()).toMatch(/^"[-\dT:]{19}\.000Z"$/);
    await visitor.control('settings', { csvDatetime: '+0000' });
    expect(await stamp()).toMatch(/^"[-\dT:]{19}\.000\+0000"$/);
  });

  it('takes other delimiters and line endings', async () => {
    leads(1);
    const { id } = await finished('SELECT LastName, Company FROM Lead', { columnDelimiter: 'TAB', lineEnding: 'CRLF' });
    expect((await results(id)).text).toBe('"LastName"\t"Company"\r\n"Lead 0"\t"C"\r\n');
  });

  it('comes in pages, each with a header, its number of rows and a stable locator', async () => {
    leads(25);
    const { id } = await finished('SELECT Id FROM Lead');
    const ids: string[] = [];
    const locators: string[] = [];
    let locator = '';
    do {
      const query = `?maxRecords=10${locator === '' ? '' : `&locator=${locator}`}`;
      const page = await results(id, query);
      const again = await results(id, query);
      expect(again.text).toBe(page.text);
      expect(again.headers.get('sforce-locator')).toBe(page.headers.get('sforce-locator'));
      const rows = parse(page.text, { columns: true }) as { Id: string }[];
      expect(page.headers.get('sforce-numberofrecords')).toBe(String(rows.length));
      ids.push(...rows.map((row) => row.Id));
      locator = page.headers.get('sforce-locator') ?? '';
      locators.push(locator);
    } while (locator !== 'null');
    expect(new Set(ids).size).toBe(25);
    expect(locators).toHaveLength(3);
    expect((await results(id, '?locator=MTAwMDA')).status).toBe(400);
  });

  it('offers its pages side by side', async () => {
    leads(23);
    const { id } = await finished('SELECT Id FROM Lead');
    await visitor.control('settings', { pageRows: 4 });
    const first = (await visitor.send('GET', `${jobs}/${id}/resultPages`)).body;
    expect(first.resultPages).toHaveLength(5);
    expect(first.done).toBe(false);
    expect((await visitor.send('GET', `/services/data/v57.0/jobs/query/${id}/resultPages`)).status).toBe(404);
    const second = (await visitor.send('GET', first.nextRecordsUrl)).body;
    expect(second).toMatchObject({ done: true, nextRecordsUrl: null });
    const urls = [...first.resultPages, ...second.resultPages].map(({ resultUrl }) => resultUrl);
    const texts = await Promise.all(urls.map(async (url) => (await visitor.send('GET', url)).text));
    const rows = texts.flatMap((text) => parse(text, { columns: true }) as { Id: string }[]);
    expect(new Set(rows.map(({ Id }) => Id)).size).toBe(23);
  });

  it('is compressed for who accepts gzip, also when a page is fetched again', async () => {
    leads(500);
    const { id } = await finished('SELECT Id, LastName FROM Lead');
    const plain = await results(id, '', { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    for (let time = 0; time < 2; time += 1) {
      const packed = await results(id, '', { 'accept-encoding': 'gzip' });
      expect(packed.headers.get('content-encoding')).toBe('gzip');
      expect(packed.text).toBe(plain.text);
    }
  });

  it('without rows has a header, or nothing at all', async () => {
    const { id } = await finished('SELECT Id FROM Lead');
    const empty = await results(id);
    expect(empty.text).toBe('"Id"\n');
    expect(empty.headers.get('sforce-numberofrecords')).toBe('0');
    expect(empty.headers.get('sforce-locator')).toBe('null');
    await visitor.control('settings', { emptyCsv: 'none' });
    expect((await results(id)).text).toBe('');
  });

  it('shows deleted rows to queryAll only, and is made anew when the org has changed', async () => {
    leads(2);
    const count = async (operation: string) =>
      (await finished('SELECT Id FROM Lead', { operation })).info.numberRecordsProcessed;
    expect(await count('queryAll')).toBe(2);
    const [id = ''] = visitor.insert('Lead', { LastName: 'x', Company: 'C' });
    expect(await count('queryAll')).toBe(3);
    visitor.org.softDelete('Lead', id);
    expect(await count('queryAll')).toBe(3);
    expect(await count('query')).toBe(2);
  });

  it('holds the moment of its job, and values of any size', async () => {
    const long = 'ü'.repeat(700_000);
    const [id = ''] = visitor.insert('Account', { Name: 'before', Description: long });
    const job = await finished('SELECT Name, Description FROM Account');
    visitor.org.update('Account', id, { Name: 'after' });
    const [row] = parse((await results(job.id)).text, { columns: true }) as { Name: string; Description: string }[];
    expect(row?.Name).toBe('before');
    expect(row?.Description === long).toBe(true);
  });

  it('can be a few rows shorter than it says', async () => {
    leads(5);
    const { id } = await finished('SELECT Id FROM Lead');
    await visitor.control('fault', { path: '/results', shortPage: 2 });
    const page = await results(id);
    expect(page.headers.get('sforce-numberofrecords')).toBe('5');
    expect(parse(page.text, { columns: true })).toHaveLength(3);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit, type Visitor } from '../visitor.ts';

let visitor: Visitor;

beforeAll(async () => {
  visitor = await visit({ settings: { jobReadyMs: 0 } });
  visitor.insert('Lead', ...Array.from({ length: 25 }, (_, at) => ({ LastName: `L${at}`, Company: 'C' })));
});

afterAll(() => visitor.close());

const base = '/services/async/61.0/job';
const xml = { 'content-type': 'application/xml' };
const element = (text: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';

async function makeJob(object: string, headers: Record<string, string> = {}): Promise<string> {
  const form = { operation: 'queryAll', object, contentType: 'CSV' };
  const { status, body } = await visitor.send('POST', base, form, { 'content-type': 'application/json', ...headers });
  expect(status).toBe(201);
  expect(body).toMatchObject({ state: 'Open', object, concurrencyMode: 'Parallel' });
  return body.id;
}

async function batchesOf(jobId: string): Promise<string[]> {
  for (;;) {
    const { text } = await visitor.send('GET', `${base}/${jobId}/batch`, undefined, xml);
    if (!/<state>(?:Queued|InProgress)</.test(text)) return text.split('<batchInfo>').slice(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a Bulk 1.0 query', () => {
  it('goes from a JSON job over an XML batch to CSV', async () => {
    const jobId = await makeJob('Lead');
    const soql = 'SELECT Id, LastName FROM Lead';
    const added = await visitor.send('POST', `${base}/${jobId}/batch`, soql, { 'content-type': 'text/csv' });
    expect(added.status).toBe(201);
    const batchId = element(added.text, 'id');
    expect(added.headers.get('location')).toBe(`${base}/${jobId}/batch/${batchId}`);
    const [batch = ''] = await batchesOf(jobId);
    expect(element(batch, 'state')).toBe('Completed');
    expect(element(batch, 'numberRecordsProcessed')).toBe('25');
    const list = await visitor.send('GET', `${base}/${jobId}/batch/${batchId}/result`, undefined, xml);
    const resultId = element(list.text, 'result');
    expect(resultId).toHaveLength(15);
    const result = await visitor.send('GET', `${base}/${jobId}/batch/${batchId}/result/${resultId}`);
    expect(result.text.split('\n')).toHaveLength(27);
    expect(result.text.startsWith('"Id","LastName"\n')).toBe(true);
    const closed = await visitor.send('POST', `${base}/${jobId}`, '<jobInfo><state>Closed</state></jobInfo>', xml);
    expect(element(closed.text, 'state')).toBe('Closed');
  });

  it('says so in a line where there are no rows', async () => {
    const jobId = await makeJob('Contact');
    await visitor.send('POST', `${base}/${jobId}/batch`, 'SELECT Id FROM Contact', { 'content-type': 'text/csv' });
    const [batch = ''] = await batchesOf(jobId);
    const path = `${base}/${jobId}/batch/${element(batch, 'id')}/result`;
    const resultId = element((await visitor.send('GET', path, undefined, xml)).text, 'result');
    expect((await visitor.send('GET', `${path}/${resultId}`)).text).toBe('Records not found for this query');
  });

  it('fails a batch that can not be run, with the reason', async () => {
    const jobId = await makeJob('Account');
    const soql = 'SELECT Id, BillingAddress FROM Account';
    await visitor.send('POST', `${base}/${jobId}/batch`, soql, { 'content-type': 'text/csv' });
    const [batch = ''] = await batchesOf(jobId);
    expect(element(batch, 'stateMessage')).toBe(
      'InvalidBatch : Failed to process query: FUNCTIONALITY_NOT_ENABLED: Selecting compound data not supported in Bulk Query',
    );
  });

  it('is cut into chunks of Ids where the client asks for it', async () => {
    const jobId = await makeJob('Lead', { 'sforce-enable-pkchunking': 'true; chunkSize=10' });
    const soql = "SELECT Id FROM Lead WHERE Company = 'C'";
    await visitor.send('POST', `${base}/${jobId}/batch`, soql, { 'content-type': 'text/csv' });
    const batches = await batchesOf(jobId);
    expect(batches.map((batch) => element(batch, 'state'))).toEqual([
      'NotProcessed',
      'Completed',
      'Completed',
      'Completed',
    ]);
    const rows = batches.map((batch) => Number(element(batch, 'numberRecordsProcessed')));
    expect(rows).toEqual([0, 10, 10, 5]);
  });

  it('refuses objects, unknown jobs and bad sessions in its own words', async () => {
    const form = { operation: 'query', object: 'Attachment', contentType: 'CSV' };
    const refused = await visitor.send('POST', base, form, { 'content-type': 'application/json' });
    expect(refused.body).toEqual({
      exceptionCode: 'InvalidEntity',
      exceptionMessage: "Entity 'Attachment' is not supported by the Bulk API.",
    });
    const unknown = await visitor.send('GET', `${base}/750000000000000AAA`, undefined, xml);
    expect(unknown.status).toBe(400);
    expect(element(unknown.text, 'exceptionCode')).toBe('InvalidJob');
    const stranger = await visitor.send('GET', `${base}/x`, undefined, { ...xml, authorization: 'Bearer x' });
    expect(stranger.status).toBe(401);
  });
});

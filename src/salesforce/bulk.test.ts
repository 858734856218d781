import { expect, test } from 'vitest';
import { abortJob, createJob, deleteJob, openResults, waitForJob, type JobState } from './bulk.ts';
import { orgForTest } from './testing/org-for-test.ts';
import { NOT_FOUND, type Asked, type Played } from './testing/scripted-host.ts';

const signal = AbortSignal.timeout(20_000);
const jobId = '750Tn000004ZoR3IAK';
const job = (state: string, more: object = {}) => ({
  id: jobId,
  operation: 'queryAll',
  object: 'Account',
  state,
  apiVersion: 58.0,
  ...more,
});

const onJob = (script: (asked: Asked) => Played | undefined) =>
  orgForTest((asked) => (asked.path.includes('/jobs/query') ? script(asked) : undefined));

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

test('a job asks for CSV with commas and LF, deleted rows included, and counts into the bill', async () => {
  const { connection, host } = await onJob(() => ({ body: job('UploadComplete') }));
  const created = await createJob(connection, 'SELECT Id FROM Account', signal);
  expect(created).toMatchObject({ id: jobId, state: 'UploadComplete', object: 'Account' });
  expect(JSON.parse(host.asked.at(-1)?.body ?? '')).toEqual({
    operation: 'queryAll',
    query: 'SELECT Id FROM Account',
    contentType: 'CSV',
    columnDelimiter: 'COMMA',
    lineEnding: 'LF',
  });
  expect(connection.usage()).toMatchObject({ bulkJobs: 1, apiCalls: 1 });
});

test('a job is known by its Id and, when it is looked at, its state; the rest may be missing', async () => {
  const { connection } = await onJob(({ method }) => ({
    body: method === 'POST' ? { id: jobId } : { state: 'JobComplete' },
  }));
  expect(await createJob(connection, 'SELECT Id FROM Account', signal)).toMatchObject({
    id: jobId,
    state: 'UploadComplete',
  });
  expect(await waitForJob(connection, jobId, signal)).toMatchObject({ id: jobId, state: 'JobComplete' });
});

test('a refused job is not counted, and says why', async () => {
  const message = "Entity 'PartnerRole' is not supported by the Bulk API.";
  const { connection } = await onJob(() => ({ status: 400, body: [{ errorCode: 'INVALIDENTITY', message }] }));
  await expect(createJob(connection, 'SELECT Id FROM PartnerRole', signal)).rejects.toMatchObject({
    fault: 'bulk_unsupported',
  });
  expect(connection.usage().bulkJobs).toBe(0);
});

test('a job is looked at until it is complete, soon at first', async () => {
  const states: JobState[] = ['UploadComplete', 'InProgress', 'InProgress', 'JobComplete'];
  const { connection } = await onJob(() => ({
    body: job(states.shift() ?? 'Failed', { numberRecordsProcessed: states.length === 0 ? 7 : null }),
  }));
  const seen: [string, number | undefined][] = [];
  const startedMs = performance.now();
  const done = await waitForJob(connection, jobId, signal, {
    onPoll: (at) => seen.push([at.state, at.numberRecordsProcessed]),
  });
  expect(done).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 7 });
  expect(seen).toEqual([
    ['UploadComplete', undefined],
    ['InProgress', undefined],
    ['InProgress', undefined],
    ['JobComplete', 7],
  ]);
  // 0.2 + 0.3 + 0.45 s
  expect(performance.now() - startedMs).toBeGreaterThan(900);
  expect(performance.now() - startedMs).toBeLessThan(2500);
});

test.each<[string, Played, string]>([
  [
    'fails with a message',
    { body: job('Failed', { errorMessage: 'QUERY_TIMEOUT: Your query request was running for too long.' }) },
    'query_timeout',
  ],
  ['fails without one', { body: job('Failed') }, 'job_failed'],
  ['is aborted', { body: job('Aborted') }, 'job_aborted'],
  ['is in a state that nobody knows', { body: job('Pondering') }, 'unexpected_answer'],
  ['is gone', { status: 404, body: NOT_FOUND }, 'job_gone'],
])('a job that %s is a fault of its own', async (_how, played, fault) => {
  const { connection } = await onJob(() => played);
  await expect(waitForJob(connection, jobId, signal)).rejects.toMatchObject({ fault });
});

test('a job that never ends is given up, and an abort ends the wait', async () => {
  const { connection } = await onJob(() => ({ body: job('InProgress') }));
  await expect(waitForJob(connection, jobId, signal, { limitMs: 300 })).rejects.toMatchObject({ fault: 'job_stalled' });
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('told to stop')), 100);
  await expect(waitForJob(connection, jobId, stop.signal)).rejects.toThrow('told to stop');
});

test('a page of results has its count, the next locator and its bytes', async () => {
  const csv = '"Id","Name"\n"1","a"\n"2","b"\n';
  const headers = {
    'Sforce-Locator': 'MTAwMDA',
    'Sforce-NumberOfRecords': '2',
    'content-type': 'text/csv; charset=UTF-8',
  };
  const { connection, host } = await onJob(() => ({ body: csv, headers }));
  const page = await openResults(connection, jobId, { locator: 'a+b/c=', maxRecords: 50_000 }, signal);
  expect(page).toMatchObject({ rowCount: 2, next: 'MTAwMDA' });
  expect(await textOf(page.body)).toBe(csv);
  expect(Object.fromEntries(host.asked.at(-1)?.query ?? [])).toEqual({ locator: 'a+b/c=', maxRecords: '50000' });
});

test('the text null as locator is the end', async () => {
  const { connection } = await onJob(() => ({
    body: '',
    headers: { 'sforce-locator': 'null', 'sforce-numberofrecords': '0' },
  }));
  const page = await openResults(connection, jobId, { maxRecords: 10 }, signal);
  expect(page).toMatchObject({ rowCount: 0, next: undefined });
  expect(await textOf(page.body)).toBe('');
});

/** A host whose result page has these headers, and whose job counts so many rows. */
const onResults = (headers: Record<string, string>, numberRecordsProcessed?: number, status = 200) =>
  onJob(({ path }) =>
    path.endsWith('/results')
      ? { status, body: status === 204 ? '' : '"Id"\n"1"\n', headers }
      : { body: job('JobComplete', { numberRecordsProcessed }) },
  );

test.each<[Record<string, string>, rowCount: number | undefined, next: string | undefined]>([
  [{}, 7, undefined],
  [{ 'sforce-locator': 'null' }, 7, undefined],
  [{ 'SFORCE-LOCATOR': 'NULL', 'SFORCE-NUMBEROFRECORDS': '1' }, 1, undefined],
  [{ 'sforce-numberofrecords': '1' }, 1, undefined],
  [{ 'sforce-locator': 'x' }, undefined, 'x'],
  [{ 'sforce-locator': 'x', 'sforce-numberofrecords': 'many' }, undefined, 'x'],
])('where a page lacks a header, the count of the job stands in for it: %j', async (headers, rowCount, next) => {
  const { connection } = await onResults(headers, 7);
  const page = await openResults(connection, jobId, { maxRecords: 10 }, signal);
  expect({ rowCount: page.rowCount, next: page.next }).toEqual({ rowCount, next });
  expect(await textOf(page.body)).toBe('"Id"\n"1"\n');
});

test.each<[Record<string, string>, status: number, numberRecordsProcessed: number | undefined]>([
  [{}, 200, undefined],
  [{}, 200, 0],
  [{}, 204, 0],
  [{ 'sforce-locator': 'null' }, 200, undefined],
  [{ 'sforce-numberofrecords': '1' }, 200, undefined],
  [{ 'sforce-locator': 'x' }, 200, undefined],
])('where the job has no count either, nothing looks like the end: %j %d, %d rows', async (headers, status, rows) => {
  const { connection } = await onResults(headers, rows, status);
  // Before the first row REST can take over, which says itself when it is done.
  await expect(openResults(connection, jobId, { maxRecords: 10 }, signal)).rejects.toMatchObject({
    fault: 'bulk_unsupported',
  });
  await expect(openResults(connection, jobId, { locator: 'y', maxRecords: 10 }, signal)).rejects.toMatchObject({
    fault: 'unexpected_answer',
  });
});

test('results in another charset arrive as UTF-8', async () => {
  const headers = {
    'sforce-locator': 'null',
    'sforce-numberofrecords': '1',
    'content-type': 'text/csv; charset=ISO-8859-1',
  };
  const { connection } = await onJob(() => ({ body: Buffer.from('"Ñame é"\n', 'latin1'), headers }));
  const { body } = await openResults(connection, jobId, { maxRecords: 10 }, signal);
  expect(await textOf(body)).toBe('"Ñame é"\n');
});

test.each<[string, Played, boolean]>([
  ['done', { status: 204 }, true],
  ['gone already', { status: 404, body: NOT_FOUND }, true],
  [
    'still running',
    {
      status: 400,
      body: [
        {
          errorCode: 'API_ERROR',
          message: 'Error encountered when deleting the job because the job is not terminated',
        },
      ],
    },
    false,
  ],
  ['refused', { status: 403, body: [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'no' }] }, false],
  ['met by an outage', { status: 503 }, false],
])('deleting a job never fails a read: %s', async (_how, played, gone) => {
  const { connection } = await onJob(() => played);
  expect(await deleteJob(connection, jobId, signal)).toBe(gone);
});

test.each<[string, Played, boolean]>([
  ['done', { body: job('Aborted') }, true],
  [
    'complete already',
    { status: 400, body: [{ errorCode: 'INVALIDJOBSTATE', message: 'Aborting already Completed Job not allowed' }] },
    true,
  ],
  ['gone', { status: 404, body: NOT_FOUND }, true],
  ['refused', { status: 403, body: [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'no' }] }, false],
])('aborting a job never fails: %s', async (_how, played, stopped) => {
  const { connection } = await onJob(() => played);
  expect(await abortJob(connection, jobId, signal)).toBe(stopped);
});

/** Bulk 1.0 queries with CSV results, as older clients read by (Bulk API guide, "Bulk API"). */
import { pageBody } from '../bulk/result-page.ts';
import { text, type Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Fault } from '../http/fault.ts';
import { Refusal } from '../http/refusal.ts';
import { tokenOf } from '../login/session.ts';
import type { Cost } from '../rest/router.ts';
import type { Service } from '../service.ts';
import { isRefusedByBulk } from '../bulk/refused-query.ts';
import { batchMembers, jobMembers, resultIdOf, type Batch, type Bulk1Job } from './job.ts';
import { answerList, answerOf, bulk1Refusal, memberOf, type Format } from './view.ts';

/** Rows of a chunk where the client asks for PK chunking without a size, and the most that it may ask for. */
const DEFAULT_CHUNK_ROWS = 100_000;
const MAX_CHUNK_ROWS = 250_000;

/**
 * Answers a request below `/services/async`. Answers about a job are JSON to a client that says it sends JSON, those about
 * a batch are XML, as they are for jobs with CSV content. Throws Refusal.
 */
export function answerBulk1(service: Service, call: Call, fault: Fault | undefined, cost: Cost): Answer {
  const format: Format = call.headers['content-type']?.includes('json') ? 'json' : 'xml';
  try {
    service.sessions.use(tokenOf(call.headers));
  } catch (error) {
    if (error instanceof Refusal) throw bulk1Refusal(format, 401, 'InvalidSessionId', 'Invalid session id');
    throw error;
  }
  service.usage.count(1);
  cost.calls = 1;
  const [, version = '', path = ''] = /^\/services\/async\/(\d+\.\d)(\/.*)$/.exec(call.path) ?? [];
  if (path === '/job' && call.method === 'POST') return createJob(service, call, version, format);
  const [, jobId = '', rest = ''] = /^\/job\/(\w+)(\/.*)?$/.exec(path) ?? [];
  const job = service.bulk1.find(jobId);
  if (!job) throw bulk1Refusal(format, 400, 'InvalidJob', `Invalid job id: ${jobId}`);
  return answerJob(service, call, job, rest, format, fault);
}

function createJob(service: Service, call: Call, version: string, format: Format): Answer {
  const body = call.body.toString();
  const operation = memberOf(body, 'operation');
  const sobject = service.directory.sobject(memberOf(body, 'object') ?? '');
  const contentType = memberOf(body, 'contentType') ?? 'XML';
  if (operation !== 'query' && operation !== 'queryAll') {
    throw bulk1Refusal(format, 400, 'InvalidJob', `Operation ${operation ?? 'none'} is not served here: queries only`);
  }
  if (!sobject) throw bulk1Refusal(format, 400, 'InvalidJob', 'Unable to find object');
  if (contentType !== 'CSV') {
    throw bulk1Refusal(format, 400, 'InvalidJob', `Content type ${contentType} is not served here: CSV only`);
  }
  if (isRefusedByBulk(sobject.name)) {
    const message = `Entity '${sobject.name}' is not supported by the Bulk API.`;
    throw bulk1Refusal(format, 400, 'InvalidEntity', message);
  }
  const chunkRows = chunkRowsOf(call.headers['sforce-enable-pkchunking']);
  const job = service.bulk1.create({ operation, object: sobject.name, version, chunkRows });
  return answerOf(format, 'jobInfo', jobMembers(job), 201);
}

function answerJob(
  service: Service,
  call: Call,
  job: Bulk1Job,
  path: string,
  format: Format,
  fault: Fault | undefined,
): Answer {
  if (path === '' && call.method === 'GET') return answerOf(format, 'jobInfo', jobMembers(job));
  if (path === '' && call.method === 'POST') {
    job.state = memberOf(call.body.toString(), 'state') === 'Aborted' ? 'Aborted' : 'Closed';
    return answerOf(format, 'jobInfo', jobMembers(job));
  }
  if (path === '/batch' && call.method === 'GET') {
    return answerList('xml', 'batchInfoList', 'batchInfo', job.batches.map(batchMembers));
  }
  if (path === '/batch' && call.method === 'POST') return addBatch(service, call, job, fault);
  const [, batchId = '', rest = ''] = /^\/batch\/(\w+)(\/.*)?$/.exec(path) ?? [];
  const batch = job.batches.find(({ id }) => id.slice(0, 15) === batchId.slice(0, 15));
  if (!batch || call.method !== 'GET') throw bulk1Refusal(format, 400, 'InvalidBatch', `Invalid batch id: ${batchId}`);
  return answerBatch(batch, rest, fault);
}

function addBatch(service: Service, call: Call, job: Bulk1Job, fault: Fault | undefined): Answer {
  if (job.state !== 'Open') throw bulk1Refusal('xml', 400, 'InvalidJobState', `Job is ${job.state}`);
  const batch = service.bulk1.addBatch(job, call.body.toString());
  if (fault?.failJob !== undefined) batch.stateMessage = fault.failJob;
  const answer = answerOf('xml', 'batchInfo', batchMembers(batch), 201);
  return { ...answer, headers: { ...answer.headers, Location: `${call.path}/${batch.id}` } };
}

function answerBatch(batch: Batch, path: string, fault: Fault | undefined): Answer {
  if (path === '') return answerOf('xml', 'batchInfo', batchMembers(batch));
  const resultId = resultIdOf(batch);
  if (batch.state !== 'Completed' || !batch.result) {
    throw bulk1Refusal('xml', 400, 'InvalidBatch', `Batch not completed: it is ${batch.state}`);
  }
  if (path === '/result') return answerList('xml', 'result-list', 'result', [resultId]);
  if (path !== `/result/${resultId}`) throw bulk1Refusal('xml', 400, 'InvalidBatch', `Invalid result: ${path}`);
  const { rowCount } = batch.result;
  // The literal line, without a header (recorded).
  if (rowCount === 0) return text('Records not found for this query', 'text/csv');
  const count = Math.max(0, rowCount - (fault?.shortPage ?? 0));
  return { status: 200, headers: { 'Content-Type': 'text/csv' }, body: pageBody(batch.result, { first: 0, count }) };
}

/** `chunkSize=50000`, or `true`; undefined where PK chunking is off. */
function chunkRowsOf(header: string | undefined): number | undefined {
  if (header === undefined || /^false\b/i.test(header)) return undefined;
  const asked = /chunkSize=(\d+)/i.exec(header)?.[1];
  return asked === undefined ? DEFAULT_CHUNK_ROWS : Math.min(MAX_CHUNK_ROWS, Math.max(1, Number(asked)));
}

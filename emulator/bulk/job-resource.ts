/** `/jobs/query`: making, asking after, aborting and deleting jobs. */
import { empty, jsonText } from '../http/answer.ts';
import type { Fault } from '../http/fault.ts';
import { codeFirst } from '../http/refusal.ts';
import { isObject, parseJson } from '../http/json-body.ts';
import type { Respond } from '../rest/rest-call.ts';
import type { Service } from '../service.ts';
import {
  briefView,
  createdView,
  DELIMITERS,
  end,
  infoView,
  isTerminal,
  JOB_TYPE,
  LINE_ENDINGS,
  viewText,
  type Job,
  type JobForm,
} from './job.ts';

/** Jobs on one page of the list. */
const LIST_PAGE = 1000;

/** `POST /jobs/query`: 200 and the new job. Throws Refusal 400. */
export const answerCreate: Respond = (service, { call, version, fault }) => {
  const job = service.jobs.create(readForm(call.body), version);
  const verdict = verdictOf(fault);
  if (verdict) job.verdict = verdict;
  return jsonText(viewText(createdView(job)));
};

/** `GET /jobs/query/{id}`. Throws Refusal 404. */
export const answerInfo: Respond = (service, { fault }, [id = '']) => {
  const job = service.jobs.find(id);
  const verdict = verdictOf(fault);
  if (verdict && !isTerminal(job.state)) condemn(service, job, verdict);
  return jsonText(viewText(infoView(job)));
};

/** `PATCH /jobs/query/{id}` with `{"state":"Aborted"}`. Throws Refusal 400, 404. */
export const answerAbort: Respond = (service, { call }, [id = '']) => {
  if (parseJson(call.body)?.['state'] !== 'Aborted') {
    throw codeFirst(400, 'INVALIDJOBSTATE', 'The only state that a query job can be set to is Aborted');
  }
  return jsonText(viewText(briefView(service.jobs.abort(id))));
};

/** `DELETE /jobs/query/{id}`: 204. Throws Refusal 400, 404. */
export const answerDelete: Respond = (service, _rest, [id = '']) => {
  service.jobs.delete(id);
  return empty(204);
};

/** `GET /jobs/query[?jobType=V2Query]`: 1,000 jobs a page; those of Bulk 1.0, `Classic`, aren't listed. */
export const answerList: Respond = (service, { call, version }) => {
  const jobs = (call.query.get('jobType') ?? JOB_TYPE) === JOB_TYPE ? service.jobs.list() : [];
  const start = Number(/-(\d+)$/.exec(call.query.get('queryLocator') ?? '')?.[1] ?? 0);
  const next = start + LIST_PAGE;
  const done = next >= jobs.length;
  const nextRecordsUrl = done ? null : `/services/data/v${version}/jobs/ingest?queryLocator=01gR0000000opRTIAY-${next}`;
  const records = jobs.slice(start, next).map((job) => viewText(infoView(job)));
  return jsonText(
    `{"done":${done},"records":[${records.join(',')}],"nextRecordsUrl":${JSON.stringify(nextRecordsUrl)}}`,
  );
};

type Verdict = NonNullable<Job['verdict']>;

function verdictOf(fault: Fault | undefined): Verdict | undefined {
  if (fault?.abortJob) return { state: 'Aborted', errorMessage: undefined };
  if (fault?.failJob === undefined) return undefined;
  return { state: 'Failed', errorMessage: fault.failJob === '' ? undefined : fault.failJob };
}

function condemn(service: Service, job: Job, verdict: Verdict): void {
  end(job, verdict.state, service.org.now());
  job.errorMessage = verdict.errorMessage;
}

function readForm(body: Buffer): JobForm {
  const parsed = parseJson(body);
  if (!isObject(parsed)) throw codeFirst(400, 'JSON_PARSER_ERROR', 'The request body is no JSON object');
  const { operation, query, contentType, columnDelimiter, lineEnding } = {
    contentType: 'CSV',
    columnDelimiter: 'COMMA',
    lineEnding: 'LF',
    ...parsed,
  } as Record<string, unknown>;
  if (operation !== 'query' && operation !== 'queryAll') throw invalidJob('operation', operation);
  if (typeof query !== 'string' || query.trim() === '') throw invalidJob('query', query);
  if (contentType !== 'CSV') throw invalidJob('contentType', contentType);
  if (!isKey(DELIMITERS, columnDelimiter)) throw invalidJob('columnDelimiter', columnDelimiter);
  if (!isKey(LINE_ENDINGS, lineEnding)) throw invalidJob('lineEnding', lineEnding);
  return { operation, query, columnDelimiter, lineEnding };
}

function invalidJob(member: string, value: unknown) {
  return codeFirst(400, 'INVALIDJOB', `Invalid value for ${member}: ${JSON.stringify(value ?? null)}`);
}

function isKey<T extends object>(object: T, name: unknown): name is keyof T {
  return typeof name === 'string' && Object.hasOwn(object, name);
}

/** `/jobs/query/{id}/results` and `/resultPages`. */
import { createHash } from 'node:crypto';
import { json, type Answer } from '../http/answer.ts';
import { codeFirst, notFound } from '../http/refusal.ts';
import type { Respond, RestCall } from '../rest/rest-call.ts';
import type { Service } from '../service.ts';
import type { Job } from './job.ts';
import type { ResultFile } from './result-file.ts';
import { pageBody } from './result-page.ts';

/** Rows of a page where the client doesn't say; the service's own number is not documented. */
const DEFAULT_ROWS = 100_000;
/** Page urls in one answer of resultPages (Bulk guide, "Get Parallel Results"). */
const URLS_PER_ANSWER = 5;
/** The API version that brought resultPages. */
const FIRST_WITH_PAGES = 58;

/** `GET …/results?maxRecords=…&locator=…`. Throws Refusal 400, 404, 409. */
export const answerResults: Respond = (service, rest, [id = '']): Answer => {
  const { job, result } = completed(service, rest, id);
  const first = startOf(job, rest.call.query.get('locator'));
  const count = Math.min(rowsOf(service, rest), result.rowCount - first);
  const next = first + count;
  const sent = Math.max(0, count - (rest.fault?.shortPage ?? 0));
  const nothing = result.rowCount === 0 && service.settings.emptyCsv === 'none';
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/csv; charset=UTF-8',
      'Sforce-NumberOfRecords': String(count),
      // The word, not an empty value, on the last page.
      'Sforce-Locator': next < result.rowCount ? locatorOf(job, next) : 'null',
    },
    body: nothing ? [] : pageBody(result, { first, count: sent }),
  };
};

/** `GET …/resultPages`: up to five urls of pages, to be fetched side by side (v58). */
export const answerResultPages: Respond = (service, rest, [id = '']) => {
  if (Number(rest.version) < FIRST_WITH_PAGES) throw notFound();
  const { job, result } = completed(service, rest, id);
  const rows = service.settings.pageRows || DEFAULT_ROWS;
  const base = `/services/data/v${rest.version}/jobs/query/${job.id}`;
  let first = startOf(job, rest.call.query.get('locator'));
  const resultPages: { resultUrl: string }[] = [];
  while (resultPages.length < URLS_PER_ANSWER && (first < result.rowCount || first === 0)) {
    resultPages.push({ resultUrl: `${base}/results?locator=${locatorOf(job, first)}` });
    first += rows;
  }
  const done = first >= result.rowCount;
  // `resultpages`, in lower case, as the guide shows it.
  const nextRecordsUrl = done ? null : `${base}/resultpages?locator=${locatorOf(job, first)}`;
  return json({ resultPages, nextRecordsUrl, done });
};

/** The bodies of these refusals are not documented; 409 for another version is. */
function completed(service: Service, rest: RestCall, id: string): { job: Job; result: ResultFile } {
  const job = service.jobs.find(id);
  if (job.version !== rest.version) {
    const message = `The job was created with API version ${job.version}: ask for its results with the same`;
    throw codeFirst(409, 'API_VERSION_MISMATCH', message);
  }
  if (job.state !== 'JobComplete' || !job.result) {
    throw codeFirst(400, 'INVALIDJOBSTATE', `Results are available when the job is complete, it is ${job.state}`);
  }
  return { job, result: job.result };
}

function startOf(job: Job, locator: string | null): number {
  if (locator === null || locator === '') return 0;
  const first = job.locators.get(locator);
  if (first === undefined) throw codeFirst(400, 'INVALID_LOCATOR', 'The locator is not valid for this job');
  return first;
}

/** Opaque and stable: the same row of the same job has the same locator, and nobody can compute another. */
function locatorOf(job: Job, first: number): string {
  const locator = createHash('sha256').update(`${job.id} ${first}`).digest('base64url').slice(0, 12);
  job.locators.set(locator, first);
  return locator;
}

function rowsOf(service: Service, { call }: RestCall): number {
  const asked = call.query.get('maxRecords');
  const rows = asked === null ? DEFAULT_ROWS : Number(asked);
  if (!Number.isInteger(rows) || rows <= 0) {
    throw codeFirst(400, 'API_ERROR', `Invalid value for maxRecords: ${asked ?? ''}`);
  }
  const { pageRows } = service.settings;
  return pageRows > 0 ? Math.min(rows, pageRows) : rows;
}

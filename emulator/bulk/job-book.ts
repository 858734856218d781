/** The org's Bulk 2.0 query jobs. */
import { codeFirst, notFound } from '../http/refusal.ts';
import { practiceUserId } from '../login/credential.ts';
import type { Plan } from '../soql/plan.ts';
import { SoqlProblem } from '../soql/problem.ts';
import { viewpoint, type Premises, type Viewpoint } from '../viewpoint.ts';
import { advance, DELIMITERS, end, isTerminal, LINE_ENDINGS, type Job, type JobForm } from './job.ts';
import { planJob } from './refused-query.ts';
import { writeResult } from './result-file.ts';
import { ResultStore, type Claim } from './result-store.ts';

/** "Jobs and results are deleted seven days after they ended" (Bulk guide, limits). */
const LIFE_MS = 7 * 24 * 3600 * 1000;
/** Share of the time until a job is ready that it waits in the queue. */
const QUEUED_SHARE = 0.25;

/** The API version from which on columns come in the query's order. */
const FIRST_IN_ORDER = 50;

/** What a failed job says when no script says it (recorded, seen by Airbyte). */
const UNEXPECTED =
  'Unexpected exception encountered in query processing. Please contact support with the following id: 326566388-63578 (-436445966)';

/** Keeps the jobs and, through them, the claims on rendered results. */
export class JobBook {
  /** Jobs in a rolling day (DailyBulkV2QueryJobs). */
  readonly maxDaily = 10_000;
  readonly #premises: Premises;
  readonly #jobs = new Map<string, Job>();
  readonly #results = new ResultStore();
  #created = 0;
  #bytesStored = 0;

  constructor(premises: Premises) {
    this.#premises = premises;
  }

  get created(): number {
    return this.#created;
  }

  /** Bytes of the results that jobs have made. */
  get bytesStored(): number {
    return this.#bytesStored;
  }

  /** Makes a job and sets it going. Throws Refusal 400. */
  create(form: JobForm, version: string): Job {
    const { org, settings } = this.#premises;
    const view = viewpoint(this.#premises, form.operation === 'queryAll');
    const plan = planned(view, form.query);
    if (this.#created >= this.maxDaily) {
      const message = `Max bulk v2 query jobs (${this.maxDaily}) per 24 hrs has been reached (${this.#created})`;
      throw codeFirst(400, 'LIMIT_EXCEEDED', message);
    }
    this.#created += 1;
    const machineMs = performance.now();
    const { jobReadyMs } = settings;
    const job: Job = {
      ...form,
      id: `750${practiceUserId(org).slice(3, 5)}${String(this.#created).padStart(10, '0')}AAA`,
      object: plan.sobject.name,
      createdById: practiceUserId(org),
      version,
      createdMs: org.now(),
      startsAtMs: machineMs + jobReadyMs * QUEUED_SHARE,
      readyAtMs: machineMs + jobReadyMs,
      isPkChunkingSupported: plan.query.orderBy.length === 0 && plan.query.limit === undefined,
      claim: this.render(plan, { ...form, version }),
      state: 'UploadComplete',
      result: undefined,
      verdict: undefined,
      errorMessage: undefined,
      endedMs: undefined,
      locators: new Map(),
    };
    this.#jobs.set(job.id, job);
    void this.#await(job);
    return job;
  }

  /** Renders a plan, or finds it rendered. What depends on the moment of asking is never shared. */
  render(plan: Plan, form: Omit<JobForm, 'query'> & Pick<Job, 'version'>): Claim {
    const { csvDatetime, lateCommitMs } = this.#premises.settings;
    const csv = {
      delimiter: DELIMITERS[form.columnDelimiter],
      lineEnding: LINE_ENDINGS[form.lineEnding],
      datetime: csvDatetime,
      columns: Number(form.version) < FIRST_IN_ORDER ? 'by name' : 'as asked',
    } as const;
    const timely =
      lateCommitMs > 0 ||
      /\b(?:TODAY|YESTERDAY|TOMORROW|\w+_(?:DAYS?|WEEKS?|MONTHS?|QUARTERS?|YEARS?))\b/i.test(plan.query.text);
    const key = timely ? undefined : JSON.stringify([form.operation, csv, plan.query.text]);
    return this.#results.claim(key, this.#premises.org.revision, (file) => writeResult(plan, csv, file));
  }

  /** The job of an id of 15 or 18 characters, at its present state. Throws Refusal 404. */
  find(id: string): Job {
    const job = this.#jobs.get(id) ?? [...this.#jobs.values()].find((one) => one.id.slice(0, 15) === id);
    if (!job) throw notFound();
    const nowMs = this.#premises.org.now();
    advance(job, performance.now(), nowMs);
    if (job.endedMs !== undefined && nowMs - job.endedMs > LIFE_MS) {
      this.#forget(job);
      throw notFound();
    }
    return job;
  }

  /** All jobs, newest first. */
  list(): readonly Job[] {
    for (const job of this.#jobs.values()) advance(job, performance.now(), this.#premises.org.now());
    return [...this.#jobs.values()].reverse();
  }

  /** Throws Refusal 400 where the job has ended. */
  abort(id: string): Job {
    const job = this.find(id);
    if (isTerminal(job.state)) {
      throw codeFirst(400, 'INVALIDJOBSTATE', 'Aborting already Completed Job not allowed');
    }
    end(job, 'Aborted', this.#premises.org.now());
    return job;
  }

  /** Throws Refusal 400 where the job has not ended. */
  delete(id: string): void {
    const job = this.find(id);
    if (!isTerminal(job.state)) {
      const message = 'Error encountered when deleting the job because the job is not terminated';
      throw codeFirst(400, 'API_ERROR', message);
    }
    this.#forget(job);
  }

  async close(): Promise<void> {
    await this.#results.close();
  }

  async #await(job: Job): Promise<void> {
    try {
      job.result = await job.claim.result;
      this.#bytesStored += job.result.bytes;
    } catch {
      job.verdict ??= { state: 'Failed', errorMessage: UNEXPECTED };
    }
  }

  #forget(job: Job): void {
    this.#jobs.delete(job.id);
    job.claim.release();
  }
}

/** Bulk writes its refusals of a query with the code first. */
function planned(view: Viewpoint, query: string): Plan {
  try {
    return planJob(view, query);
  } catch (error) {
    if (error instanceof SoqlProblem) throw codeFirst(400, error.errorCode, error.message);
    throw error;
  }
}

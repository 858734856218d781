/** The org's Bulk 1.0 jobs. */
import { planJob } from '../bulk/refused-query.ts';
import type { Claim } from '../bulk/result-store.ts';
import { practiceUserId } from '../login/credential.ts';
import type { SObject } from '../model.ts';
import { viewpoint, type Service } from '../service.ts';
import { SoqlProblem } from '../soql/problem.ts';
import { advanceBatch, type Batch, type Bulk1Job } from './job.ts';

/** Keeps jobs; their results are shared with those of Bulk 2.0. */
export class Bulk1Book {
  readonly #jobs = new Map<string, Bulk1Job>();
  #made = 0;

  create(service: Service, form: Pick<Bulk1Job, 'operation' | 'object' | 'version' | 'chunkRows'>): Bulk1Job {
    const job: Bulk1Job = {
      ...form,
      id: this.#id(service, '750', 'B'),
      createdById: practiceUserId(service.org),
      createdMs: service.now(),
      state: 'Open',
      batches: [],
    };
    this.#jobs.set(job.id, job);
    return job;
  }

  /** By 15 or 18 characters, its batches at their present state. */
  find(id: string): Bulk1Job | undefined {
    const job = this.#jobs.get(id) ?? [...this.#jobs.values()].find((one) => one.id.slice(0, 15) === id);
    for (const batch of job?.batches ?? []) advanceBatch(batch, performance.now());
    return job;
  }

  /**
   * Adds a query to a job; gives its batch. With PK chunking this one is not processed and a batch for each chunk of Ids
   * follows (Bulk guide, "PK Chunking"). A query that can't be run makes a batch that fails.
   */
  addBatch(service: Service, job: Bulk1Job, query: string): Batch {
    const ranges = job.chunkRows === undefined ? undefined : chunkRanges(service, job, job.chunkRows);
    const batch = ranges ? this.#idle(service, job) : this.#query(service, job, query);
    job.batches.push(batch);
    for (const range of ranges ?? []) job.batches.push(this.#query(service, job, within(query, range)));
    return batch;
  }

  #idle(service: Service, job: Bulk1Job): Batch {
    return { ...this.#blank(service, job, undefined), state: 'NotProcessed' };
  }

  #query(service: Service, job: Bulk1Job, query: string): Batch {
    try {
      const plan = planJob(viewpoint(service, job.operation === 'queryAll'), query);
      const form = { operation: job.operation, columnDelimiter: 'COMMA', lineEnding: 'LF' } as const;
      const batch = this.#blank(service, job, service.jobs.render(service, plan, form));
      void settle(batch);
      return batch;
    } catch (error) {
      if (!(error instanceof SoqlProblem)) throw error;
      return { ...this.#blank(service, job, undefined), stateMessage: failureText(error) };
    }
  }

  #blank(service: Service, job: Bulk1Job, claim: Claim | undefined): Batch {
    return {
      id: this.#id(service, '751', 'A'),
      jobId: job.id,
      createdMs: service.now(),
      readyAtMs: performance.now() + service.settings.jobReadyMs,
      claim,
      state: 'Queued',
      stateMessage: undefined,
      result: undefined,
    };
  }

  #id(service: Service, prefix: string, kind: string): string {
    this.#made += 1;
    return `${prefix}${practiceUserId(service.org).slice(3, 5)}${kind}${String(this.#made).padStart(9, '0')}AAA`;
  }
}

interface IdRange {
  readonly from: string;
  /** Undefined in the last chunk. */
  readonly below: string | undefined;
}

async function settle(batch: Batch): Promise<void> {
  try {
    batch.result = await batch.claim?.result;
  } catch {
    batch.stateMessage = 'InternalServerError : the result could not be written';
  }
}

function failureText({ errorCode, message }: SoqlProblem): string {
  if (message === 'Binary field not supported') return `FeatureNotEnabled : ${message}`;
  const code = message.startsWith('Selecting compound') ? 'FUNCTIONALITY_NOT_ENABLED' : errorCode;
  return `InvalidBatch : Failed to process query: ${code}: ${message}`;
}

/** Boundaries by Id; deleted and purged rows count towards a chunk, too. */
function chunkRanges(service: Service, job: Bulk1Job, chunkRows: number): IdRange[] {
  const sobject: SObject | undefined = service.directory.sobject(job.object);
  if (!sobject) return [];
  const table = service.org.table(sobject.name);
  const read = table.reader(['Id']);
  const starts: string[] = [];
  for (let slot = 0; slot < table.slots; slot += chunkRows) {
    let place = slot;
    while (place < table.slots && !read(place)) place += 1;
    const id = read(place)?.['Id'];
    if (typeof id === 'string' && id !== starts.at(-1)) starts.push(id);
  }
  return starts.map((from, at) => ({ from, below: starts[at + 1] }));
}

/** The query of a chunk: WHERE is the only clause that PK chunking goes with. */
function within(query: string, { from, below }: IdRange): string {
  const bounds = `Id >= '${from}'${below === undefined ? '' : ` AND Id < '${below}'`}`;
  const [, head = query, condition] = /^(.*?)\swhere\s(.*)$/is.exec(query) ?? [];
  return condition === undefined ? `${head.trim()} WHERE ${bounds}` : `${head} WHERE (${condition}) AND ${bounds}`;
}

/** The org's Bulk 1.0 jobs. */
import { planJob } from '../bulk/refused-query.ts';
import type { JobBook } from '../bulk/job-book.ts';
import type { Claim } from '../bulk/result-store.ts';
import { practiceUserId } from '../login/credential.ts';
import type { SObject } from '../model.ts';
import { SoqlProblem } from '../soql/problem.ts';
import { viewpoint, type Premises } from '../viewpoint.ts';
import { advanceBatch, type Batch, type Bulk1Job } from './job.ts';

/** Keeps jobs; their results are shared with those of Bulk 2.0. */
export class Bulk1Book {
  readonly #premises: Premises;
  /** Renders the results. */
  readonly #renderer: Pick<JobBook, 'render'>;
  readonly #jobs = new Map<string, Bulk1Job>();
  #made = 0;

  constructor(premises: Premises, renderer: Pick<JobBook, 'render'>) {
    this.#premises = premises;
    this.#renderer = renderer;
  }

  create(form: Pick<Bulk1Job, 'operation' | 'object' | 'version' | 'chunkRows'>): Bulk1Job {
    const job: Bulk1Job = {
      ...form,
      id: this.#id('750', 'B'),
      createdById: practiceUserId(this.#premises.org),
      createdMs: this.#premises.org.now(),
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
  addBatch(job: Bulk1Job, query: string): Batch {
    const ranges = job.chunkRows === undefined ? undefined : chunkRanges(this.#premises, job, job.chunkRows);
    const batch = ranges ? this.#idle(job) : this.#query(job, query);
    job.batches.push(batch);
    for (const range of ranges ?? []) job.batches.push(this.#query(job, within(query, range)));
    return batch;
  }

  #idle(job: Bulk1Job): Batch {
    return { ...this.#blank(job, undefined), state: 'NotProcessed' };
  }

  #query(job: Bulk1Job, query: string): Batch {
    try {
      const plan = planJob(viewpoint(this.#premises, job.operation === 'queryAll'), query);
      const { operation, version } = job;
      const form = { operation, version, columnDelimiter: 'COMMA', lineEnding: 'LF' } as const;
      const batch = this.#blank(job, this.#renderer.render(plan, form));
      void settle(batch);
      return batch;
    } catch (error) {
      if (!(error instanceof SoqlProblem)) throw error;
      return { ...this.#blank(job, undefined), stateMessage: failureText(error) };
    }
  }

  #blank(job: Bulk1Job, claim: Claim | undefined): Batch {
    return {
      id: this.#id('751', 'A'),
      jobId: job.id,
      createdMs: this.#premises.org.now(),
      readyAtMs: performance.now() + this.#premises.settings.jobReadyMs,
      claim,
      state: 'Queued',
      stateMessage: undefined,
      result: undefined,
    };
  }

  #id(prefix: string, kind: string): string {
    this.#made += 1;
    return `${prefix}${practiceUserId(this.#premises.org).slice(3, 5)}${kind}${String(this.#made).padStart(9, '0')}AAA`;
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
function chunkRanges({ org, directory }: Premises, job: Bulk1Job, chunkRows: number): IdRange[] {
  const sobject: SObject | undefined = directory.sobject(job.object);
  if (!sobject) return [];
  const table = org.table(sobject.name);
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

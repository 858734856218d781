/** A host that keeps what a host keeps (config, states, warehouse), and holds every run against what it must do. */
import type { JsonObject } from '../../src/json/value.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, runRead, type ProgramOptions, type ProgramRun } from '../program.ts';
import { complaintsOfMessages, complaintsOfOrder, complaintsOfRecords, type CatalogLike } from '../protocol.ts';
import { complaintsOfSecrets } from '../secrets.ts';
import { jobIds } from '../job-list.ts';
import { landRun, type Warehouse } from './warehouse.ts';

export type States = readonly JsonObject[];

export class Host {
  readonly warehouse: Warehouse = new Map();
  /** All states as they stood after each STATE message of each run, since the selection was last changed. */
  everyState: States[] = [];
  /** A rotated token has replaced the first one in it. */
  config: JsonObject;
  readonly #org: OrgUnderTest;
  #jobs: readonly string[] = [];

  constructor(org: OrgUnderTest, config: JsonObject) {
    this.#org = org;
    this.config = config;
  }

  /** States that a host may hand back, the last ones at the end: those that know of every stream of which rows have landed. */
  get possibleStates(): readonly States[] {
    const landed = [...this.warehouse.keys()].map((name) => JSON.stringify(name));
    return this.everyState.filter((states) => landed.every((name) => JSON.stringify(states).includes(name)));
  }

  /** Reads from `states` on; gives the run and what is wrong with it. Faults end with the run. */
  async read(
    catalog: JsonObject,
    states: States | undefined,
    apiVersion: string,
    options: ProgramOptions = {},
  ): Promise<{ run: ProgramRun; complaints: string[] }> {
    const config = { ...this.config, api_version: apiVersion };
    const run = await runRead(
      { config, catalog, ...(states && { state: states }) },
      { timeoutMs: 120_000, ...options },
    );
    const kept = this.#keep(run, states ?? []);
    const twice = landRun(this.warehouse, run, overwrittenBy(catalog));
    // Repeated rows of an object without an order are told by their count only, behind them.
    const isTold = run.lines.some((line) => line.includes('some came twice'));
    const complaints = isTold ? [] : twice.map((key) => `${key} came twice in one run`);
    complaints.push(
      ...complaintsOfRecords(run, catalog as unknown as CatalogLike),
      ...complaintsOfSecrets(run, config),
    );
    await this.#org.clearFaults();
    const jobs = await jobIds(this.#org);
    if (run.signal === null) {
      complaints.push(...complaintsOfEnd(run, catalog), ...this.#orphans(jobs, states ?? [], kept));
    }
    this.#jobs = jobs;
    return { run, complaints };
  }

  #keep(run: ProgramRun, before: States): States {
    const states = new Map(before.map((state) => [nameOf(state), state]));
    for (const message of run.messages) {
      if (message.type === 'CONTROL') this.config = message.control.connectorConfig.config;
      if (message.type !== 'STATE') continue;
      const state = message.state as unknown as JsonObject;
      states.set(nameOf(state), state);
      this.everyState.push([...states.values()]);
    }
    return [...states.values()];
  }

  /** Jobs that the run has made or taken over, and neither deleted nor named for the next run. */
  #orphans(jobs: readonly string[], before: States, after: States): string[] {
    const [named, namedBefore] = [JSON.stringify(after), JSON.stringify(before)];
    const its = jobs.filter((id) => !this.#jobs.includes(id) || namedBefore.includes(id));
    return its.filter((id) => !named.includes(id)).map((id) => `job ${id} was left behind`);
  }
}

/** What is wrong with a run that ended by itself. */
function complaintsOfEnd(run: ProgramRun, catalog: JsonObject): string[] {
  const complaints = [...complaintsOfMessages(run), ...complaintsOfOrder(run, catalog as unknown as CatalogLike)];
  if (run.exitCode !== 0 && run.exitCode !== 1) complaints.push(`exit code ${run.exitCode}: ${reasonsOf(run)}`);
  if (run.stderr.includes('    at ')) complaints.push(`a stack on stderr: ${run.stderr.slice(0, 500)}`);
  const ours = run.lines.filter((line) => line.includes('"failure_type":"system_error"'));
  return [...complaints, ...ours];
}

function overwrittenBy(catalog: JsonObject): string[] {
  const { streams } = catalog as unknown as {
    readonly streams: readonly { readonly stream: { readonly name: string }; readonly destination_sync_mode: string }[];
  };
  return streams.flatMap((each) => (each.destination_sync_mode === 'overwrite' ? [each.stream.name] : []));
}

function nameOf(state: JsonObject): string {
  return JSON.stringify((state['stream'] as JsonObject | undefined)?.['stream_descriptor']);
}

/** One trial: a practice org, a catalog, and syncs that are disturbed in every way; in the end the warehouse must be the org. */
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { deleteJobs } from '../job-list.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { reasonsOf, type ProgramOptions, type ProgramRun } from '../program.ts';
import { configure, discoverStreams, makeLarge } from '../sync/sync.ts';
import { createDice, type Dice } from './dice.ts';
import { Host } from './host.ts';
import { armFaults, changeRows, quietHabits, throwHabits, type Victim } from './trouble.ts';
import { differences } from './warehouse.ts';

const person = { LastName: 'New', Company: 'Acme' };
const VICTIMS: readonly Victim[] = [
  { sobject: 'Account', writable: 'Name', insertable: {}, mortal: true, mergeable: true },
  { sobject: 'Contact', writable: 'FirstName', insertable: { LastName: 'New' }, mortal: true, mergeable: true },
  { sobject: 'Lead', writable: 'FirstName', insertable: person, mortal: true, mergeable: true },
  { sobject: 'Task', writable: 'Subject', insertable: {}, mortal: true },
  { sobject: 'Opportunity', writable: 'Name', insertable: { StageName: 'Prospecting' }, mortal: true },
  { sobject: 'Case', writable: 'Subject', insertable: {}, mortal: true },
  // Read by its parents, and not replicateable: no list tells of its deletions.
  { sobject: 'ContentDocumentLink', writable: 'Visibility', insertable: {}, mortal: false },
  // Too wide for a URL.
  { sobject: 'Wide__c', writable: 'Name', insertable: {}, mortal: true },
];
const ROUNDS_MAX = 4;
const HOUR_MS = 3_600_000;

interface Trial {
  readonly dice: Dice;
  readonly org: OrgUnderTest;
  readonly host: Host;
  readonly victims: readonly Victim[];
  readonly hardDeletes: boolean;
  readonly rotates: boolean;
  catalog: JsonObject;
  /** Which syncs there were, for the figures of a long run. */
  readonly tally: Tally;
  clockMs: number;
  jobNumber: number;
  /** What was done, for whoever looks into a failure. */
  readonly story: string[];
}

/** How many syncs there were, and how many of them were killed, were stopped, or ended as failed. */
export interface Tally {
  syncs: number;
  killed: number;
  stopped: number;
  failed: number;
}

/** Runs the trial of a seed; gives what is wrong, the story that led there, and what it counts. */
export async function runTrial(
  seed: number,
): Promise<{ complaints: string[]; story: readonly string[]; tally: Tally }> {
  const dice = createDice(seed);
  const rows = dice.int(1, 150);
  const rowsOf = { Lead: dice.int(0, 900), ContentDocument: 80, ContentDocumentLink: 120, Wide__c: dice.int(0, 120) };
  const org = await openPracticeOrg({ rows, rowsOf, seed });
  try {
    const trial = await prepare(dice, org);
    const complaints: string[] = [];
    for (let round = dice.int(1, ROUNDS_MAX); round > 0; round--) {
      await disturb(trial);
      complaints.push(...(await syncDisturbed(trial)));
    }
    complaints.push(...(await settle(trial)));
    return { complaints, story: trial.story, tally: trial.tally };
  } finally {
    await org.close();
  }
}

async function prepare(dice: Dice, org: OrgUnderTest): Promise<Trial> {
  const victims = dice.some(VICTIMS, dice.int(1, 4));
  const [hardDeletes, rotates] = [dice.chance(80), dice.chance(25)];
  const config = org.config({
    streams_criteria: victims.map(({ sobject }) => ({ criteria: 'exacts', value: sobject })),
    hard_deletes: hardDeletes,
    on_new_property: dice.pick(['forward', 'resync', 'backfill']),
    num_workers: dice.int(1, 4),
    ...(dice.chance(40) && { start_date: await momentIn(org, dice, victims) }),
  });
  if (dice.chance(50) && victims.some(({ sobject }) => sobject === 'Wide__c')) await makeTooWide(org);
  const catalog = throwCatalog(dice, await discoverStreams(config));
  if (rotates) await org.settings({ rotateRefreshToken: true });
  const story = [`${victims.map(({ sobject }) => sobject).join(', ')}; ${JSON.stringify(config)}; rotates ${rotates}`];
  return {
    dice,
    org,
    host: new Host(org, config),
    victims,
    hardDeletes,
    rotates,
    catalog,
    tally: { syncs: 0, killed: 0, stopped: 0, failed: 0 },
    clockMs: 0,
    jobNumber: 1,
    story,
  };
}

/** When some row was last changed. */
async function momentIn(org: OrgUnderTest, dice: Dice, victims: readonly Victim[]): Promise<string> {
  const rows = await org.rows(dice.pick(victims).sobject);
  const time = rows.length === 0 ? undefined : dice.pick(rows)['SystemModstamp'];
  return `${String(time ?? '2024-01-01T00:00:00.000Z').slice(0, 19)}Z`;
}

/** With these fields besides, Wide__c does not fit into a URL any more. */
async function makeTooWide(org: OrgUnderTest): Promise<void> {
  const names = Array.from({ length: 120 }, (_, index) => `A_Name_As_Long_As_Admins_Like_${index}__c`);
  await org.change(
    ...names.map((name) => ({ op: 'addField', sobject: 'Wide__c', field: { name, type: 'double' } }) as const),
  );
}

/**
 * Most streams incremental, some overwritten by a full refresh, with all of their properties or a few; formulas change
 * without a stamp and stay out.
 */
function throwCatalog(dice: Dice, streams: ReadonlyMap<string, AirbyteStream>): JsonObject {
  const choices = [...streams].map(([name, stream]) => {
    const entries = Object.entries(stream.json_schema.properties).filter(([, schema]) => !schema['x-calculated']);
    const all = entries.map(([property]) => property);
    const needed = new Set(['id', 'is_deleted', '_ab_cdc_deleted_at', ...(stream.default_cursor_field ?? [])]);
    const few = [...new Set([...all.filter((property) => needed.has(property)), ...dice.some(all, 6)])];
    const full = { syncMode: 'full_refresh', destinationSyncMode: 'overwrite' } as const;
    return [name, { properties: dice.chance(60) ? few : all, ...(dice.chance(20) && full) }] as const;
  });
  return configure(streams, Object.fromEntries(choices));
}

/** Time passes, rows change, now and then a field is added; then faults are armed for what comes. */
async function disturb(trial: Trial): Promise<void> {
  const { dice, org, story } = trial;
  await org.settings({ lateCommitMs: 0 });
  await passTime(trial, dice.pick([0, 20_000, 400_000, HOUR_MS, 3 * HOUR_MS]));
  for (const victim of trial.victims) {
    const changes = await changeRows(org, dice, victim, 8, trial.hardDeletes ? 'purge too' : 'keep');
    story.push(`${victim.sobject}: ${JSON.stringify(changes).slice(0, 1_000)}`);
  }
  // A discover under rotation would have to hand its token over, too.
  if (!trial.rotates && dice.chance(25)) await addField(trial);
  if (dice.chance(15)) await deleteJobs(org);
  if (dice.chance(30)) moveStart(trial);
  await passTime(trial, dice.pick([0, 20_000, HOUR_MS]));
  const large = dice.chance(60) ? dice.some(trial.victims, 2).map(({ sobject }) => sobject) : [];
  if (large.length > 0) await makeLarge(org, large);
  const habits = throwHabits(dice);
  await org.settings(habits);
  const faults = await armFaults(org, dice, 4);
  story.push(`habits ${JSON.stringify(habits)}, by Bulk ${large.join(', ')}, faults ${JSON.stringify(faults)}`);
}

async function passTime(trial: Trial, ms: number): Promise<void> {
  trial.clockMs += ms;
  await trial.org.settings({ clockOffsetMs: trial.clockMs });
}

/**
 * A new field with values in a few rows, selected from now on. Where newly selected properties are read afterwards, the
 * whole selection is thrown anew; older states than the last are then none that a host would hand back.
 */
async function addField(trial: Trial): Promise<void> {
  const { dice, org, host, story } = trial;
  const { sobject } = dice.pick(trial.victims);
  const name = `Chaos${story.length}__c`;
  await org.change({ op: 'addField', sobject, field: { name, type: 'string', length: 80 } });
  for (const row of dice.some(await org.rows(sobject), 5)) {
    await org.change({ op: 'update', sobject, id: String(row['Id']), values: { [name]: 'new' } });
  }
  const streams = await discoverStreams(host.config);
  trial.catalog =
    host.config['on_new_property'] === 'forward' ? widen(trial.catalog, streams) : throwCatalog(dice, streams);
  host.everyState = host.everyState.slice(-1);
  story.push(`new field ${sobject}.${name}`);
}

/** The catalog with the properties besides that were not there when it was made. */
function widen(catalog: JsonObject, streams: ReadonlyMap<string, AirbyteStream>): JsonObject {
  const entries = catalog['streams'] as unknown as readonly { readonly stream: AirbyteStream }[];
  const widened = entries.map((entry) => {
    const { name, json_schema: old } = entry.stream;
    const now = Object.entries(streams.get(name)?.json_schema.properties ?? {});
    const added = Object.fromEntries(now.filter(([property]) => property.startsWith('chaos_')));
    const json_schema = { ...old, properties: { ...old.properties, ...added } };
    return { ...entry, stream: { ...entry.stream, json_schema } };
  });
  return { streams: widened } as unknown as JsonObject;
}

/** A start_date moves back, or goes: what it left out must come. */
function moveStart({ dice, host, story }: Trial): void {
  const { start_date: start, ...others } = host.config;
  if (start === undefined) return;
  const earlier = new Date(Date.parse(String(start)) - dice.int(1, 400) * 86_400_000).toISOString();
  host.config = dice.chance(50) ? others : { ...others, start_date: earlier };
  story.push(`start_date ${String(start)} becomes ${String(host.config['start_date'])}`);
}

/** The catalog of a job: a host tells by these ids whether a full refresh goes on or starts anew. */
function catalogOfJob({ catalog, jobNumber }: Trial): JsonObject {
  const streams = (catalog['streams'] as JsonObject[]).map((entry) =>
    entry['sync_mode'] === 'full_refresh' ? { ...entry, sync_id: jobNumber, generation_id: jobNumber } : entry,
  );
  return { streams };
}

/**
 * A sync from one of the states that were ever written, most often the last; killed, stopped, or changed under, as it may be.
 * Now and then a stream is left out of it, or a property is deselected for this one sync.
 */
async function syncDisturbed(trial: Trial): Promise<string[]> {
  const { dice, host, story } = trial;
  const { possibleStates } = host;
  const isNarrow = host.config['on_new_property'] !== 'forward' && dice.chance(20);
  // No host hands back a state from before the deselection behind it.
  if (isNarrow) host.everyState = host.everyState.slice(-1);
  const states =
    !isNarrow && dice.chance(25) && possibleStates.length > 0 ? dice.pick(possibleStates) : host.everyState.at(-1);
  const kill = throwKill(trial);
  const changeAt = dice.chance(40) ? dice.int(1, 400) : undefined;
  const purges = trial.hardDeletes && dice.chance(50) ? 'purge too' : 'keep';
  let line = 0;
  const apiVersion = dice.pick(['58.0', '58.0', '62.0']);
  if (dice.chance(50)) trial.jobNumber += 1;
  const whole = catalogOfJob(trial);
  const catalog = isNarrow ? narrow(dice, whole) : dice.chance(20) ? leaveOut(dice, whole) : whole;
  const { run, complaints } = await host.read(catalog, states, apiVersion, {
    ...(kill && { kill }),
    onLine: async () => {
      line += 1;
      if (line === changeAt) await changeRows(trial.org, dice, dice.pick(trial.victims), 4, purges);
    },
  });
  if (isNarrow) host.everyState = host.everyState.slice(-1);
  count(trial.tally, run);
  story.push(
    `sync ${trial.jobNumber} by API ${apiVersion}, ${namesIn(catalog)}${isNarrow ? ' with fewer properties' : ''}, from ${states ? JSON.stringify(states) : 'the beginning'}, rows change at ${changeAt} (${purges}), kill ${JSON.stringify(kill)}, ends by ${run.signal ?? run.exitCode}: ${reasonsOf(run)}`,
  );
  return complaints;
}

/** A rotated token that is killed on its way out is lost, with any program; a stop must not lose it. */
function throwKill({ dice, rotates }: Trial): ProgramOptions['kill'] {
  if (!dice.chance(45)) return undefined;
  const signal = rotates
    ? dice.pick(['SIGTERM', 'SIGINT'] as const)
    : dice.pick(['SIGKILL', 'SIGKILL', 'SIGTERM'] as const);
  return dice.chance(70) ? { signal, afterLines: dice.int(1, 900) } : { signal, afterMs: dice.int(200, 2_000) };
}

function count(tally: Tally, run: ProgramRun): void {
  tally.syncs += 1;
  if (run.signal === 'SIGKILL') tally.killed += 1;
  else if (run.signal !== null) tally.stopped += 1;
  else if (run.exitCode !== 0) tally.failed += 1;
}

/** The catalog without one of its streams, where it has several. */
function leaveOut(dice: Dice, catalog: JsonObject): JsonObject {
  const streams = catalog['streams'] as JsonObject[];
  return streams.length < 2 ? catalog : { streams: dice.some(streams, streams.length - 1) };
}

/** The catalog with some properties of each stream deselected, but for those that make it what it is. */
function narrow(dice: Dice, catalog: JsonObject): JsonObject {
  const needed = new Set([
    'id',
    'is_deleted',
    '_ab_cdc_deleted_at',
    'system_modstamp',
    'created_date',
    'last_modified_date',
    'login_time',
  ]);
  const entries = catalog['streams'] as unknown as readonly { readonly stream: AirbyteStream }[];
  const streams = entries.map((entry) => {
    const { json_schema } = entry.stream;
    const kept = Object.entries(json_schema.properties).filter(([name]) => needed.has(name) || dice.chance(70));
    return {
      ...entry,
      stream: { ...entry.stream, json_schema: { ...json_schema, properties: Object.fromEntries(kept) } },
    };
  });
  return { streams } as unknown as JsonObject;
}

function namesIn(catalog: JsonObject): string {
  const entries = catalog['streams'] as unknown as readonly { readonly stream: AirbyteStream }[];
  return entries.map(({ stream }) => stream.name).join(' ');
}

/** Without faults the sync goes on from its last state to the end; what then stands in the warehouse must be the org. */
async function settle(trial: Trial): Promise<string[]> {
  const { org, host, story } = trial;
  const complaints: string[] = [];
  await org.settings(quietHabits);
  // What a start_date leaves out is no difference that can be told from a loss.
  const { start_date: _start, ...config } = host.config;
  host.config = config;
  // The first may go on inside a former read, whose bound is the former start; the second brings what came since.
  for (const which of ['first', 'second']) {
    await passTime(trial, HOUR_MS);
    trial.jobNumber += 1;
    const { run, complaints: more } = await host.read(catalogOfJob(trial), host.everyState.at(-1), '58.0');
    count(trial.tally, run);
    story.push(`${which} quiet sync ends by ${run.exitCode}`);
    complaints.push(...more);
    if (run.exitCode !== 0) complaints.push(`the ${which} quiet sync ended by ${run.exitCode}: ${reasonsOf(run)}`);
  }
  const { streams } = trial.catalog as unknown as { readonly streams: readonly { readonly stream: AirbyteStream }[] };
  for (const { stream } of streams) {
    const rows = await org.rows(stream.json_schema['x-sobject'] ?? '');
    complaints.push(...differences(host.warehouse.get(stream.name) ?? new Map(), rows, stream).slice(0, 10));
  }
  return complaints;
}

/** Plays scenes: starts the org, prepares the contenders, measures them in turns, and gives the medians. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OrgUnderTest } from '../practice-org.ts';
import type { Contender } from './contender.ts';
import { measureProgram, type Measurement, type Program } from './measured-program.ts';
import { startOrgProcess } from './org-process.ts';
import type { FloorResult } from './floor.ts';
import { floorStanding, standingOf, type Run } from './standing.ts';
import type { Scene, Standing, Work, WorkResult } from './work.ts';

export interface SceneOptions {
  /** Folder of the built programs. */
  readonly dist: string;
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly peerRounds: number;
  /** Told before each thing that takes time. */
  readonly say: (text: string) => void;
}

/** One that takes part in a work, and the runs that it has made. */
interface Entry {
  readonly standing: Pick<Standing, 'name' | 'title'>;
  readonly program: Program;
  readonly rounds: number;
  readonly runs: Run[];
}

/** What a scene's works share: the org, and the files and last outputs of each contender. */
interface Stage {
  readonly org: OrgUnderTest;
  readonly folder: string;
  /** Lines of a discover, by contender. */
  readonly found: Map<string, readonly string[]>;
  /** Lines of the last read, by contender. */
  readonly said: Map<string, readonly string[]>;
}

/** Nothing measured here takes so long; a peer that hangs must not hold the bench. */
const LIMIT_MS = 15 * 60_000;
/** Of a peer's failure: its command, and the first lines of what it said. */
const REASON_CHARACTERS = 1500;

/** Plays a scene to its end. Throws where a contender fails, or reads another number of rows than the work says. */
export async function* playScene(scene: Scene, options: SceneOptions): AsyncGenerator<WorkResult> {
  const org = await startOrgProcess(options.dist, scene.org);
  const folder = await mkdtemp(join(tmpdir(), 'modstamp-bench-'));
  const stage: Stage = { org, folder, found: new Map(), said: new Map() };
  try {
    await scene.prepare?.(org);
    for (const work of scene.works) yield await doWork(work, stage, options);
  } finally {
    await org.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function doWork(work: Work, stage: Stage, options: SceneOptions): Promise<WorkResult> {
  const leftOut: string[] = [];
  await work.before?.(stage.org);
  const entries = await prepareAll(work, stage, options, leftOut);
  const loadBefore = loadavg()[0] ?? 0;
  await stage.org.settings(work.settings ?? {});
  // The first one makes the org render the result, and compress it; every later one, and ours, finds it made.
  const floors = work.floor === undefined ? [] : [await measureFloor(work.floor, stage, options)];
  if (work.isWarm) await warmUp(entries[0], options);
  for (let round = 0; round < Math.max(...entries.map(({ rounds }) => rounds)); round++) {
    if (work.floor !== undefined) floors.push(await measureFloor(work.floor, stage, options));
    for (const entry of entries) {
      if (round >= entry.rounds || leftOut.some((sentence) => sentence.startsWith(entry.standing.title))) continue;
      await orLeaveOut(entry.standing, leftOut, () => addRun(entry, work, stage, options));
    }
  }
  await stage.org.settings({ latencyMs: 0 });
  for (const { standing, runs } of entries) stage.said.set(standing.name, runs.at(-1)?.others ?? []);
  const standings = entries
    .filter(({ runs }) => runs.length > 0)
    .map(({ standing, runs }) => standingOf(standing, runs));
  return { work, standings, floor: floorStanding(floors, work), loadBefore, leftOut };
}

async function prepareAll(work: Work, stage: Stage, options: SceneOptions, leftOut: string[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const contender of options.contenders) {
    if (contender.name !== 'modstamp' && !work.peers.includes(contender.name)) continue;
    await orLeaveOut(contender, leftOut, async () => {
      const program = await prepare(contender, work, stage, options);
      const rounds = contender.name === 'modstamp' ? (work.rounds ?? options.rounds) : options.peerRounds;
      if (program !== undefined) entries.push({ standing: contender, program, rounds, runs: [] });
    });
  }
  if (work.task === 'spec') entries.push(bareNode(options.rounds));
  return entries;
}

/** A peer that can't do a work is left out of it, and that is told; ours must do every one. */
async function orLeaveOut({ name, title }: Entry['standing'], leftOut: string[], act: () => Promise<void>) {
  try {
    await act();
  } catch (error) {
    if (name === 'modstamp' || name === 'node -e 0') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    leftOut.push(`${title} is LEFT OUT: ${reason.slice(0, REASON_CHARACTERS)}`);
  }
}

/** Writes a contender's files and gives the program to be measured. A discover that a read needs is not measured. */
async function prepare(
  contender: Contender,
  work: Work,
  stage: Stage,
  options: SceneOptions,
): Promise<Program | undefined> {
  const { url } = stage.org;
  if (work.task === 'spec') return contender.spec(url);
  const home = join(stage.folder, contender.name);
  await mkdir(home, { recursive: true });
  const file = async (name: string, content: unknown) => {
    const path = join(home, name);
    await writeFile(path, JSON.stringify(content));
    return path;
  };
  const own = contender.name === 'modstamp' ? work.config : undefined;
  const config = await file('config.json', { ...contender.config(url, work.transport ?? 'bulk'), ...own });
  const discover = { ...contender.discover(url, config), cwd: home };
  if (work.task === 'discover') return discover;
  let found = stage.found.get(contender.name);
  if (found === undefined) {
    options.say(`${contender.title}: discover, not measured`);
    found = (await measureProgram(discover, { limitMs: LIMIT_MS })).others;
    stage.found.set(contender.name, found);
  }
  const catalog = await file('catalog.json', contender.select(found, work));
  const said = stage.said.get(contender.name);
  const state = work.resumes && said ? await file('state.json', contender.stateOf(said)) : undefined;
  return { ...contender.read(url, { config, catalog, ...(state !== undefined && { state }) }), cwd: home };
}

function bareNode(rounds: number): Entry {
  const standing = { name: 'node -e 0', title: 'node -e 0' } as const;
  return { standing, program: { command: [process.execPath, '-e', '0'] }, rounds, runs: [] };
}

async function addRun({ standing, program, runs }: Entry, work: Work, stage: Stage, options: SceneOptions) {
  const { org } = stage;
  options.say(`${work.name}: ${standing.title}, run ${runs.length + 1}`);
  await org.clearLog();
  const before = (await org.usage()).apiCalls;
  const measured = await measureProgram(program, {
    limitMs: LIMIT_MS,
    ...(work.stallMs !== undefined && { stallMs: work.stallMs }),
  });
  if (work.records !== undefined && measured.records !== work.records) {
    throw new Error(`${work.name}: ${standing.title} read ${measured.records} rows instead of ${work.records}`);
  }
  const calls = (await org.usage()).apiCalls - before;
  runs.push({ ...measured, calls, secondsFromReady: await secondsFromReady(org, measured) });
}

/** Lets the org make its result, or its describes, before anything is measured: in every later run a job is ready when it says. */
async function warmUp(entry: Entry | undefined, options: SceneOptions): Promise<void> {
  options.say('the org gets ready, not measured');
  if (entry !== undefined) await measureProgram(entry.program, { limitMs: LIMIT_MS });
}

/** From the moment when the first Bulk job could be complete to the first record; undefined where there was no job. */
async function secondsFromReady(org: OrgUnderTest, measured: Measurement): Promise<number | undefined> {
  const created = (await org.log()).find(({ method, path }) => method === 'POST' && path.endsWith('/jobs/query'));
  if (created === undefined || measured.firstRecordMs === undefined) return undefined;
  const { jobReadyMs } = (await (await fetch(`${org.url}/_control/settings`)).json()) as { jobReadyMs: number };
  return (measured.startedAtMs + measured.firstRecordMs - created.atMs - jobReadyMs) / 1000;
}

/** In a process of its own, as the connectors are. */
async function measureFloor(query: string, stage: Stage, options: SceneOptions): Promise<FloorResult> {
  options.say('the org alone, read by a line counter');
  const command = [process.execPath, join(options.dist, 'bench.js'), 'floor', stage.org.url, query] as const;
  const { others } = await measureProgram({ command: [...command] }, { limitMs: LIMIT_MS });
  return JSON.parse(others.join('')) as FloorResult;
}

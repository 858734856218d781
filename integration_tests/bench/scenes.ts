/** The works of the table: reads by Bulk, syncs of the 48 collections, discovery and start; memory: memory-scenes.ts. */
import collections from '../../catalogs/segment-collections.json' with { type: 'json' };
import type { OrgUnderTest } from '../practice-org.ts';
import { memoryScenes } from './memory-scenes.ts';
import { WIDE } from './org-process.ts';
import { manyStreamsOrg, READY, SEED, wideColumns, wideOrg } from './orgs.ts';
import type { Goal, Scene, Work } from './work.ts';

/** API names of Segment's 48 collections. */
const SEGMENT_OBJECTS = Object.keys(collections);
const HOUR_MS = 3_600_000;

/** Every scene of the table; `quick` leaves out or makes smaller what takes minutes. */
export function tableScenes(quick: boolean): Scene[] {
  return [
    discoveryScene(),
    bulkScene('bulk-small', 20_000, 15),
    ...(quick ? [] : [bulkScene('bulk-large', 100_000, 25)]),
    syncScene(),
    fullerSyncScene(),
    ...memoryScenes(quick),
  ];
}

function discoveryScene(): Scene {
  const start: Work = {
    name: 'start',
    title: 'Start (spec)',
    task: 'spec',
    peers: ['official'],
    goals: [{ of: 'secondsAboveNode', most: 0.15 }],
  };
  const discover = { task: 'discover', peers: ['official', 'tap'], transport: 'rest', isWarm: true } as const;
  const near: Work = { ...discover, name: 'discover', title: 'Discover 1,327 objects', goals: within(2.5, 60) };
  const far: Work = {
    ...discover,
    name: 'discover-far',
    title: 'The same with 100 ms latency',
    settings: { latencyMs: 100 },
    goals: within(4, 60),
  };
  const streams: Work = {
    name: 'streams',
    title: 'Memory: 1,300 streams',
    task: 'read',
    peers: [],
    limit: 1300,
    rounds: 3,
    goals: [{ of: 'peakMiB', most: 150 }],
  };
  return { org: manyStreamsOrg(), works: [start, near, far, streams] };
}

function bulkScene(name: string, rows: number, ratio: number): Scene {
  const columns = 60;
  const work: Work = {
    name,
    title: `Bulk, ${rows.toLocaleString('en')} rows x ${columns} columns`,
    task: 'read',
    peers: ['official', 'tap'],
    settings: READY,
    isWarm: true,
    objects: [WIDE],
    records: rows,
    floor: `SELECT ${wideColumns(columns).join(', ')} FROM ${WIDE}`,
    goals: [
      { of: 'ratio', least: ratio },
      { of: 'secondsFromReady', most: 1 },
    ],
  };
  return { org: wideOrg(rows, columns), works: [work] };
}

function syncScene(): Scene {
  const sync = { task: 'read', peers: ['official', 'tap'], objects: SEGMENT_OBJECTS, transport: 'rest' } as const;
  const first: Work = {
    ...sync,
    name: 'first-sync',
    title: 'First sync of 48 collections, 50 rows each',
    goals: within(1.5, 30),
  };
  const far: Work = {
    ...sync,
    name: 'first-sync-far',
    title: 'The same with 100 ms latency',
    settings: { latencyMs: 100 },
    goals: within(3, 30),
  };
  const nothing: Work = {
    ...sync,
    name: 'no-changes',
    title: 'Sync of the 48 without changes',
    settings: { clockOffsetMs: 3 * HOUR_MS },
    resumes: true,
    goals: within(1.5, 16),
  };
  const few: Work = {
    ...sync,
    name: 'few-changes',
    title: 'Sync of the 48 with 10 changed rows in each of 5',
    peers: [],
    before: changeFew,
    resumes: true,
    goals: [{ of: 'calls', most: 16 }],
  };
  return { org: { rows: 50, seed: SEED }, works: [first, far, nothing, few] };
}

function fullerSyncScene(): Scene {
  const work: Work = {
    name: 'fuller-sync',
    title: 'First sync of 48 collections, 1,000 rows each',
    task: 'read',
    peers: [],
    objects: SEGMENT_OBJECTS,
    goals: [{ of: 'calls', most: 70 }],
  };
  return { org: { rows: 1000, seed: SEED }, works: [work] };
}

/** Three hours on from the sync before, by the org's clock, and an hour before the one that is measured. */
async function changeFew(org: OrgUnderTest): Promise<void> {
  await org.settings({ clockOffsetMs: 6 * HOUR_MS });
  for (const sobject of ['Account', 'Contact', 'Lead', 'Opportunity', 'Task']) {
    const ids = (await org.rows(sobject)).slice(0, 10).map((row) => String(row['Id']));
    await org.change(...ids.map((id) => ({ op: 'update', sobject, id, values: { Description: 'Changed' } }) as const));
  }
  await org.settings({ clockOffsetMs: 7 * HOUR_MS });
}

function within(seconds: number, calls: number): Goal[] {
  return [
    { of: 'seconds', most: seconds },
    { of: 'calls', most: calls },
  ];
}

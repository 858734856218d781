/** The works of the table: reads by Bulk, syncs of the 48 collections, discovery, start, memory. */
import collections from '../../catalogs/segment-collections.json' with { type: 'json' };
import type { OrgUnderTest } from '../practice-org.ts';
import { WIDE, type OrgSetup } from './org-process.ts';
import type { Scene } from './work.ts';

/** API names of Segment's 48 collections. */
const SEGMENT_OBJECTS = Object.keys(collections);
/** The fewest objects that an org can have: the 48, and its custom ones. */
const FEWEST_OBJECTS = 66;
const MOST_OBJECTS = 1327;
const SEED = 1;
/** Rows of the connector's largest result pages: see its bulk reading. */
const PAGE_ROWS_MOST = 250_000;
const HOUR_MS = 3_600_000;
/** A job is ready after half a second, which is quick for Salesforce. */
const READY = { jobReadyMs: 500 };
/** A CSV cell of ten columns of the wide object: Ids, a name, dates. */
const TEN_COLUMNS = 10;
const CELL_BYTES = 10 * 1024 * 1024;
const CELLS = 24;
/** As many as make Bulk the cheaper way: a page of REST is held whole, and Salesforce makes it shorter where rows are long. */
const CELL_ROWS = 12_000;

/** Every scene of the table, the quickest first; `quick` leaves out or makes smaller what takes minutes. */
export function tableScenes(quick: boolean): Scene[] {
  return [
    discoveryScene(),
    bulkScene('bulk-small', 20_000, 60, 15),
    syncScene(),
    fullerSyncScene(),
    ...(quick ? [] : [bulkScene('bulk-large', 100_000, 60, 25)]),
    stallScene(),
    cellScene(),
    contentScene(),
    memoryScene('memory-wide', quick ? 100_000 : 500_000, 60),
    memoryScene('memory-rows', quick ? 1_000_000 : 5_000_000, TEN_COLUMNS),
  ];
}

/** An org with so many rows of the wide object, cut to so many columns, and next to nothing besides. */
export function wideOrg(rows: number, columns: number): OrgSetup {
  return {
    rows: 1,
    seed: SEED,
    objects: FEWEST_OBJECTS,
    rowsOf: { [WIDE]: rows },
    wideColumns: columns,
    settings: READY,
  };
}

/** An org in which every object has a few rows. */
export function manyStreamsOrg(): OrgSetup {
  return { rows: 10, seed: SEED, objects: MOST_OBJECTS };
}

function bulkScene(name: string, rows: number, columns: number, ratio: number): Scene {
  return {
    org: wideOrg(rows, columns),
    works: [
      {
        name,
        title: `Bulk, ${rows.toLocaleString('en')} rows x ${columns} columns`,
        task: 'read',
        peers: ['official', 'tap'],
        settings: READY,
        objects: [WIDE],
        records: rows,
        floor: floorQuery(columns),
        goals: [
          { of: 'ratio', least: ratio },
          { of: 'secondsFromReady', most: 1 },
        ],
      },
    ],
  };
}

function syncScene(): Scene {
  const sync = { task: 'read', peers: ['official', 'tap'], objects: SEGMENT_OBJECTS, transport: 'rest' } as const;
  return {
    org: { rows: 50, seed: SEED },
    works: [
      {
        ...sync,
        name: 'first-sync',
        title: 'First sync of 48 collections, 50 rows each',
        goals: [
          { of: 'seconds', most: 1.5 },
          { of: 'calls', most: 30 },
        ],
      },
      {
        ...sync,
        name: 'first-sync-far',
        title: 'The same with 100 ms latency',
        settings: { latencyMs: 100 },
        goals: [
          { of: 'seconds', most: 3 },
          { of: 'calls', most: 30 },
        ],
      },
      {
        ...sync,
        name: 'no-changes',
        title: 'Sync of the 48 without changes',
        settings: { clockOffsetMs: 3 * HOUR_MS },
        resumes: true,
        goals: [
          { of: 'seconds', most: 1.5 },
          { of: 'calls', most: 16 },
        ],
      },
      {
        ...sync,
        name: 'few-changes',
        title: 'Sync of the 48 with 10 changed rows in each of 5',
        peers: [],
        // Three hours on from the sync before; the changes are made then, by the org's clock.
        before: changeFew,
        resumes: true,
        goals: [{ of: 'calls', most: 16 }],
      },
    ],
  };
}

function fullerSyncScene(): Scene {
  return {
    org: { rows: 1000, seed: SEED },
    works: [
      {
        name: 'fuller-sync',
        title: 'First sync of 48 collections, 1,000 rows each',
        task: 'read',
        peers: [],
        objects: SEGMENT_OBJECTS,
        goals: [{ of: 'calls', most: 70 }],
      },
    ],
  };
}

async function changeFew(org: OrgUnderTest): Promise<void> {
  await org.settings({ clockOffsetMs: 6 * HOUR_MS });
  for (const sobject of ['Account', 'Contact', 'Lead', 'Opportunity', 'Task']) {
    const ids = (await org.rows(sobject)).slice(0, 10).map((row) => String(row['Id']));
    await org.change(...ids.map((id) => ({ op: 'update', sobject, id, values: { Description: 'Changed' } }) as const));
  }
  await org.settings({ clockOffsetMs: 7 * HOUR_MS });
}

function discoveryScene(): Scene {
  const discover = { task: 'discover', peers: ['official', 'tap'], transport: 'rest' } as const;
  return {
    org: manyStreamsOrg(),
    works: [
      {
        name: 'start',
        title: 'Start (spec)',
        task: 'spec',
        peers: ['official'],
        goals: [{ of: 'secondsAboveNode', most: 0.15 }],
      },
      {
        ...discover,
        name: 'discover',
        title: 'Discover 1,327 objects',
        goals: [
          { of: 'seconds', most: 2.5 },
          { of: 'calls', most: 60 },
        ],
      },
      {
        ...discover,
        name: 'discover-far',
        title: 'The same with 100 ms latency',
        settings: { latencyMs: 100 },
        goals: [
          { of: 'seconds', most: 4 },
          { of: 'calls', most: 60 },
        ],
      },
      {
        name: 'streams',
        title: 'Memory: every stream of an org of 1,327 objects',
        task: 'read',
        peers: [],
        rounds: 3,
        goals: [{ of: 'peakMiB', most: 150 }],
      },
    ],
  };
}

function memoryScene(name: string, rows: number, columns: number): Scene {
  return {
    // The wide object can't be cut below its own twelve fields; fewer are a matter of what is selected.
    org: wideOrg(rows, Math.max(columns, OWN_COLUMNS.length)),
    works: [
      {
        name,
        title: `Memory: ${rows.toLocaleString('en')} rows x ${columns} columns`,
        task: 'read',
        peers: [],
        settings: READY,
        objects: [WIDE],
        ...(columns < OWN_COLUMNS.length && { columns: OWN_COLUMNS.slice(0, columns) }),
        records: rows,
        rounds: rows > 1_000_000 ? 1 : 3,
        goals: [
          { of: 'peakMiB', most: 150 },
          { of: 'calls', most: 20 + Math.ceil(rows / PAGE_ROWS_MOST) },
        ],
      },
    ],
  };
}

function stallScene(): Scene {
  const work = {
    task: 'read',
    peers: [],
    settings: READY,
    objects: [WIDE],
    records: 50_000,
    rounds: 3,
    goals: [{ of: 'peakMiB', most: 150 }],
  } as const;
  return {
    org: wideOrg(50_000, 60),
    works: [
      { ...work, name: 'reader-quick', title: 'Memory: 50,000 rows x 60 columns, a reader that keeps up' },
      { ...work, name: 'reader-stalls', title: 'Memory: the same, a reader that stalls for 10 s', stallMs: 10_000 },
    ],
  };
}

function cellScene(): Scene {
  return {
    org: wideOrg(CELL_ROWS, 20),
    prepare: insertCells,
    works: [
      {
        name: 'cells',
        title: `Memory: Bulk, ${CELL_ROWS.toLocaleString('en')} rows x 20 columns, ${CELLS} of them with a cell of 10 MiB`,
        task: 'read',
        peers: [],
        settings: READY,
        objects: [WIDE],
        records: CELL_ROWS + CELLS,
        rounds: 3,
        goals: [{ of: 'peakMiB', most: 300 }],
      },
    ],
  };
}

function contentScene(): Scene {
  return {
    org: { rows: 1, seed: SEED, rowsOf: { Attachment: 0 } },
    prepare: insertContents,
    works: [
      {
        name: 'contents',
        title: `Memory: ${CELLS} attachments of 10 MiB, downloaded`,
        task: 'read',
        peers: [],
        objects: ['Attachment'],
        config: { blobs: { max_bytes_per_record: CELL_BYTES } },
        records: CELLS,
        rounds: 3,
        goals: [{ of: 'peakMiB', most: 300 }],
      },
    ],
  };
}

/** As large as `blobs` lets a content be unless told. */
async function insertContents(org: OrgUnderTest): Promise<void> {
  const Body = 'x'.repeat(CELL_BYTES);
  for (let i = 0; i < CELLS; i++) {
    await org.change({ op: 'insert', sobject: 'Attachment', rows: [{ Name: `Content ${i}`, Body }] });
  }
}

/** Cells longer than any field of Salesforce: what a file's content as text, or a field type to come, would bring. */
async function insertCells(org: OrgUnderTest): Promise<void> {
  const text = 'A line of text, with "quotes", a \\ and an ümlaut.\n';
  const cell = text.repeat(Math.ceil(CELL_BYTES / Buffer.byteLength(text)));
  for (let i = 0; i < CELLS; i++) {
    await org.change({ op: 'insert', sobject: WIDE, rows: [{ Name: `Cell ${i}`, Metric_008__c: cell }] });
  }
}

const OWN_COLUMNS = [
  'Id',
  'OwnerId',
  'IsDeleted',
  'Name',
  'CreatedDate',
  'CreatedById',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
  'LastActivityDate',
  'LastViewedDate',
  'LastReferencedDate',
];

function floorQuery(columns: number): string {
  const filled = Array.from(
    { length: columns - OWN_COLUMNS.length },
    (_, i) => `Metric_${String(i + 1).padStart(3, '0')}__c`,
  );
  return `SELECT ${[...OWN_COLUMNS, ...filled].join(', ')} FROM ${WIDE}`;
}

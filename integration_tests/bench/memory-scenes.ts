/** What memory is measured on: many rows, long cells, contents, a reader that stalls. */
import type { OrgUnderTest } from '../practice-org.ts';
import { WIDE } from './org-process.ts';
import { OWN_COLUMNS, READY, SEED, wideOrg } from './orgs.ts';
import type { Scene } from './work.ts';

const TEN_COLUMNS = 10;
const CELL_BYTES = 10 * 1024 * 1024;
const CELLS = 24;
/** As many as make Bulk the cheaper way. */
const CELL_ROWS = 12_000;
/** Rows of the connector's largest result pages: see its bulk reading. */
const PAGE_ROWS_MOST = 250_000;

/** The scenes, smaller where `quick`. */
export function memoryScenes(quick: boolean): Scene[] {
  return [
    stallScene(),
    cellScene(),
    restCellScene(),
    contentScene(),
    memoryScene('memory-wide', quick ? 100_000 : 500_000, 60),
    memoryScene('memory-rows', quick ? 1_000_000 : 5_000_000, TEN_COLUMNS),
  ];
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
        isWarm: true,
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
    isWarm: true,
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
        isWarm: true,
        objects: [WIDE],
        records: CELL_ROWS + CELLS,
        rounds: 3,
        goals: [{ of: 'peakMiB', most: 300 }],
      },
    ],
  };
}

/** The same cells in so few rows that REST is the cheaper way; Salesforce makes pages shorter where rows are long. */
function restCellScene(): Scene {
  return {
    org: wideOrg(0, 20),
    prepare: insertCells,
    works: [
      {
        name: 'rest-cells',
        title: `Memory: REST, ${CELLS} rows x 20 columns, each with a cell of 10 MiB`,
        task: 'read',
        peers: [],
        objects: [WIDE],
        records: CELLS,
        rounds: 3,
        goals: [{ of: 'peakMiB', most: 286 }],
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

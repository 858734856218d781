/** How time, memory and calls grow with rows, columns and streams: the points of the curves. */
import { WIDE } from './org-process.ts';
import { manyStreamsOrg, READY, wideOrg } from './orgs.ts';
import type { Scene, Work } from './work.ts';

export interface Growth {
  readonly name: 'rows' | 'columns' | 'streams';
  readonly title: string;
  /** Each work with an `at`: its place on the axis. */
  readonly scenes: readonly Scene[];
}

const ROW_STEPS = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
const COLUMN_STEPS = [12, 30, 60, 100, 200, 400, 780];
const STREAM_STEPS = [1, 10, 48, 150, 400, 1_300];
/** Columns of the rows that are counted up. */
const ROW_COLUMNS = 20;
/** Rows of the columns that are counted up. */
const COLUMN_ROWS = 20_000;

/** The three curves; `quick` leaves the last, dear point of each out. */
export function growths(quick: boolean): Growth[] {
  const bulk = { objects: [WIDE], settings: READY, isWarm: true };
  const steps = (all: readonly number[]) => (quick ? all.slice(0, -1) : all);
  return [
    {
      name: 'rows',
      title: `rows of one stream, ${ROW_COLUMNS} columns`,
      scenes: steps(ROW_STEPS).map((rows) => ({
        org: wideOrg(rows, ROW_COLUMNS),
        works: [readOf('rows', rows, { ...bulk, records: rows, ...(rows > 1_000_000 && { rounds: 1 }) })],
      })),
    },
    {
      name: 'columns',
      title: `columns of one stream, ${COLUMN_ROWS.toLocaleString('en')} rows`,
      scenes: steps(COLUMN_STEPS).map((columns) => ({
        org: wideOrg(COLUMN_ROWS, columns),
        works: [readOf('columns', columns, { ...bulk, records: COLUMN_ROWS })],
      })),
    },
    {
      name: 'streams',
      title: 'streams, 3 to 10 rows each',
      scenes: [
        {
          org: manyStreamsOrg(),
          works: steps(STREAM_STEPS).map((count) => readOf('streams', count, { limit: count })),
        },
      ],
    },
  ];
}

function readOf(name: string, at: number, more: Partial<Work>): Work {
  return {
    name: `${name}-${at}`,
    title: `${at.toLocaleString('en')} ${name}`,
    task: 'read',
    peers: [],
    at,
    goals: [],
    ...more,
  };
}

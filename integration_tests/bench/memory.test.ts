/** The memory that the program takes, on sizes that a test can afford; the bench does it on larger ones. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configureAll } from '../catalog.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { runDiscover, runRead, type ProgramRun } from '../program.ts';

const MEGABYTE = 1_000_000;
const LIMIT_BYTES = 150 * MEGABYTE;

let org: OrgUnderTest;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 5, seed: 3, objects: 1327, rowsOf: { Invoice_Line__c: 200_000 } });
});
afterAll(() => org.close());

/** Rows of each stream, and the run. */
async function readAll(discovered: ProgramRun, names?: readonly string[], readerPauseMs?: number) {
  const rows = new Map<string, number>();
  let seen = 0;
  const onLine = async (line: string) => {
    const stream = /^\{"type":"RECORD","record":\{"stream":"([^"]+)"/.exec(line)?.[1];
    if (stream === undefined) return;
    rows.set(stream, (rows.get(stream) ?? 0) + 1);
    // A pause once in the middle: long enough for every buffer on the way to fill.
    if (readerPauseMs !== undefined && seen++ === 1000) await new Promise((wake) => setTimeout(wake, readerPauseMs));
  };
  const config = org.config();
  const run = await runRead({ config, catalog: configureAll(discovered, names) }, { keep: false, onLine });
  expect(run.exitCode).toBe(0);
  return { run, rows };
}

test('every stream of an org of 1,327 objects is discovered and read in less than 150 MB', async () => {
  const discovered = await runDiscover(org.config());
  expect(discovered.peakRssBytes).toBeLessThan(LIMIT_BYTES);
  const { run, rows } = await readAll(discovered);
  expect(rows.size).toBeGreaterThan(1000);
  expect(run.peakRssBytes).toBeLessThan(LIMIT_BYTES);
});

test('200,000 rows are read in less than 150 MB, also by a reader that stalls', async () => {
  const criteria = { streams_criteria: [{ criteria: 'exacts', value: 'Invoice_Line__c' }] };
  const discovered = await runDiscover(org.config(criteria));
  for (const pauseMs of [undefined, 3000]) {
    const { run, rows } = await readAll(discovered, ['invoice_line_c'], pauseMs);
    expect(rows.get('invoice_line_c')).toBe(200_000);
    expect(run.peakRssBytes).toBeLessThan(LIMIT_BYTES);
  }
});

describe('cells of 10 MiB over REST', () => {
  const CELLS = 24;
  const CELL_BYTES = 10 * 1024 * 1024;
  const WIDE_CELLS_LIMIT_BYTES = 300 * MEGABYTE;
  let wide: OrgUnderTest;

  beforeAll(async () => {
    wide = await openPracticeOrg({ rows: 5, seed: 3, rowsOf: { Lead: 0 } });
    const line = 'A line, with "quotes", a \\ and an ümlaut.\n';
    const Description = line.repeat(Math.ceil(CELL_BYTES / Buffer.byteLength(line)));
    for (let i = 0; i < CELLS; i++) {
      await wide.change({ op: 'insert', sobject: 'Lead', rows: [{ LastName: `Row ${i}`, Company: 'A', Description }] });
    }
  });
  afterAll(() => wide.close());

  test.each([
    ['alone', ['leads']],
    ['among others in one call', ['accounts', 'contacts', 'leads', 'opportunities', 'tasks']],
  ])('are read in less than 300 MB, asked for %s', async (_, names) => {
    const catalog = configureAll(await runDiscover(wide.config()), names);
    let longRows = 0;
    const onLine = (line: string) => void (line.length > CELL_BYTES && longRows++);
    await wide.clearLog();
    const run = await runRead({ config: wide.config(), catalog }, { keep: false, onLine });
    const paths = (await wide.log()).map(({ path }) => path);
    expect(run.exitCode).toBe(0);
    expect(longRows).toBe(CELLS);
    expect(paths.filter((path) => path.endsWith('/queryAll'))).toHaveLength(names.length);
    expect(paths.some((path) => path.includes('/jobs/'))).toBe(false);
    expect(run.peakRssBytes).toBeLessThan(WIDE_CELLS_LIMIT_BYTES);
  });
});

/** The memory that the program takes, on sizes that a test can afford; the bench does it on larger ones. */
import { afterAll, beforeAll, expect, test } from 'vitest';
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

/** Files that are damaged in any way: what is safe to ignore is ignored with a WARN, all else is one clear sentence. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/json/value.ts';
import { mutationOf } from '../mutation.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { runCheck, runRead, type ProgramRun } from '../program.ts';
import { configure, discoverStreams, readSync } from '../sync/sync.ts';

let org: OrgUnderTest;
let catalog: JsonObject;
let states: readonly JsonObject[];

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 30, seed: 23, rowsOf: { Lead: 300 } });
  await org.settings({ pageRows: 50 });
  catalog = configure(await discoverStreams(org.config()), {
    leads: { properties: ['id', 'system_modstamp', 'last_name'] },
    accounts: { properties: ['id', 'system_modstamp', 'name'] },
  });
  const config = org.config({ hard_deletes: true, start_date: '2020-01-01' });
  const whole = readSync(await runRead({ config, catalog }));
  const killed = readSync(await runRead({ config, catalog }, { kill: { signal: 'SIGKILL', afterLines: 180 } }));
  states = [...whole.states, ...killed.states];
  expect(JSON.stringify(states)).toContain('"resume"');
});
afterAll(() => org.close());

const RUNS = Number(process.env['DAMAGE_RUNS'] ?? 25);

/** What is wrong with the way in which a run ended: it must have worked, or have said why in one sentence for the user. */
function complaintsOf(run: ProgramRun): string[] {
  const { errors } = readSync(run);
  const complaints: string[] = [];
  if (run.messages.length === 0) complaints.push('no output');
  if (run.signal !== null || (run.exitCode !== 0 && run.exitCode !== 1))
    complaints.push(`ended by ${run.signal ?? run.exitCode}`);
  if (/^\s+at /m.test(run.stderr) || JSON.stringify(run.messages).includes('stack_trace'))
    complaints.push('a stack trace');
  if ((run.exitCode === 1) !== errors.length > 0)
    complaints.push(`exit code ${run.exitCode} with ${errors.length} errors`);
  for (const { failure_type, message } of errors) {
    if (failure_type !== 'config_error') complaints.push(`${failure_type}: ${message}`);
    if (message.length > 1_000) complaints.push(`a sentence of ${message.length} characters`);
  }
  return complaints;
}

/** Runs of the program with files that are wrong somewhere; each must end well. */
async function holdFor(
  value: JsonValue,
  run: (damaged: JsonValue) => Promise<ProgramRun>,
  isFixed?: Parameters<typeof mutationOf>[1],
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(mutationOf(value, isFixed), async (damaged) => {
      expect(complaintsOf(await run(damaged)), JSON.stringify(damaged)).toEqual([]);
    }),
    { numRuns: RUNS, ...(process.env['DAMAGE_SEED'] && { seed: Number(process.env['DAMAGE_SEED']) }) },
  );
}

test('a state that is wrong anywhere is read as far as it goes, or refused in words', async () => {
  await holdFor(states as JsonValue, (state) =>
    runRead({ config: org.config({ hard_deletes: true }), catalog, state }),
  );
});

test('a catalog that is wrong anywhere is read as far as it goes, or refused in words', async () => {
  await holdFor(catalog, (damaged) => runRead({ config: org.config(), catalog: damaged }));
});

test('a configuration that is wrong anywhere works, or is refused in words', async () => {
  const config = org.config({ start_date: '2020-01-01', lookback_window: 'PT5M', num_workers: 3, hard_deletes: true, streams_criteria: [{ criteria: 'contains', value: 'a' }], blobs: { max_bytes_per_record: 1000, max_bytes_per_sync: 10_000 } }); // prettier-ignore
  // A login_url that leads elsewhere is waited for.
  await holdFor(
    config,
    (damaged) => runRead({ config: damaged, catalog }),
    (path) => path.length === 0 || path[0] === 'login_url',
  );
});

const leadState = (stream_state: JsonValue): JsonValue => [
  { type: 'STREAM', stream: { stream_descriptor: { name: 'leads' }, stream_state } },
];
const resume = {
  windows: [{}],
  startedAt: '2026-01-01T00:00:00.000Z',
  whole: true,
  incremental: true,
  fields: 'Id,LastName,SystemModstamp',
};

test.each<[string, JsonValue, string]>([
  ['windows that are none', { modstamp: { resume: { ...resume, windows: [null] } } }, 'modstamp.resume'],
  [
    'a window with a wrong bound',
    { modstamp: { resume: { ...resume, windows: [{ from: 'soon' }] } } },
    'modstamp.resume',
  ],
  [
    'a job that is none',
    { modstamp: { resume: { ...resume, job: { id: '../x', apiVersion: '58.0', rows: 1 } } } },
    'modstamp.resume',
  ],
  [
    'rows of another type',
    { modstamp: { resume: { ...resume, job: { id: '750000000000001', apiVersion: '58.0', rows: '1' } } } },
    'modstamp.resume',
  ],
  ['a cursor of another type', { system_modstamp: 5 }, 'system_modstamp'],
  ['deletes of another type', { modstamp: { deletes: { from: 'x' } } }, 'modstamp.deletes'],
  ['a member of ours that is none', { modstamp: [] }, 'modstamp'],
])('%s: ignored with a WARN, and read again', async (_what, state, named) => {
  const run = await runRead({ config: org.config(), catalog, state: leadState(state) });
  expect(complaintsOf(run)).toEqual([]);
  const read = readSync(run);
  expect(run.exitCode).toBe(0);
  expect(read.records('leads').length).toBe(300);
  expect(read.logs.filter((log) => /^WARN Stream leads: .*saved state is damaged/.test(log))).toEqual([
    expect.stringContaining(`leads: ${named} in its saved state`),
  ]);
});

describe('files that are damaged beyond reading', () => {
  const deep = '['.repeat(5_000) + ']'.repeat(5_000);
  test('5,000 levels of nesting, in each of them', async () => {
    const config = org.config();
    const runs = [
      await runRead({ config: JSON.stringify({ ...config, deep: 0 }).replace('"deep":0', `"deep":${deep}`), catalog }),
      await runRead({ config, catalog: `{"streams":${deep}}` }),
      await runRead({
        config,
        catalog,
        state: `[{"type":"STREAM","stream":{"stream_descriptor":{"name":"leads"},"stream_state":${deep}}}]`,
      }),
    ];
    for (const run of runs) {
      expect(complaintsOf(run)).toEqual([]);
      expect(readSync(run).errors).toMatchObject([
        { message: expect.stringMatching(/nested more than \d+ levels deep/) },
      ]);
    }
  });

  test('a secret of 3 MB', async () => {
    const { credentials } = org.config() as { credentials: JsonObject };
    const config = org.config({ credentials: { ...credentials, client_secret: 'é"x'.repeat(1_000_000) } });
    const run = await runRead({ config, catalog });
    expect(complaintsOf(run)).toEqual([]);
    expect(readSync(run).errors).toMatchObject([{ message: expect.stringMatching(/secrets of more than/) }]);
    const { messages } = await runCheck(config);
    expect(messages).toMatchObject([{ type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED' } }]);
    expect(JSON.stringify(messages)).toMatch(/secrets of more than/);
  });
});

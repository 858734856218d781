import { expect, test } from 'vitest';
import type { ConfiguredStream } from '../../airbyte/protocol.ts';
import type { JsonObject } from '../../json/value.ts';
import type { Config } from '../../config/config.ts';
import { fieldForTest, objectForTest } from '../../salesforce/testing/metadata-for-test.ts';
import { planReading, readingsOf, type PlanContext, type Reading } from './plan.ts';
import { writeState, type Resume } from './stream-state.ts';

const STARTED = '2026-11-24T12:00:00.000Z';
const BOUND = '2026-11-24T09:00:00.000Z';
const ORG = '00D000000000001AAA';

const ACCOUNT = objectForTest('Account', [
  fieldForTest('Id', 'id'),
  fieldForTest('Name'),
  fieldForTest('IsDeleted', 'boolean'),
  fieldForTest('SystemModstamp', 'datetime'),
  fieldForTest('New__c'),
  fieldForTest('Flag__c', 'boolean'),
  fieldForTest('Score__c', 'double', { calculated: true }),
]);

const context = (config: Partial<Config> = {}): PlanContext => ({
  config: {
    naming: 'segment',
    lookbackMs: 600_000,
    onNewProperty: 'forward',
    segmentColumns: false,
    streamsPreset: 'all',
    referenceTypes: false,
    syncReport: false,
    idRedirects: false,
    dataDictionary: false,
    hardDeletes: false,
    ...config,
  } as Config,
  apiVersion: '58.0',
  organizationId: ORG,
  startedAt: STARTED,
});

const stream = (properties: string[], more: Partial<ConfiguredStream> = {}): ConfiguredStream => ({
  name: 'accounts',
  sobject: 'Account',
  properties: new Map(properties.map((property) => [property, undefined])),
  syncMode: 'incremental',
  destinationSyncMode: 'append_dedup',
  ...more,
});

const ALL = ['id', 'name', 'is_deleted', 'system_modstamp'];
const saved = (fields = ['Id', 'IsDeleted', 'Name', 'SystemModstamp']): JsonObject =>
  writeState({ cursor: BOUND, fields, organizationId: ORG, wholeReadAt: BOUND }, 'system_modstamp');

const plan = (configured: ConfiguredStream, state?: JsonObject, config?: Partial<Config>): Reading =>
  planReading(configured, ACCOUNT, state, context(config));

test('a WARN tells where rows of the recycle bin can not be told from the others', () => {
  const warnings = (properties: string[]) => plan(stream(properties)).notes.filter(({ level }) => level === 'WARN');
  expect(warnings(ALL)).toEqual([]);
  expect(warnings(['id', 'name', 'system_modstamp'])).toEqual([
    { level: 'WARN', text: expect.stringMatching(/^Stream accounts: IsDeleted is not selected/) },
  ]);
});

test('a stream without state is read whole, without a cursor filter, and then goes on from the start of that run', () => {
  const reading = plan(stream(ALL));
  expect(reading).toMatchObject({ whole: true, incremental: true, windows: [{}] });
  expect(reading.finalState).toMatchObject({ cursor: STARTED, wholeReadAt: STARTED });
});

test('an increment reaches back over the lookback window and up to the start of the run', () => {
  const reading = plan(stream(ALL), saved());
  expect(reading).toMatchObject({ whole: false, windows: [{ from: '2026-11-24T08:50:00.000Z', to: STARTED }] });
  expect(reading.finalState).toMatchObject({ cursor: STARTED, wholeReadAt: BOUND });
});

test('a deselected cursor and full_refresh drop the checkpoint: read whole, and no cursor key in the state', () => {
  for (const configured of [stream(['id', 'name']), stream(ALL, { syncMode: 'full_refresh' })]) {
    const reading = plan(configured, saved());
    expect(reading).toMatchObject({ whole: true, incremental: false });
    const state = writeState(reading.finalState, reading.selection.cursorProperty);
    expect(Object.keys(state)).toEqual(['modstamp']);
    expect(plan(stream(ALL), state).whole).toBe(true);
  }
});

test("the official connector's states are understood, both forms", () => {
  const legacy = { SystemModstamp: '2026-11-24T09:00:00.000+0000' };
  const ranges = {
    state_type: 'date-range',
    slices: [
      { start: '2024-01-01T00:00:00.000Z', end: BOUND },
      { start: STARTED, end: STARTED },
    ],
  };
  for (const state of [legacy, ranges]) {
    expect(plan(stream(ALL), state).windows).toEqual([{ from: '2026-11-24T08:50:00.000Z', to: STARTED }]);
  }
});

test('a cursor in the future brings nothing and stays', () => {
  const future = writeState({ cursor: '2121-01-01T00:00:00.000Z' }, 'system_modstamp');
  expect(plan(stream(ALL), future).finalState.cursor).toBe('2121-01-01T00:00:00.000Z');
});

test('a newly selected property: forward goes on and says so, resync reads whole once', () => {
  const forward = plan(stream([...ALL, 'new_c']), saved());
  expect(forward.whole).toBe(false);
  expect(forward.notes.some(({ text }) => text.includes('New__c'))).toBe(true);
  const resync = plan(stream([...ALL, 'new_c']), saved(), { onNewProperty: 'resync' });
  expect(resync.whole).toBe(true);
  const after = writeState(resync.finalState, 'system_modstamp');
  expect(plan(stream([...ALL, 'new_c']), after, { onNewProperty: 'resync' }).whole).toBe(false);
});

test('backfill reads the rows in which the new property has a value and that the increment does not hold', () => {
  const reading = plan(stream([...ALL, 'new_c']), saved(), { onNewProperty: 'backfill' });
  expect(reading.whole).toBe(false);
  expect(reading.windows[1]?.where).toMatch(
    /\(New__c != null\) AND \(SystemModstamp < 2026-11-24T08:50:00\S* OR SystemModstamp = null\)/,
  );
  expect(reading.windows[0]).toEqual({ from: '2026-11-24T08:50:00.000Z', to: STARTED });
});

test('backfill of a checkbox, which is never null, reads whole', () => {
  expect(plan(stream([...ALL, 'flag_c']), saved(), { onNewProperty: 'backfill' }).whole).toBe(true);
});

test('formulas are refreshed by a whole read once their hours have passed', () => {
  const configured = stream([...ALL, 'score_c']);
  const state = saved(['Id', 'IsDeleted', 'Name', 'Score__c', 'SystemModstamp']);
  expect(plan(configured, state, { formulaRefreshHours: 4 }).whole).toBe(false);
  expect(plan(configured, state, { formulaRefreshHours: 3 }).whole).toBe(true);
});

test('another org drops the checkpoint and says so', () => {
  const reading = planReading(stream(ALL), ACCOUNT, saved(), { ...context(), organizationId: '00D000000000002AAA' });
  expect(reading.whole).toBe(true);
  expect(reading.notes[0]).toMatchObject({ level: 'WARN' });
});

const RESUME = {
  windows: [{ afterId: '001000000000009AAA' }],
  startedAt: BOUND,
  whole: true,
  fields: 'Id,IsDeleted,Name,SystemModstamp',
};

test('an interrupted read goes on where it stood, after what changed since it began, up to the start of this run', () => {
  const reading = plan(stream(ALL), writeState({ resume: RESUME }, 'system_modstamp'));
  expect(readingsOf(reading).map(({ windows, whole, resume }) => ({ windows, whole, resume }))).toEqual([
    { windows: [{ from: '2026-11-24T08:50:00.000Z', to: STARTED }], whole: false, resume: undefined },
    { windows: RESUME.windows, whole: RESUME.whole, resume: RESUME },
  ]);
  expect(reading.startedAt, 'what the next resume would say').toBe(BOUND);
  expect(reading.finalState.cursor).toBe(STARTED);
});

test('an interrupted full refresh does not catch up: the next one reads all again', () => {
  const full = stream(ALL, { syncMode: 'full_refresh', destinationSyncMode: 'append', syncId: 7 });
  const reading = plan(full, writeState({ resume: { ...RESUME, syncId: 7 } }, undefined));
  expect(readingsOf(reading)).toEqual([reading]);
  expect(reading.windows).toEqual(RESUME.windows);
});

test('an interrupted read with another selection starts anew, and its job is given up', () => {
  const job = { id: '750000000000001AAA', apiVersion: '58.0', rows: 5 };
  const reading = plan(
    stream(['id', 'system_modstamp']),
    writeState({ resume: { ...RESUME, job } }, 'system_modstamp'),
  );
  expect(reading).toMatchObject({ windows: [{}], abandonedJob: job });
});

test('a full refresh goes on, or is skipped as finished, only within one job', () => {
  const full = (more: Partial<ConfiguredStream>) =>
    stream(ALL, { syncMode: 'full_refresh', destinationSyncMode: 'overwrite', ...more });
  const middle = writeState({ resume: { ...RESUME, syncId: 7 } }, undefined);
  expect(plan(full({ syncId: 7 }), middle).windows).toEqual(RESUME.windows);
  expect(plan(full({ syncId: 8 }), middle).windows).toEqual([{}]);
  expect(plan(full({ syncId: 8, destinationSyncMode: 'append' }), middle).windows).toEqual(RESUME.windows);
  const finished = writeState({ finished: { generationId: 3 } }, undefined);
  expect(plan(full({ generationId: 3 }), finished).windows).toEqual([]);
  expect(plan(full({ generationId: 4 }), finished).windows).toEqual([{}]);
  expect(plan(full({}), writeState({ finished: {} }, undefined)).windows).toEqual([{}]);
});

test('a read that was begun in one sync mode is not ended in the other', () => {
  const full = stream(ALL, { syncMode: 'full_refresh', destinationSyncMode: 'append' });
  const begun = (incremental: boolean, more: Partial<Resume> = {}) =>
    writeState({ resume: { ...RESUME, incremental, ...more } }, 'system_modstamp');
  expect(plan(full, begun(false)).windows).toEqual(RESUME.windows);
  expect(plan(full, begun(true)).windows).toEqual([{}]);
  expect(plan(stream(ALL), begun(true)).windows).toEqual(RESUME.windows);
  expect(plan(stream(ALL), begun(false)).windows).toEqual([{}]);
});

test('a full refresh goes on neither in an increment nor with other fields', () => {
  const full = stream(ALL, { syncMode: 'full_refresh', destinationSyncMode: 'append' });
  const increment = { ...RESUME, whole: false, windows: [{ from: BOUND, to: STARTED }] };
  expect(plan(full, writeState({ resume: increment }, undefined)).windows).toEqual([{}]);
  const others = { ...RESUME, fields: 'Id,Name' };
  expect(plan(full, writeState({ resume: others }, undefined)).windows).toEqual([{}]);
});

test('a job of another API version is given up, and its window read anew', () => {
  const job = { id: '750000000000001AAA', apiVersion: '62.0', rows: 5 };
  const reading = plan(stream(ALL), writeState({ resume: { ...RESUME, job } }, 'system_modstamp'));
  expect(reading).toMatchObject({ windows: RESUME.windows, abandonedJob: job });
  expect(reading.resume).not.toHaveProperty('job');
});

test('a first read knows from its first STATE on since when deletes are due', () => {
  const first = plan(stream(ALL), undefined, { hardDeletes: true });
  expect(first.currentState).toMatchObject({ deletes: { from: STARTED } });
  expect(plan(stream(ALL), saved(), { hardDeletes: true }).currentState).toMatchObject({ deletes: { from: BOUND } });
  expect(plan(stream(ALL)).currentState).not.toHaveProperty('deletes');
});

test('deletes stay due over a read without a checkpoint, but for one that overwrites the table', () => {
  const deletes = { from: BOUND, gapSince: BOUND };
  const state = writeState({ cursor: BOUND, deletes }, 'system_modstamp');
  const full = (destinationSyncMode: ConfiguredStream['destinationSyncMode']) =>
    plan(stream(ALL, { syncMode: 'full_refresh', destinationSyncMode }), state);
  expect(full('append_dedup')).toMatchObject({ currentState: { deletes }, finalState: { deletes } });
  expect(full('overwrite').finalState).not.toHaveProperty('deletes');
});

test('properties that the org no longer has are skipped with a WARN', () => {
  const reading = plan(stream([...ALL, 'gone_c']));
  expect(reading.selection.columns.map(({ property }) => property)).not.toContain('gone_c');
  expect(reading.notes).toContainEqual(
    expect.objectContaining({ level: 'WARN', text: expect.stringContaining('gone_c') }),
  );
});

test('Id and the cursor are asked for where they are needed, and not written where they are not selected', () => {
  const { selection } = plan(stream(['name']));
  expect(selection.fields).toEqual(['Name', 'Id', 'SystemModstamp']);
  expect(selection.columns.map(({ property }) => property)).toEqual(['name']);
});

test('an end_date that has passed bounds a first read and every increment, and is where the checkpoint stays', () => {
  const endDate = '2026-11-24T08:55:00.000Z';
  const first = plan(stream(ALL), undefined, { endDate });
  expect(first).toMatchObject({ windows: [{ before: endDate }], finalState: { cursor: endDate } });
  expect(plan(stream(ALL), saved(), { endDate }).windows).toEqual([
    { from: '2026-11-24T08:50:00.000Z', before: endDate },
  ]);
  expect(plan(stream(ALL), saved(), { endDate: '2027-01-01T00:00:00.000Z' }).windows).toMatchObject([{ to: STARTED }]);
});

test('a start_date moved earlier reads what lies before the former one, also behind an interrupted read', () => {
  const since = '2026-01-01T00:00:00.000Z';
  const state = writeState(
    { cursor: BOUND, since, fields: ['Id', 'IsDeleted', 'Name', 'SystemModstamp'] },
    'system_modstamp',
  );
  const increment = { from: '2026-11-24T08:50:00.000Z', to: STARTED };
  const startDate = '2025-01-01T00:00:00.000Z';
  const earlier = plan(stream(ALL), state, { startDate });
  expect(earlier.windows).toEqual([increment, { from: startDate, before: since }]);
  expect(earlier.finalState.since).toBe(startDate);
  expect(plan(stream(ALL), state, { startDate: since }).windows).toEqual([increment]);
  const later = plan(stream(ALL), state, { startDate: '2026-06-01T00:00:00.000Z' });
  expect(later).toMatchObject({ windows: [increment], finalState: { since } });

  const resumed = plan(stream(ALL), writeState({ resume: { ...RESUME, since } }, 'system_modstamp'));
  expect(resumed.windows).toEqual([
    ...RESUME.windows,
    { where: 'SystemModstamp < 2026-01-01T00:00:00Z OR SystemModstamp = null' },
  ]);
  expect(resumed.finalState.since).toBe(undefined);
});

test('a full refresh that was begun or finished under a later start_date is read anew in its job', () => {
  const full = stream(ALL, { syncMode: 'full_refresh', destinationSyncMode: 'overwrite', syncId: 7 });
  const since = '2026-01-01T00:00:00.000Z';
  const middle = writeState({ resume: { ...RESUME, since, syncId: 7 } }, undefined);
  const finished = writeState({ since, finished: { syncId: 7 } }, undefined);
  for (const state of [middle, finished]) expect(plan(full, state).windows).toEqual([{}]);
  expect(plan(full, middle, { startDate: since }).windows).toEqual(RESUME.windows);
  expect(plan(full, finished, { startDate: since }).windows).toEqual([]);
});

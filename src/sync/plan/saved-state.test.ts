import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../json/value.ts';
import { readState } from './saved-state.ts';
import { writeState, type StreamState } from './stream-state.ts';

const AT = '2026-11-24T09:00:00.000Z';
const STATE: StreamState = {
  cursor: AT,
  fields: ['Id', 'Name'],
  hidden: { Old__c: AT },
  organizationId: '00D000000000001AAA',
  since: '2020-01-01T00:00:00.000Z',
  wholeReadAt: AT,
  resume: {
    windows: [{ from: AT, before: AT, after: { time: AT, id: '001000000000001AAA' }, where: 'Name != null' }, {}],
    job: { id: '750000000000001AAA', apiVersion: '58.0', rows: 7, locator: 'MTAw' },
    startedAt: AT,
    since: AT,
    whole: false,
    incremental: true,
    fields: 'Id,Name',
    syncId: 1,
    generationId: 2,
  },
  deletes: { from: AT, gapSince: AT, binned: ['001000000000001AAA'], binCheckedAt: AT },
  finished: { syncId: 1 },
};
const read = (saved: JsonObject) => readState(saved, 'system_modstamp', 'SystemModstamp');

test('what is written is read back, member by member', () => {
  expect(read(writeState(STATE, 'system_modstamp'))).toEqual({ state: STATE, damaged: [] });
});

test('unknown members are ignored at any depth, and null members are absent ones', () => {
  const saved = writeState(STATE, 'system_modstamp');
  const own = saved['modstamp'] as JsonObject;
  const resume = own['resume'] as JsonObject;
  const later = { ...own, novelty: [1], deletes: null, resume: { ...resume, novelty: {}, job: null } };
  const { state, damaged } = read({ ...saved, beat: 3, modstamp: later });
  expect(damaged).toEqual([]);
  expect(state).not.toHaveProperty('deletes');
  expect(state.resume).not.toHaveProperty('job');
  expect(state.resume?.windows).toEqual(STATE.resume?.windows);
});

test('any JSON gives a state of which every member is what it must be', () => {
  fc.assert(
    fc.property(
      fc.object({
        key: fc.constantFrom(
          'modstamp',
          'resume',
          'windows',
          'deletes',
          'from',
          'job',
          'system_modstamp',
          'slices',
          'x',
        ),
        maxDepth: 4,
      }),
      (saved) => {
        const { state } = read(JSON.parse(JSON.stringify(saved)) as JsonObject);
        expect(read(writeState(state, 'system_modstamp')), 'whole by its own rules').toEqual({ state, damaged: [] });
      },
    ),
  );
});

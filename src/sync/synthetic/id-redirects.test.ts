import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../json/value.ts';
import { fieldForTest, objectForTest } from '../../salesforce/testing/metadata-for-test.ts';
import { idRedirects } from './id-redirects.ts';

const fields = ['Id', 'MasterRecordId', 'IsDeleted', 'SystemModstamp'].map((name) => fieldForTest(name, 'string'));
const contact = objectForTest('Contact', fields);
const warnings: string[] = [];

/** A sync that sees these rows; gives the rows that it writes, and its state. */
function sync(rows: readonly { id: string; master?: string; isDeleted?: boolean; at?: string }[], saved?: JsonObject, more: Partial<{ object: typeof contact; isAnew: boolean; organizationId: string }> = {}) {
  const { object = contact, isAnew = false, organizationId = '00D1' } = more;
  const gathering = idRedirects.gather({ saved, organizationId, startedAt: '2026-01-09T00:00:00.000Z', isAnew, warn: (text) => warnings.push(text) });
  const hook = gathering.hookOf(object);
  for (const { id, master, isDeleted = master !== undefined, at = '2026-01-01T00:00:00.000+0000' } of rows) {
    const values = [id, master, String(isDeleted), at].map((text) => (text === undefined ? undefined : Buffer.from(text)));
    expect(hook?.decide(values)).toBe('keep');
  }
  return { rows: gathering.take(), state: JSON.parse(JSON.stringify(gathering.state())) as JsonObject };
} // prettier-ignore

const row = (id: string, to: string, survivor: string, mergedAt: string, revokedAt: string | null = null) => ({ object: 'Contact', id, redirects_to: to, survivor, merged_at: `2026-01-0${mergedAt}T00:00:00.000Z`, revoked_at: revokedAt }); // prettier-ignore
const on = (day: number) => `2026-01-0${day}T00:00:00.000+0000`;

test('a merged record is told once', () => {
  const first = sync([{ id: 'A', master: 'B', at: on(1) }, { id: 'B' }, { id: 'C' }]);
  expect(first.rows).toEqual([row('A', 'B', 'B', '1')]);
  expect(sync([{ id: 'A', master: 'B', at: on(1) }], first.state).rows).toEqual([]);
});

test('when the survivor is merged in turn, the whole chain is told anew', () => {
  const { state } = sync([{ id: 'A', master: 'B', at: on(1) }]);
  const later = sync([{ id: 'B', master: 'C', at: on(3) }], state);
  expect(later.rows).toEqual([row('A', 'B', 'C', '1'), row('B', 'C', 'C', '3')]);
});

test('an undeleted record stands for itself again, and so do those that were merged into it', () => {
  const { state } = sync([{ id: 'A', master: 'B', at: on(1) }, { id: 'B', master: 'C', at: on(2) }]); // prettier-ignore
  const back = sync([{ id: 'B', at: on(4) }], state);
  expect(back.rows).toEqual([row('B', 'C', 'B', '2', '2026-01-04T00:00:00.000Z'), row('A', 'B', 'B', '1')]);
  expect(sync([{ id: 'B', at: on(4) }], back.state).rows).toEqual([]);
});

test('it counts as back also where its MasterRecordId was not emptied, but for cases', () => {
  const { state } = sync([{ id: 'A', master: 'B', at: on(1) }]);
  expect(sync([{ id: 'A', master: 'B', isDeleted: false, at: on(2) }], state).rows).toMatchObject([{ survivor: 'A' }]);
  const object = { ...contact, name: 'Case' };
  expect(sync([{ id: 'A', master: 'B', isDeleted: false }], undefined, { object }).rows).toMatchObject([{ object: 'Case', survivor: 'B' }]); // prettier-ignore
});

test('a merge the other way round after an undelete is no circle, in whatever order its rows come', () => {
  const { state } = sync([{ id: 'A', master: 'B', at: on(1) }]);
  const rows = [{ id: 'B', master: 'A', at: on(3) }, { id: 'A', at: on(3) }]; // prettier-ignore
  for (const some of [rows, rows.toReversed()]) {
    const { rows: written } = sync(some, state);
    expect(written).toContainEqual(row('B', 'A', 'A', '3'));
    expect(written).toContainEqual(expect.objectContaining({ id: 'A', survivor: 'A' }));
  }
});

test('a full refresh tells all that is known, another org nothing', () => {
  const { state } = sync([{ id: 'A', master: 'B', at: on(1) }]);
  expect(sync([], state, { isAnew: true }).rows).toEqual([row('A', 'B', 'B', '1')]);
  expect(sync([], state, { isAnew: true, organizationId: '00D2' }).rows).toEqual([]);
});

test('an object without MasterRecordId tells nothing', () => {
  const gathering = idRedirects.gather({ saved: undefined, organizationId: '', startedAt: '', isAnew: false, warn: () => {} });
  const task = objectForTest('Task', fields.slice(0, 1));
  expect([gathering.fieldsOf(task), gathering.hookOf(task)]).toEqual([[], undefined]);
}); // prettier-ignore

test('the oldest are forgotten beyond 5,000, with a warning', () => {
  const many = Array.from({ length: 5_002 }, (_, n) => ({ id: `L${n}`, master: 'W', at: n < 2 ? on(1) : on(2) }));
  const { state } = sync(many);
  expect(warnings).toEqual([expect.stringMatching(/the 2 oldest are forgotten/)]);
  expect(JSON.stringify(state)).not.toContain('"L0"');
  expect(JSON.stringify(state)).toContain('"L2"');
});

test('whatever is merged and undeleted, the rows written last lead every Id to its living record', () => {
  const step = fc.record({ from: fc.nat(5), to: fc.nat(5), isUndelete: fc.boolean(), syncs: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const master = new Map<number, number>();
      const warehouse = new Map<string, JsonObject>();
      let pending: { id: string; master?: string; at: string }[] = [];
      let state: JsonObject | undefined;
      const read = () => {
        const { rows, state: next } = sync(pending, state);
        for (const each of rows) warehouse.set(String(each['id']), each);
        pending = [];
        state = next;
      };
      for (const [n, { from, to, isUndelete, syncs }] of steps.entries()) {
        const at = new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();
        if (isUndelete && master.delete(from)) pending.push({ id: `${from}`, at });
        else if (!isUndelete && from !== to && !master.has(from) && !master.has(to)) {
          master.set(from, to);
          pending.push({ id: `${from}`, master: `${to}`, at });
        }
        if (syncs) read();
      }
      read();
      for (let id = 0; id <= 5; id++) {
        let living = id;
        while (master.has(living)) living = master.get(living) as number;
        expect(warehouse.get(`${id}`)?.['survivor'] ?? `${id}`).toBe(`${living}`);
      }
    }),
  );
});

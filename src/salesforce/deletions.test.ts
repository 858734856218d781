import { expect, test } from 'vitest';
import { deletedRecords } from './deletions.ts';
import { orgForTest } from './testing/org-for-test.ts';
import type { Asked, Played } from './testing/scripted-host.ts';

const signal = AbortSignal.timeout(20_000);
const from = '2026-01-01T00:00:00.000Z';
const to = '2026-01-01T08:00:00.000Z';
const wire = (iso: string) => iso.replace('Z', '+0000');

const onDeleted = (script: (asked: Asked) => Played) =>
  orgForTest((asked) => (/\/deleted\/?$/.test(asked.path) ? script(asked) : undefined));

const listed = (records: [id: string, date: string][], covered: string) => ({
  deletedRecords: records.map(([id, date]) => ({ id, deletedDate: wire(date) })),
  earliestDateAvailable: wire('2025-12-20T00:00:00.000Z'),
  latestDateCovered: wire(covered),
});

test('deletions come in ISO time, and the span goes out in UTC', async () => {
  const { connection, host } = await onDeleted(() => ({
    body: listed([['001', '2026-01-01T01:02:03.000Z']], '2026-01-01T07:00:00.000Z'),
  }));
  expect(await deletedRecords(connection, 'Account', from, to, signal)).toEqual({
    records: [{ id: '001', deletedDate: '2026-01-01T01:02:03.000Z' }],
    earliestDateAvailable: '2025-12-20T00:00:00.000Z',
    latestDateCovered: '2026-01-01T07:00:00.000Z',
  });
  expect(Object.fromEntries(host.asked.at(-1)?.query ?? [])).toEqual({
    start: '2026-01-01T00:00:00+00:00',
    end: '2026-01-01T08:00:00+00:00',
  });
});

test('where the host does not tell how far its list reaches, nothing is taken for covered', async () => {
  const { connection } = await onDeleted(() => ({ body: { deletedRecords: [] } }));
  expect(await deletedRecords(connection, 'Account', from, to, signal)).toEqual({
    records: [],
    earliestDateAvailable: from,
    latestDateCovered: from,
  });
});

const tooMany = {
  status: 400,
  body: [{ errorCode: 'EXCEEDED_ID_LIMIT', message: 'choose start and end dates that are closer together' }],
};
const spanHours = ({ query }: Asked) =>
  (Date.parse(query.get('end') ?? '') - Date.parse(query.get('start') ?? '')) / 3_600_000;

test('a span with too many is asked in halves; a row on the seam comes once', async () => {
  const { connection, host } = await onDeleted((asked) => {
    if (spanHours(asked) > 2) return tooMany;
    const start = new Date(asked.query.get('start') ?? '').toISOString();
    const end = new Date(asked.query.get('end') ?? '').toISOString();
    return {
      body: listed(
        [
          [`at ${start}`, start],
          [`at ${end}`, end],
        ],
        end,
      ),
    };
  });
  const { records, latestDateCovered } = await deletedRecords(connection, 'Account', from, to, signal);
  expect(records.map(({ deletedDate }) => deletedDate)).toEqual(
    [0, 2, 4, 6, 8].map((hour) => `2026-01-01T0${hour}:00:00.000Z`),
  );
  expect(latestDateCovered).toBe(to);
  expect(host.asked.filter(({ path }) => path.includes('deleted'))).toHaveLength(7);
});

test('what the first half does not cover yet is not claimed by the second', async () => {
  const { connection } = await onDeleted((asked) =>
    spanHours(asked) > 4 ? tooMany : { body: listed([], spanStart(asked) === from ? '2026-01-01T03:30:00.000Z' : to) },
  );
  expect((await deletedRecords(connection, 'Account', from, to, signal)).latestDateCovered).toBe(
    '2026-01-01T03:30:00.000Z',
  );
});
const spanStart = ({ query }: Asked) => new Date(query.get('start') ?? '').toISOString();

test.each<[Played, string]>([
  [tooMany, 'window_too_full'],
  [{ status: 400, body: [{ errorCode: 'INVALID_REPLICATION_DATE', message: 'too old' }] }, 'replication_window'],
  [{ status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'x' }] }, 'not_replicateable'],
  [{ body: { deletedRecords: [], earliestDateAvailable: 'soon', latestDateCovered: 'later' } }, 'unexpected_answer'],
  [{ body: { earliestDateAvailable: wire(from), latestDateCovered: wire(to) } }, 'unexpected_answer'],
])('a list that can not be had is a fault: %#', async (played, fault) => {
  const { connection } = await onDeleted(() => played);
  await expect(deletedRecords(connection, 'Account', from, '2026-01-01T00:03:00.000Z', signal)).rejects.toMatchObject({
    fault,
  });
});

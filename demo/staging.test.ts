import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openStaging } from './staging.ts';

/** The staged rows as text. */
async function stage(lines: readonly string[], namespace?: string): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'modstamp-staging-'));
  try {
    const staging = openStaging(dir, [{ name: 'accounts', ...(namespace === undefined ? {} : { namespace }) }]);
    for (const line of lines) await staging.take(line);
    const [staged] = await staging.finish();
    if (staged === undefined) return [];
    const rows = (await readFile(staged.file, 'utf8')).trimEnd().split('\n');
    expect(rows).toHaveLength(staged.rows);
    expect(staged.longestRow).toBe(Math.max(...rows.map((row) => row.length)));
    return rows;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const data = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });

test('the data of a RECORD is kept byte for byte, wherever its other members stand', async () => {
  const orders = [
    (data: object) => ({ stream: 'accounts', namespace: 'sfdc', data, emitted_at: 1 }),
    (data: object) => ({ emitted_at: 1, namespace: 'sfdc', data, stream: 'accounts' }),
    (data: object) => ({ data, stream: 'accounts', namespace: 'sfdc', emitted_at: 1 }),
    (data: object) => ({ stream: 'accounts', namespace: 'sfdc', data, meta: { changes: [] }, emitted_at: 1 }),
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(data, fc.nat(orders.length - 1)), { minLength: 1 }), async (rows) => {
      const lines = rows.map(([row, order]) => JSON.stringify({ type: 'RECORD', record: orders[order]?.(row) }));
      expect(await stage(lines, 'sfdc')).toEqual(rows.map(([row]) => JSON.stringify(row)));
    }),
    { numRuns: 50 },
  );
});

test('streams without a namespace are told by their name', async () => {
  const line = '{"type":"RECORD","record":{"stream":"accounts","data":{"id":"1"},"emitted_at":1}}';
  expect(await stage([line, line])).toEqual(['{"id":"1"}', '{"id":"1"}']);
});

test('a record that is cut off fails, whether or not its stream is known by then', async () => {
  const line = '{"type":"RECORD","record":{"stream":"accounts","data":{"id":"}1"},"emitted_at":1}}';
  const cut = line.slice(0, line.indexOf('1"'));
  await expect(stage([line, cut])).rejects.toThrow(/does not end/);
  await expect(stage([cut])).rejects.toThrow(/broken message/);
});

test('other messages are handed back, and a line that is no JSON comes back as a log', async () => {
  const staging = openStaging('/nowhere', []);
  expect(await staging.take('{"type":"SPEC","spec":{}}')).toEqual({ type: 'SPEC', spec: {} });
  expect(await staging.take('ready')).toEqual({ type: 'LOG', log: { level: 'INFO', message: 'ready' } });
});

import { expect, test } from 'vitest';
import { createCsvTranscoder } from '../../record/csv.ts';
import type { RowHook } from '../../record/row-hook.ts';
import { compileTemplate } from '../../record/template.ts';
import { closeTranscoder, pushBytes, writeLines } from './page-lines.ts';
import type { StreamContext } from './stream-context.ts';
import { createStreamLife } from './stream-life.ts';

const template = compileTemplate({
  stream: 's',
  columns: [
    { kind: 'string', property: 'id', field: 'Id' },
    { kind: 'number', property: 'size', field: 'Size' },
  ],
  fields: ['Id', 'Size'],
});

/** What pushBytes needs of a context, and the lines that left. */
function contextOf(rowHook?: RowHook) {
  const left: string[] = [];
  const messages = {
    records: async (lines: Uint8Array) => void left.push(...Buffer.from(lines).toString().split('\n').slice(0, -1)),
    send: async () => {},
    log: () => {},
  };
  const life = createStreamLife({ name: 's' }, messages);
  return { context: { life, ...(rowHook && { rowHook }) } as unknown as StreamContext, life, left };
}

async function writePages(context: StreamContext, pages: readonly string[]): Promise<void> {
  for (const page of pages) {
    const transcoder = createCsvTranscoder(template, { emittedAt: 0 });
    for await (const piece of pushBytes(context, transcoder, Buffer.from(page), true)) await writeLines(context, piece);
    closeTranscoder(context, transcoder);
  }
}

const PAGES = ['Id,Size\n1,x\n2,5\n3,"1,234.5"\n', 'Id,Size\n4,NaN\n5,\n'];

test('values that became null are counted over the pages of a stream, property by property', async () => {
  const { context, life } = contextOf();
  await writePages(context, PAGES);
  expect([...life.nulled]).toEqual([['size', 3]]);
  expect(life.recordCount()).toBe(5);
});

test('rows that a hook drops are neither written nor counted, and their values are not told as null', async () => {
  const dropped = new Set(['1', '5']);
  const hook: RowHook = {
    fields: ['Id'],
    decide: ([id]) => (dropped.has(Buffer.from(id ?? []).toString()) ? 'drop' : 'keep'),
  };
  const { context, life, left } = contextOf(hook);
  await writePages(context, PAGES);
  expect(left.map((line) => JSON.parse(line).record.data.id)).toEqual(['2', '3', '4']);
  expect(life.recordCount()).toBe(3);
  expect([...life.nulled]).toEqual([['size', 2]]);
});

test('a page that breaks off counts only what became null in rows that had left', async () => {
  const { context, life } = contextOf();
  const transcoder = createCsvTranscoder(template, { emittedAt: 0 });
  const push = async (text: string, ends: boolean) => {
    for await (const piece of pushBytes(context, transcoder, Buffer.from(text), ends)) await writeLines(context, piece);
  };
  await push('Id,Size\n1,x\n', false);
  await expect(push('2,y\n3,z,w\n', true)).rejects.toMatchObject({ fault: 'csv_malformed' });
  closeTranscoder(context, transcoder);
  expect([...life.nulled]).toEqual([['size', 1]]);
});

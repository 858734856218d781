import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { queryPage, queryPages, queryRows, type QueryOutcome } from './query.ts';
import { compositeBody, orgForTest } from './testing/org-for-test.ts';
import { SESSION_EXPIRED, type Played } from './testing/scripted-host.ts';

const signal = AbortSignal.timeout(20_000);
const soql = "SELECT Id,Name FROM Account WHERE Name = 'a&b=c+d%'";
const nextRecordsUrl = '/services/data/v58.0/query/01gxx0000000001AAA-2000';
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const onQuery = (played: Played) => orgForTest(({ path }) => (/\/query/.test(path) ? played : undefined));

test('a page has its counts, its next page, and its records as the bytes that came', async () => {
  const records = '[ {"Id":"1","N":123456789012345678901234,"T":"]}\\""} ]';
  const { connection, host } = await onQuery({
    body: `{"totalSize":3,"done":false,"nextRecordsUrl":"${nextRecordsUrl}","records":${records}}`,
  });
  const page = await queryPage(connection, { soql }, signal, { batchSize: 500 });
  expect({ ...page, records: text(page.records) }).toEqual({ totalSize: 3, done: false, nextRecordsUrl, records });
  const asked = host.asked.at(-1);
  expect(asked).toMatchObject({
    path: '/services/data/v58.0/queryAll',
    headers: { 'sforce-query-options': 'batchSize=500' },
  });
  expect(asked?.query.get('q')).toBe(soql);
});

test('the order of the members and white space do not matter', async () => {
  const members: [string, unknown][] = [['totalSize', 1], ['done', false], ['nextRecordsUrl', nextRecordsUrl], ['records', [{ a: 1 }]]]; // prettier-ignore
  let body = '';
  const { connection } = await orgForTest(({ path }) => (path.endsWith('/queryAll') ? { body } : undefined));
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(members, { minLength: 4 }), fc.constantFrom(0, 1), async (shuffled, space) => {
      body = JSON.stringify(Object.fromEntries(shuffled), undefined, space);
      const page = await queryPage(connection, { soql }, signal);
      expect({ ...page, records: JSON.parse(text(page.records)) }).toEqual(Object.fromEntries(members));
    }),
    { numRuns: 20 },
  );
});

test.each([
  '{"totalSize":1,"done":true}',
  '{"totalSize":"1","done":true,"records":[]}',
  '{"totalSize":1,"done":"no","records":[]}',
  '{"totalSize":1,"done":false,"records":[]}',
  '{"totalSize":1,"done":true,"records":null}',
  '{"totalSize":1,"done":true,"records":[}',
])('an answer that is no page fails: %s', async (body) => {
  const { connection } = await onQuery({ body });
  await expect(queryPage(connection, { soql }, signal)).rejects.toMatchObject({ fault: 'unexpected_answer' });
});

test.each([
  ['{"records":[{"Id":"1"},{"Id":"2"}]}', 2, true],
  ['{"totalSize":5,"records":[{"Id":"1"}],"nextRecordsUrl":null}', 5, true],
  [`{"records":[{"Id":"1"}],"nextRecordsUrl":"${nextRecordsUrl}"}`, 1, false],
  [`{"done":false,"records":[{"Id":"1"}],"nextRecordsUrl":"https://elsewhere.example${nextRecordsUrl}"}`, 1, false],
])('a page that leaves out what follows from the rest is whole: %s', async (body, totalSize, done) => {
  const { connection } = await onQuery({ body });
  const page = await queryPage(connection, { soql }, signal);
  expect(page).toMatchObject({ totalSize, done, ...(!done && { nextRecordsUrl }) });
});

test('a cursor that ended with its session is gone, and the login is not blamed', async () => {
  const { connection } = await onQuery(SESSION_EXPIRED);
  await expect(queryPage(connection, { nextRecordsUrl }, signal)).rejects.toMatchObject({
    fault: 'locator_gone',
    stopsSync: false,
  });
  await expect(queryPage(connection, { soql }, signal)).rejects.toMatchObject({
    fault: 'session_expired',
    stopsSync: true,
  });
});

test('rows of all pages come as objects', async () => {
  const { connection } = await orgForTest(({ path }) => {
    if (path === nextRecordsUrl) return { body: { totalSize: 3, done: true, records: [{ Id: 'c' }] } };
    return path.endsWith('/queryAll')
      ? { body: { totalSize: 3, done: false, nextRecordsUrl, records: [{ Id: 'a' }, { Id: 'b' }] } }
      : undefined;
  });
  expect(await queryRows<{ Id: string }>(connection, soql, signal)).toEqual([{ Id: 'a' }, { Id: 'b' }, { Id: 'c' }]);
});

const soqls = (count: number) => Array.from({ length: count }, (_, index) => `SELECT Id FROM Object${index}`);
const indexIn = (path: string) => Number(/Object(\d+)/.exec(path)?.[1]);
const pageOf = (index: number) => ({ records: [{ Id: `row of ${index}` }], totalSize: index, done: true });

async function collect(outcomes: AsyncIterable<QueryOutcome>): Promise<QueryOutcome[]> {
  const all: QueryOutcome[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all;
}

test('first pages go five to a call and come in the order of the queries', async () => {
  const { connection, host } = await orgForTest((asked) =>
    asked.path.endsWith('/composite')
      ? { body: compositeBody(asked, (path) => ({ body: pageOf(indexIn(path)) })) }
      : undefined,
  );
  const outcomes = await collect(queryPages(connection, soqls(12), signal));
  const rows = outcomes.map((outcome) =>
    'page' in outcome ? [outcome.index, outcome.page.totalSize, text(outcome.page.records)] : [],
  );
  expect(rows).toEqual(soqls(12).map((_, index) => [index, index, `[{"Id":"row of ${index}"}]`]));
  expect(host.count('/composite')).toBe(3);
  expect(connection.usage().apiCalls).toBe(3);
});

test('one refused query is its own error, one that failed for a moment is asked again alone', async () => {
  const { connection, host } = await orgForTest((asked) => {
    if (asked.path.endsWith('/queryAll')) return { body: pageOf(indexIn(asked.query.get('q') ?? '')) };
    if (!asked.path.endsWith('/composite')) return undefined;
    return {
      body: compositeBody(asked, (path) => {
        const index = indexIn(path);
        if (index === 1) return { status: 400, body: [{ errorCode: 'INVALID_TYPE', message: 'gone' }] };
        if (index === 2)
          return { status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'Server too busy' }] };
        return { body: pageOf(index) };
      }),
    };
  });
  const outcomes = await collect(queryPages(connection, soqls(4), signal));
  expect(outcomes.map((outcome) => ('page' in outcome ? outcome.page.totalSize : outcome.error.fault))).toEqual([
    0,
    'object_gone',
    2,
    3,
  ]);
  expect(host.count('/queryAll')).toBe(1);
});

test('a composite that fails twice is replaced by single queries', async () => {
  const { connection, host } = await orgForTest((asked) => {
    if (asked.path.endsWith('/composite')) return { cut: 'middle', body: 'x'.repeat(100) };
    return asked.path.endsWith('/queryAll') ? { body: pageOf(indexIn(asked.query.get('q') ?? '')) } : undefined;
  });
  const outcomes = await collect(queryPages(connection, soqls(5), signal));
  expect(outcomes.map((outcome) => 'page' in outcome && outcome.page.totalSize)).toEqual([0, 1, 2, 3, 4]);
  expect(host.count('/composite')).toBe(2);
});

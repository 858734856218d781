import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModstampError } from '../errors.ts';
import type { RetryBudgets } from './retry.ts';
import { openQuery, pagesFrom, queryPage, queryPages, queryRows, readRows, type QueryOutcome } from './query.ts';
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
  const { answer, ...page } = await queryPage(connection, { soql }, signal);
  expect({ ...page, records: text(page.records) }).toEqual({ totalSize: 3, done: false, nextRecordsUrl, records });
  expect(text(answer)).toContain(records);
  const asked = host.asked.at(-1);
  expect(asked?.path).toBe('/services/data/v58.0/queryAll');
  expect(asked?.query.get('q')).toBe(soql);
});

test('the order of the members and white space do not matter', async () => {
  const members: [string, unknown][] = [['totalSize', 1], ['done', false], ['nextRecordsUrl', nextRecordsUrl], ['records', [{ a: 1 }]]]; // prettier-ignore
  let body = '';
  const { connection } = await orgForTest(({ path }) => (path.endsWith('/queryAll') ? { body } : undefined));
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(members, { minLength: 4 }), fc.constantFrom(0, 1), async (shuffled, space) => {
      body = JSON.stringify(Object.fromEntries(shuffled), undefined, space);
      const { answer: _, ...page } = await queryPage(connection, { soql }, signal);
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
])('an answer that is no page fails: %s', async (body) => {
  const { connection } = await onQuery({ body });
  await expect(queryPage(connection, { soql }, signal)).rejects.toMatchObject({ fault: 'unexpected_answer' });
});

test('an answer of damaged JSON is asked for again a few times', async () => {
  const { connection, host } = await onQuery({ body: '{"totalSize":1,"done":true,"records":[}' });
  await expect(queryPage(connection, { soql }, signal)).rejects.toMatchObject({ fault: 'json_malformed' });
  expect(host.count('queryAll')).toBe(5);
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

/** What came of each query: its totalSize, its fault, or that it has to be asked alone. */
const told = (outcomes: readonly QueryOutcome[]) =>
  outcomes.map((outcome) =>
    'page' in outcome ? outcome.page.totalSize : 'error' in outcome ? outcome.error.fault : `alone: ${outcome.soql}`,
  );

test('first pages go in as few calls as five to a call need, and come in the order of the queries', async () => {
  const { connection, host } = await orgForTest((asked) =>
    asked.path.endsWith('/composite')
      ? { body: compositeBody(asked, (path) => ({ body: pageOf(indexIn(path)) })) }
      : undefined,
  );
  const outcomes = await collect(queryPages(connection, soqls(11), signal));
  const rows = outcomes.flatMap((outcome) => ('page' in outcome ? [text(outcome.page.records)] : []));
  expect(rows).toEqual(soqls(11).map((_, index) => `[{"Id":"row of ${index}"}]`));
  expect(told(outcomes)).toEqual([...soqls(11).keys()]);
  expect(outcomes.map(({ index }) => index)).toEqual([...soqls(11).keys()]);
  expect(host.count('/composite')).toBe(3);
  expect(connection.usage().apiCalls).toBe(3);
  expect(told(await collect(queryPages(connection, soqls(1), signal)))).toEqual(['alone: SELECT Id FROM Object0']);
  expect(await collect(queryPages(connection, [], signal))).toEqual([]);
});

test('one refused query is its own error, one that failed for a moment has to be asked alone', async () => {
  const { connection } = await orgForTest((asked) => {
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
  expect(told(outcomes)).toEqual([0, 'object_gone', 'alone: SELECT Id FROM Object2', 3]);
});

test('the queries of a composite that fails twice, or whose answer grows too long, have to be asked alone', async () => {
  let body = 'x'.repeat(100);
  const { connection, host } = await orgForTest(({ path }) =>
    path.endsWith('/composite') ? { body, ...(body.length === 100 && { cut: 'middle' }) } : undefined,
  );
  const alone = soqls(5).map((soql) => `alone: ${soql}`);
  expect(told(await collect(queryPages(connection, soqls(5), signal)))).toEqual(alone);
  expect(host.count('/composite')).toBe(2);
  body = `{"compositeResponse":[${'"x",'.repeat(3_000_000)}"x"]}`;
  expect(told(await collect(queryPages(connection, soqls(5), signal)))).toEqual(alone);
  expect(host.count('/composite')).toBe(3);
});

test('all pages of a query come, the first asked for where it is not there', async () => {
  const first = { totalSize: 2, done: false, nextRecordsUrl, records: [{ Id: 'a' }] };
  const { connection, host } = await orgForTest(({ path }) => {
    if (path === nextRecordsUrl) return { body: { totalSize: 2, done: true, records: [{ Id: 'b' }] } };
    return path.endsWith('/queryAll') ? { body: first } : undefined;
  });
  const idsFrom = async (start: Parameters<typeof pagesFrom>[1]) => {
    const ids: string[] = [];
    for await (const page of pagesFrom(connection, start, signal)) ids.push(...readRows<{ Id: string }>(page).map(({ Id }) => Id)); // prettier-ignore
    return ids;
  };
  expect(await idsFrom({ soql })).toEqual(['a', 'b']);
  expect(await idsFrom({ page: await queryPage(connection, { soql }, signal) })).toEqual(['a', 'b']);
  expect(host.count('/queryAll')).toBe(2);
});

describe('a page that is read while it comes', () => {
  const answer = Buffer.from(JSON.stringify({ totalSize: 2, done: true, records: [{ Id: 'a' }, { Id: 'b' }] }));
  /** Reads the whole body before it counts as opened. */
  const whole = async (body: AsyncIterable<Uint8Array>) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  const played = (answers: readonly Played[], budgets: Partial<RetryBudgets> = {}) => {
    let turn = 0;
    const next = () => answers[Math.min(turn++, answers.length - 1)];
    return orgForTest(({ path }) => (/query/i.test(path) ? next() : undefined), { budgets });
  };

  test.each<[string, Played]>([
    ['breaks off', { body: answer, cut: 'middle' }],
    ['falls silent', { body: answer, stall: true }],
    ['is refused for the moment', { status: 503, body: '' }],
    ['is a page of a proxy', { body: ' <html>' }],
  ])('is asked for again where it %s before it counts as opened', async (_, trouble) => {
    const { connection, host } = await played([trouble, trouble, { body: answer }], { hostMs: 15_000 });
    expect(await openQuery(connection, { soql }, signal, whole)).toBe(answer.toString());
    expect(host.count('/queryAll')).toBe(3);
  });

  test('is asked for again where what reads it finds it cut, and fails when patience ends', async () => {
    const { connection, host } = await played([{ body: answer }]);
    const cut = new ModstampError('half', { failureType: 'transient_error', fault: 'body_cut' });
    let tries = 0;
    const begin = async () => {
      if (tries++ === 0) throw cut;
      return tries;
    };
    expect(await openQuery(connection, { soql }, signal, begin)).toBe(2);
    const never = openQuery(connection, { soql }, signal, () => Promise.reject(cut));
    await expect(never).rejects.toMatchObject({ fault: 'body_cut', failureType: 'transient_error' });
    expect(host.count('/queryAll')).toBeGreaterThan(4);
  });

  test('that breaks off later is for its reader to mend', async () => {
    const { connection, host } = await played([{ body: answer, cut: 'middle' }]);
    const rest = await openQuery(connection, { soql }, signal, async (body) => body);
    await expect(whole(rest)).rejects.toMatchObject({ fault: 'body_cut' });
    expect(host.count('/queryAll')).toBe(1);
  });

  test('behind a cursor that ended with its session is gone', async () => {
    const { connection } = await played([SESSION_EXPIRED]);
    await expect(openQuery(connection, { nextRecordsUrl }, signal, whole)).rejects.toMatchObject({
      fault: 'locator_gone',
      stopsSync: false,
    });
  });
});

import { expect, test } from 'vitest';
import type { Wait } from './retry.ts';
import { connectionForTest, hostForTest, inTurn, requestFor, textOf } from './testing/org-for-test.ts';

test('trouble of the server is waited out', async () => {
  const html = '<html><h1>Service Unavailable</h1></html>';
  const org = await hostForTest(
    inTurn(
      { status: 503, body: html },
      { status: 420, body: html },
      { status: 500, body: '' },
      { status: 406 },
      {
        status: 403,
        body: [
          {
            message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
            errorCode: 'REQUEST_LIMIT_EXCEEDED',
          },
        ],
      },
      { cut: 'before' },
      { cut: 'middle', body: { half: 'a body' } },
      { stall: true, body: { half: 'a body' } },
      { body: { ok: true } },
    ),
  );
  const connection = await connectionForTest(org, { budgets: { hostMs: 5000, serverMs: 5000 } });
  expect(textOf((await connection.call(requestFor('limits'))).bytes)).toBe('{"ok":true}');
  expect(org.count('/limits')).toBe(9);
});

test('patience ends with its budget; an outage stops the sync, one bad request does not', async () => {
  let others = false;
  const org = await hostForTest(({ path }) => {
    if (path.endsWith('/limits')) return { status: 500, body: '' };
    return path.endsWith('/other') && others ? { body: {} } : undefined;
  });
  const connection = await connectionForTest(org, { budgets: { serverMs: 150 } });
  await expect(connection.call(requestFor('limits'))).rejects.toMatchObject({ fault: 'server_error', stopsSync: true });
  others = true;
  const failing = connection.call(requestFor('limits'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await connection.call(requestFor('other'));
  await expect(failing).rejects.toMatchObject({
    fault: 'server_error',
    stopsSync: false,
    failureType: 'transient_error',
  });
});

test('a request with an attempt limit gives up before its budget does', async () => {
  const org = await hostForTest(inTurn({ status: 503 }));
  const connection = await connectionForTest(org, { budgets: { serverMs: 10_000 } });
  await expect(connection.call(requestFor('limits', { maxAttempts: 2 }))).rejects.toMatchObject({ stopsSync: false });
  expect(org.count('/limits')).toBe(2);
});

test('Retry-After is a floor, and one beyond the budget is not waited for', async () => {
  const org = await hostForTest(inTurn({ status: 503, headers: { 'retry-after': '1' } }, { body: {} }));
  const patient = await connectionForTest(org, { budgets: { serverMs: 5000 } });
  const startedMs = performance.now();
  await patient.call(requestFor('limits'));
  expect(performance.now() - startedMs).toBeGreaterThan(990);

  const busy = await hostForTest(inTurn({ status: 503, headers: { 'retry-after': '3600' } }));
  const hurried = await connectionForTest(busy, { budgets: { serverMs: 5000 } });
  await expect(hurried.call(requestFor('limits'))).rejects.toMatchObject({ fault: 'server_error' });
  expect(busy.count('/limits')).toBe(1);
});

test('a long wait is reported', async () => {
  const waits: Wait[] = [];
  const org = await hostForTest(inTurn({ status: 503 }));
  const connection = await connectionForTest(org, {
    onWait: (wait) => waits.push(wait),
    budgets: { serverMs: 600, reportMs: 60, firstWaitMs: 200, longestWaitMs: 200 },
  });
  await expect(connection.call(requestFor('limits'))).rejects.toThrow();
  expect(waits.length).toBeGreaterThanOrEqual(3);
  // A look may also fall into a try, of which nothing is known yet.
  expect(waits).toContainEqual(
    expect.objectContaining({
      purpose: 'ask limits',
      fault: 'server_error',
      text: expect.stringContaining('ask limits'),
    }),
  );
});

test('an abort ends a wait at once and throws its reason', async () => {
  const org = await hostForTest(inTurn({ status: 503 }));
  const connection = await connectionForTest(org, {
    budgets: { serverMs: 60_000, firstWaitMs: 30_000, longestWaitMs: 30_000 },
  });
  const stop = new AbortController();
  const reason = new Error('told to stop');
  setTimeout(() => stop.abort(reason), 50);
  const startedMs = performance.now();
  await expect(connection.call(requestFor('limits', { signal: stop.signal }))).rejects.toBe(reason);
  expect(performance.now() - startedMs).toBeLessThan(1000);
});

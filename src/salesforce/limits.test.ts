import { expect, test } from 'vitest';
import { orgLimits, recordCounts } from './limits.ts';
import { orgForTest } from './testing/org-for-test.ts';

const signal = AbortSignal.timeout(20_000);

test('row counts are asked in as few calls as the URL allows, and only known ones come back', async () => {
  const { connection, host } = await orgForTest(({ path, query }) => {
    if (!path.endsWith('/limits/recordCount')) return undefined;
    const names = (query.get('sObjects') ?? '').split(',');
    return { body: { sObjects: names.slice(1).map((name) => ({ name, count: name.length })) } };
  });
  const names = Array.from({ length: 1000 }, (_, index) => `Custom_Object_${index}__c`);
  const counts = await recordCounts(connection, names, signal);
  expect(host.count('/recordCount')).toBe(3);
  expect(counts?.size).toBe(997);
  expect(counts?.get('Custom_Object_999__c')).toBe(20);
  expect(counts?.has('Custom_Object_0__c')).toBe(false);
});

test('no names are no call', async () => {
  const { connection, host } = await orgForTest(() => undefined);
  expect(await recordCounts(connection, [], signal)).toEqual(new Map());
  expect(host.count('/recordCount')).toBe(0);
});

test('limits are read whatever else their entries hold', async () => {
  const body = {
    DailyApiRequests: { Max: 5000, Remaining: 4937, 'Ant Migration Tool': { Max: 0, Remaining: 0 } },
    MonthlyPlatformEventsUsageEntitlement: { Max: 10, Remaining: -3 },
    Odd: { Max: '5' },
  };
  const { connection } = await orgForTest(({ path }) => (path.endsWith('/limits') ? { body } : undefined));
  expect(await orgLimits(connection, signal)).toEqual(
    new Map([
      ['DailyApiRequests', { max: 5000, remaining: 4937 }],
      ['MonthlyPlatformEventsUsageEntitlement', { max: 10, remaining: -3 }],
    ]),
  );
});

test('limits that the user may not see are undefined, an allowance that is used up is thrown', async () => {
  const refused = [{ errorCode: 'API_DISABLED_FOR_ORG', message: 'limits resource is not enabled' }];
  const closed = await orgForTest(({ path }) =>
    path.includes('/limits') ? { status: 403, body: refused } : undefined,
  );
  expect(await orgLimits(closed.connection, signal)).toBeUndefined();
  expect(await recordCounts(closed.connection, ['Account'], signal)).toBeUndefined();
  const used = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }];
  const empty = await orgForTest(({ path }) => (path.includes('/limits') ? { status: 403, body: used } : undefined));
  await expect(recordCounts(empty.connection, ['Account'], signal)).rejects.toMatchObject({
    fault: 'allowance_used_up',
  });
});

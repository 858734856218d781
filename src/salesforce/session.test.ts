import { expect, test } from 'vitest';
import { makeFault } from './refusal.ts';
import { openSession, type Grant } from './session.ts';

const { signal } = new AbortController();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const grantOf = (number: number): Grant => ({
  accessToken: `token-${number}`,
  instanceUrl: 'https://acme.my.salesforce.com',
  organizationId: '00Dxx0000001gEREAY',
});

/** A session whose logins take a while, and the count of them. */
function slowSession(ms = 10) {
  let logins = 0;
  const session = openSession(async () => {
    logins++;
    const grant = grantOf(logins);
    await sleep(ms);
    return grant;
  });
  return { session, logins: () => logins };
}

test('however many ask at the same time, one login is made', async () => {
  const { session, logins } = slowSession();
  const grants = await Promise.all(Array.from({ length: 5 }, () => session.grant(signal)));
  expect(new Set(grants.map(({ accessToken }) => accessToken))).toEqual(new Set(['token-1']));
  expect(logins()).toBe(1);
});

test('whoever comes late with an old grant gets the new one without a login', async () => {
  const { session, logins } = slowSession();
  const first = await session.grant(signal);
  const second = await session.renew(first, signal);
  expect(await session.renew(first, signal)).toBe(second);
  expect(logins()).toBe(2);
});

test('whoever asks while a renewal is under way waits for it, since the grant in use is about to end', async () => {
  const { session } = slowSession();
  const first = await session.grant(signal);
  const second = await session.renew(first, signal);
  const third = session.renew(second, signal);
  expect(await session.renew(first, signal)).toEqual(grantOf(3));
  expect(await session.grant(signal)).toEqual(grantOf(3));
  await third;
});

test('one who gives up waiting does not stop the login of the others', async () => {
  const { session, logins } = slowSession(50);
  const stop = new AbortController();
  const hurried = session.grant(stop.signal);
  const patient = session.grant(signal);
  stop.abort(new Error('told to stop'));
  await expect(hurried).rejects.toThrow('told to stop');
  expect(await patient).toEqual(grantOf(1));
  expect(logins()).toBe(1);
});

test('a login that failed for a moment is tried again by the next request, a refused one is not', async () => {
  const outcomes = [
    makeFault('server_error', { purpose: 'log in' }),
    makeFault('login_refused', { purpose: 'log in' }),
  ];
  let logins = 0;
  const session = openSession(async () => {
    throw outcomes[Math.min(logins++, 1)] ?? new Error('no outcome');
  });
  await expect(session.grant(signal)).rejects.toMatchObject({ fault: 'server_error' });
  await expect(session.grant(signal)).rejects.toMatchObject({ fault: 'login_refused' });
  await expect(session.grant(signal)).rejects.toMatchObject({ fault: 'login_refused' });
  expect(logins).toBe(2);
});

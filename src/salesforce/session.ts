/** The session: one login at a time, shared by all requests, renewed when the org says that it has ended. */
import type { ApiRequest } from './connection.ts';
import { FaultError } from './refusal.ts';
import type { Send, WireRequest } from './wire.ts';

/** What a login brings. */
export interface Grant {
  readonly accessToken: string;
  /** Origin of the instance. */
  readonly instanceUrl: string;
  readonly organizationId: string;
}

export interface Session {
  /** The grant in use; logs in where there is none yet. */
  grant(signal: AbortSignal): Promise<Grant>;
  /** A grant newer than `spent`: one that another request has fetched meanwhile, or that of a new login. */
  renew(spent: Grant, signal: AbortSignal): Promise<Grant>;
  current(): Grant | undefined;
}

/**
 * A session by `login`, which runs once however many requests wait for it, and whose own signal ends it. Once a login was
 * refused nobody asks again: a rejected grant stays rejected, and a storm of logins locks the user out.
 */
export function openSession(login: () => Promise<Grant>): Session {
  let current: Grant | undefined;
  let pending: Promise<Grant> | undefined;
  let refused: unknown;

  const fetchGrant = async (): Promise<Grant> => {
    try {
      current = await login();
      return current;
    } catch (error) {
      if (error instanceof FaultError && error.remedy === 'stop the sync') refused = error;
      throw error;
    } finally {
      pending = undefined;
    }
  };
  const logIn = (signal: AbortSignal): Promise<Grant> => {
    if (refused !== undefined) throw refused;
    pending ??= fetchGrant();
    return untilAborted(pending, signal);
  };

  return {
    grant: async (signal) => (current !== undefined && pending === undefined ? current : logIn(signal)),
    renew: async (spent, signal) =>
      current !== undefined && current !== spent && pending === undefined ? current : logIn(signal),
    current: () => current,
  };
}

/** Logins for one request, where other requests show that the grants are good. */
const RENEWALS_MAX = 3;

/**
 * Wraps `send`: names the instance, adds the Bearer token, and where the fault's remedy is a new login, logs in and sends
 * again. A grant that is rejected when fresh won't get better, so what comes then stands; unless another request got
 * through with it, which tells that it was good and has ended meanwhile (short sessions, many requests at a time).
 */
export function withSession(send: Send<WireRequest>, session: Session): Send {
  const proven = new WeakSet<Grant>();
  return async (request) => {
    let grant = await session.grant(request.signal);
    for (let renewals = 0; ; renewals++) {
      try {
        const answer = await send(signed(request, grant));
        proven.add(grant);
        return answer;
      } catch (error) {
        const renewalsMax = renewals === 0 || proven.has(grant) ? RENEWALS_MAX : 1;
        const isOver = !(error instanceof FaultError) || error.remedy !== 'log in again' || renewals >= renewalsMax;
        if (isOver) throw error;
        grant = await session.renew(grant, request.signal);
      }
    }
  };
}

function signed(request: ApiRequest, { instanceUrl, accessToken }: Grant): WireRequest {
  return { ...request, origin: instanceUrl, headers: { ...request.headers, authorization: `Bearer ${accessToken}` } };
}

/** The promise's outcome, or the signal's reason where that comes first; the promise itself goes on for the others. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

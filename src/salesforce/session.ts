/** The session: one login at a time, shared by all requests, renewed when the org says that it has ended. */
import type { ApiRequest } from './connection.ts';
import { isFault } from './faults.ts';
import { FaultError } from './refusal.ts';
import { pause } from './retry.ts';
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

/** How long a session that was refused right after its login is tried. */
export interface FreshSessionBudget {
  readonly freshSessionMs: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

/**
 * Wraps `send`: names the instance, adds the Bearer token, and where the fault's remedy is a new login, logs in and sends
 * again. A new session may take some seconds to be known to every server of the org, so one that no request has got
 * through with yet is tried again after pauses; refused for all of `freshSessionMs`, and once more after a new login, it is
 * taken for a wrong set-up. A session that another request got through with was good and has ended meanwhile (short
 * sessions, many requests at a time), so it is renewed at once.
 */
export function withSession(send: Send<WireRequest>, session: Session, budget: FreshSessionBudget): Send {
  const proven = new WeakSet<Grant>();
  const freshPause = createFreshPause(budget);
  return async (request) => {
    let grant = await session.grant(request.signal);
    let pauses = 0;
    for (let renewals = 0; ;) {
      try {
        const answer = await send(signed(request, grant));
        if (needsSession(request)) {
          proven.add(grant);
          freshPause.forget();
        }
        return answer;
      } catch (error) {
        if (!(error instanceof FaultError) || error.remedy !== 'log in again') throw error;
        const waitMs =
          isFault(error, 'session_expired') && !proven.has(grant) ? freshPause.next(pauses, error) : undefined;
        if (waitMs !== undefined) {
          pauses++;
          await pause(waitMs, request.signal);
          grant = await session.grant(request.signal);
          continue;
        }
        const renewalsMax = renewals === 0 || proven.has(grant) ? RENEWALS_MAX : 1;
        if (renewals >= renewalsMax) throw error;
        renewals++;
        grant = await session.renew(grant, request.signal);
      }
    }
  };
}

/** The list of API versions is given to anyone (REST API guide, "Versions"), so its answer says nothing of the session. */
function needsSession({ path }: ApiRequest): boolean {
  return path.startsWith('/services/data/v');
}

/** The pauses of all requests together: they end `freshSessionMs` after the first refusal, until a request gets through. */
function createFreshPause({ freshSessionMs, firstWaitMs, longestWaitMs }: FreshSessionBudget) {
  let refusedMs: number | undefined;
  return {
    /** Ms to wait before the next try of a request that has paused so often; undefined where the time is up. */
    next(pauses: number, { retryAfterMs = 0 }: FaultError): number | undefined {
      refusedMs ??= performance.now();
      const leftMs = refusedMs + freshSessionMs - performance.now();
      if (leftMs <= 0 || retryAfterMs > leftMs) return undefined;
      return Math.max(retryAfterMs, Math.min(firstWaitMs * 2 ** pauses, longestWaitMs, leftMs));
    },
    forget() {
      refusedMs = undefined;
    },
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

/** The server's clock, learnt from the Date headers of its answers. */
import type { ApiRequest } from './connection.ts';
import type { Send } from './wire.ts';

export interface ServerClock {
  wrap<R extends ApiRequest>(send: Send<R>): Send<R>;
  /** Epoch ms by the server, never going back. */
  now(): number;
  /** True once an answer has told the time; until then `now` is this machine's. */
  isTold(): boolean;
}

/**
 * A clock that goes by this machine until the first answer. A Date header has whole seconds and is old when it arrives, so
 * each one is a lower bound of the server's time; the highest bound seen holds. Too early is the safe side: a window that
 * ends at `now()` never claims rows that the server has not stamped yet. `monotonicMs` is for tests.
 */
export function startClock(monotonicMs: () => number = () => performance.now()): ServerClock {
  let aheadMs: number | undefined;
  let lastMs = 0;
  return {
    wrap: (send) => async (request) => {
      const answer = await send(request);
      const dateMs = Date.parse(answer.headers['date'] ?? '');
      if (!Number.isNaN(dateMs)) aheadMs = Math.max(aheadMs ?? -Infinity, dateMs - monotonicMs());
      return answer;
    },
    now() {
      if (aheadMs === undefined) return Date.now();
      lastMs = Math.max(lastMs, Math.floor(aheadMs + monotonicMs()));
      return lastMs;
    },
    isTold: () => aheadMs !== undefined,
  };
}

/** The server's clock, learnt from the Date headers of its answers. */
import type { ApiRequest, OpenAnswer } from './connection.ts';
import type { Send } from './wire.ts';

export interface ServerClock {
  wrap<R extends ApiRequest>(send: Send<R>): Send<R>;
  /** Epoch ms by the server; it goes back only where a later answer shows that it was ahead. */
  now(): number;
  /** True once an answer has told the time; until then `now` is this machine's. */
  isTold(): boolean;
}

/** A Date header is cut to its second (RFC 9110, 5.6.7). */
const SECOND_MS = 1000;

/**
 * A clock that goes by this machine until the first good answer of the org's API. Login hosts, error pages and caches are
 * other machines with clocks of their own, so they are not heard.
 *
 * An answer was dated between the moments when its request left and when it arrived, so its header gives a lower and an upper
 * bound of how far the server is ahead of `monotonicMs` (this machine's steady clock; a parameter for tests). The highest
 * lower bound that no upper bound contradicts holds: it closes in on the true time from below, and a header that is ahead
 * is overruled by every honest one. Too early is the safe side: a window that ends at `now()` never claims rows that the
 * server has not stamped yet.
 */
export function startClock(monotonicMs: () => number = () => performance.now()): ServerClock {
  let lowerMs: number | undefined;
  let upperMs = Infinity;
  const hear = (dateMs: number, sentMs: number, arrivedMs: number) => {
    const lower = dateMs - arrivedMs;
    upperMs = Math.min(upperMs, dateMs + SECOND_MS - sentMs);
    if (lower > upperMs) return;
    lowerMs = lowerMs === undefined || lowerMs > upperMs ? lower : Math.max(lowerMs, lower);
  };
  return {
    wrap: (send) => async (request) => {
      const sentMs = monotonicMs();
      const answer = await send(request);
      const dateMs = Date.parse(answer.headers['date'] ?? '');
      if (!Number.isNaN(dateMs) && isFromTheApi(request, answer)) hear(dateMs, sentMs, monotonicMs());
      return answer;
    },
    now: () => (lowerMs === undefined ? Date.now() : Math.floor(lowerMs + monotonicMs())),
    isTold: () => lowerMs !== undefined,
  };
}

/** Whether the instance itself made the answer just now: data of the API, no page, and nothing out of a cache (RFC 9111, 5.1). */
function isFromTheApi({ path }: ApiRequest, { status, headers }: OpenAnswer): boolean {
  const isPage = /^\s*text\/html/i.test(headers['content-type'] ?? '');
  const isCached = Number(headers['age'] ?? 0) > 0;
  return path.startsWith('/services/data') && status >= 200 && status < 300 && !isPage && !isCached;
}

/** Requests whose answer exists only once: a stopped run lets them end, for as long as a host waits behind its SIGTERM. */
import type { ApiRequest } from './connection.ts';
import { placeOf } from './refusal.ts';

/** Hosts kill 10 s after their SIGTERM (Docker, Kubernetes: 30 s); what the answer brings needs some of that to be handed out. */
const GRACE_MS = 6_000;

/**
 * Wraps `send`, which reads the whole answer: a login, whose answer may hold the only refresh token that is valid from then
 * on, and the creation of a Bulk job, of which nobody else learns the Id, go on for `GRACE_MS` after their signal is aborted.
 * `hold` is given each of them. None begins once the signal is aborted.
 */
export function withGrace<R extends ApiRequest, A>(
  send: (request: R) => Promise<A>,
  hold: (work: Promise<unknown>) => void,
): (request: R) => Promise<A> {
  return async (request) => {
    const place = placeOf(request.method, request.path);
    if (place !== 'login' && place !== 'job creation') return send(request);
    request.signal.throwIfAborted();
    const late = delayedSignal(request.signal);
    const answer = send({ ...request, signal: late.signal }).finally(late.end);
    hold(answer);
    return answer;
  };
}

/** A signal that is aborted `GRACE_MS` after `signal`, unless `end` was called by then. */
function delayedSignal(signal: AbortSignal): { readonly signal: AbortSignal; readonly end: () => void } {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer = setTimeout(() => late.abort(signal.reason), GRACE_MS);
  };
  signal.addEventListener('abort', start, { once: true });
  return {
    signal: late.signal,
    end() {
      signal.removeEventListener('abort', start);
      clearTimeout(timer);
    },
  };
}

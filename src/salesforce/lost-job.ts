/** Bulk jobs whose creation was not answered: the org may have made them all the same. */
import type { ApiRequest } from './connection.ts';
import { isFault } from './faults.ts';
import { placeOf } from './refusal.ts';

/** Faults of an answer that did not arrive, or not as a whole. */
const LOST = ['body_cut', 'unreachable', 'no_json', 'json_malformed'] as const;

/**
 * Wraps `send`, inside patience: where the answer to the creation of a Bulk job is lost, `warn` is told once that the org
 * may hold a job which nobody will read. It is left alone on purpose. GET /jobs/query lists jobs without their queries, so
 * nothing tells it from a job that another program of the same user made for the same object in the same seconds (two
 * connections on one schedule do just that), and to abort or adopt that one would fail a sync or read wrong rows. Left
 * alone it costs one of 10,000 jobs a day, and its results are gone after seven days (Bulk API 2.0 guide, "Limits").
 */
export function withLostJobs<A>(
  send: (request: ApiRequest) => Promise<A>,
  warn: (text: string) => void,
): (request: ApiRequest) => Promise<A> {
  const warned = new WeakSet<ApiRequest>();
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      const isLost = LOST.some((fault) => isFault(error, fault));
      if (isLost && placeOf(request.method, request.path) === 'job creation' && !warned.has(request)) {
        warned.add(request);
        warn(
          `No answer came when it was to ${request.purpose}: the org may have made the job all the same. If so, nobody reads it, and Salesforce deletes it after seven days (Setup > Bulk Data Load Jobs).`,
        );
      }
      throw error;
    }
  };
}

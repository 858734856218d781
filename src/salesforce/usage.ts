/** Counts what the run costs the org, and hears what the org says of its allowance. */
import type { ApiRequest, OpenAnswer, Usage } from './connection.ts';
import type { Send } from './wire.ts';

export interface UsageCounter {
  wrap<R extends ApiRequest>(send: Send<R>): Send<R>;
  countBulkJob(): void;
  usage(): Usage;
}

/** Refused before the API itself sees the request: by the session check, the allowance, or the edge servers. */
const UNCOUNTED = new Set([401, 403, 414, 420, 429, 431]);

/**
 * A meter at zero. It stands next to the wire, so that bytes are counted as they travel (compressed) and each try counts,
 * as the org counts them: a request to a versioned resource that the API itself answered.
 */
export function startUsage(): UsageCounter {
  let apiCalls = 0;
  let bulkJobs = 0;
  let bytesReceived = 0;
  let org: Allowance | undefined;

  async function* countBytes(body: OpenAnswer['body']): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      bytesReceived += chunk.length;
      yield chunk;
    }
  }

  return {
    wrap: (send) => async (request) => {
      const answer = await send(request);
      const isCounted = answer.status < 500 && !UNCOUNTED.has(answer.status);
      if (isCounted && request.path.startsWith('/services/data/v')) apiCalls++;
      org = newest(org, readLimitInfo(answer.headers['sforce-limit-info']));
      return { ...answer, body: countBytes(answer.body) };
    },
    countBulkJob() {
      bulkJobs++;
    },
    usage: () => ({ apiCalls, bulkJobs, bytesReceived, orgUsed: org?.used, orgMax: org?.max }),
  };
}

type Allowance = { readonly used: number; readonly max: number };

/** Answers overtake each other, so the larger count is the newer one; that it also shrinks over 24 hours can wait for the next run. */
function newest(known: Allowance | undefined, heard: Allowance | undefined): Allowance | undefined {
  if (known === undefined || heard === undefined) return heard ?? known;
  return heard.max === known.max && heard.used < known.used ? known : heard;
}

/**
 * Reads `api-usage=25/5000; per-app-api-usage=17/250(appName=x)` and its shorter forms (REST API guide, "Limit Info
 * Header"): the org's count and maximum. The per-app figures are not taken for the org's. Undefined without the header.
 */
export function readLimitInfo(value: string | undefined): Allowance | undefined {
  const found = /(?:^|[^-\w])api-usage=(\d+)\/(\d+)/i.exec(value ?? '');
  return found === null ? undefined : { used: Number(found[1]), max: Number(found[2]) };
}

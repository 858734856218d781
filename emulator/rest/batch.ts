/** `/composite/batch`: up to 25 requests in one round trip, each of which counts. */
import { bodyText, json, type Answer } from '../http/answer.ts';
import { subCall } from '../http/call.ts';
import { scriptedAnswer } from '../http/fault.ts';
import { answerTo, codeFirst } from '../http/refusal.ts';
import type { Service } from '../service.ts';
import { isObject, parseJson } from '../http/json-body.ts';
import type { Dispatch } from './composite.ts';
import type { Respond, RestCall } from './rest-call.ts';
import { checkSubVersion } from './version.ts';

const MAX_SUBREQUESTS = 25;

/** `POST /composite/batch`. */
export function batchResponder(dispatch: Dispatch): Respond {
  return async (service, rest) => {
    const { requests, haltOnError } = readBatch(rest.call.body);
    const results: { statusCode: number; result: unknown }[] = [];
    let halted = false;
    for (const request of requests) {
      const answer: Answer = halted ? haltedAnswer() : await answerSub(dispatch, service, rest, request);
      results.push({ statusCode: answer.status, result: resultOf(answer) });
      halted ||= haltOnError && answer.status >= 400;
    }
    return json({ hasErrors: results.some(({ statusCode }) => statusCode >= 400), results });
  };
}

/** What a batch costs: one call for each subrequest, and never nothing. */
export function batchCost(body: Buffer): number {
  const list = parseJson(body)?.['batchRequests'];
  return Array.isArray(list) ? Math.max(1, list.length) : 1;
}

async function answerSub(
  dispatch: Dispatch,
  service: Service,
  rest: RestCall,
  { method, url }: { method: string; url: string },
): Promise<Answer> {
  const call = subCall(method, url.replace(/^\/?(?=v\d)/, '/services/data/'), {}, rest.call.origin);
  const fault = service.faults.strike(method, [call.target, url]);
  const scripted = fault && scriptedAnswer(fault);
  if (scripted) return scripted;
  try {
    const [, version = '', path = ''] = /^\/services\/data\/v(\d+\.\d)(\/.*)$/.exec(call.path) ?? [];
    checkSubVersion(version, rest.version);
    // Blobs, jobs and composite resources can't be parts of a batch.
    if (!/^\/(?:limits|sobjects|query|queryall)(?:\/|$)/i.test(path)) return notThere();
    return await dispatch(service, { ...rest, call, fault }, version, path);
  } catch (error) {
    return answerTo(error);
  }
}

function readBatch(body: Buffer): { requests: { method: string; url: string }[]; haltOnError: boolean } {
  const parsed = parseJson(body);
  const list = parsed?.['batchRequests'];
  if (!Array.isArray(list)) throw codeFirst(400, 'JSON_PARSER_ERROR', 'The request must have a batchRequests array');
  if (list.length > MAX_SUBREQUESTS) {
    throw codeFirst(400, 'LIMIT_EXCEEDED', `A batch request can have at most ${MAX_SUBREQUESTS} subrequests`);
  }
  const requests = list.map((item: unknown) => {
    if (!isObject(item) || typeof item['url'] !== 'string' || typeof item['method'] !== 'string') {
      throw codeFirst(400, 'JSON_PARSER_ERROR', 'A subrequest must have a method and a url');
    }
    return { method: item['method'], url: item['url'] };
  });
  return { requests, haltOnError: parsed?.['haltOnError'] === true };
}

function resultOf(answer: Answer): unknown {
  const text = bodyText(answer);
  if (text === '') return null;
  return answer.headers['Content-Type']?.startsWith('application/json') ? JSON.parse(text) : text;
}

function notThere(): Answer {
  return answerTo(codeFirst(404, 'NOT_FOUND', 'The requested resource does not exist'));
}

function haltedAnswer(): Answer {
  return answerTo(codeFirst(412, 'BATCH_PROCESSING_HALTED', 'Batch processing halted by request'));
}

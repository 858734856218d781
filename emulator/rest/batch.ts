/** `/composite/batch`: up to 25 requests in one round trip, each of which counts. */
import { bodyText, json, type Answer } from '../http/answer.ts';
import { parseJson } from '../http/json-body.ts';
import { answerTo, codeFirst, notFound } from '../http/refusal.ts';
import type { Respond } from './rest-call.ts';
import { answerSubrequest, readSubrequests, type Dispatch, type Subrequest } from './subrequest.ts';
import { checkSubVersion } from './version.ts';

/** `POST /composite/batch`. */
export function batchResponder(dispatch: Dispatch): Respond {
  return async (service, rest) => {
    const { subrequests, haltOnError } = readBatch(rest.call.body);
    const admit = (version: string, path: string) => checkPart(version, path, rest.version);
    const results: { statusCode: number; result: unknown }[] = [];
    let halted = false;
    for (const subrequest of subrequests) {
      const answer: Answer = halted
        ? haltedAnswer()
        : await answerSubrequest(dispatch, admit, service, rest, subrequest);
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

/** Blobs, jobs and composite resources can't be parts of a batch. */
function checkPart(version: string, path: string, outer: string): void {
  if (!/^\/(?:limits|sobjects|query|queryall)(?:\/|$)/i.test(path)) throw notFound();
  checkSubVersion(version, outer);
}

/** Urls may begin with the version: `v58.0/limits`. */
function readBatch(body: Buffer): { subrequests: Subrequest[]; haltOnError: boolean } {
  const parsed = parseJson(body);
  const subrequests = readSubrequests(parsed, 'batchRequests', ({ method, url }) => ({
    method,
    url,
    path: url.replace(/^\/?(?=v\d)/, '/services/data/'),
    headers: {},
  }));
  return { subrequests, haltOnError: parsed?.['haltOnError'] === true };
}

function resultOf(answer: Answer): unknown {
  const text = bodyText(answer);
  if (text === '') return null;
  return answer.headers['Content-Type']?.startsWith('application/json') ? JSON.parse(text) : text;
}

function haltedAnswer(): Answer {
  return answerTo(codeFirst(412, 'BATCH_PROCESSING_HALTED', 'Batch processing halted by request'));
}

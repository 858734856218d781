/** `/composite`: up to 25 requests in one call of the API. */
import { bodyText, JSON_TYPE, piece, type Answer, type Piece } from '../http/answer.ts';
import { subCall } from '../http/call.ts';
import { scriptedAnswer } from '../http/fault.ts';
import { isObject, parseJson } from '../http/json-body.ts';
import { answerTo, codeFirst } from '../http/refusal.ts';
import type { Service } from '../service.ts';
import type { Respond, RestCall } from './rest-call.ts';

interface Subrequest {
  readonly method: string;
  readonly url: string;
  readonly referenceId: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers what a subrequest asks, its path below the version; throws Refusal and SoqlProblem. */
export type Dispatch = (service: Service, rest: RestCall, version: string, path: string) => Promise<Answer>;

const MAX_SUBREQUESTS = 25;
const MAX_QUERIES = 5;

/** `POST /composite`. Subrequests run one after the other; each has its own status, the whole is 200. */
export function compositeResponder(dispatch: Dispatch): Respond {
  return async (service, rest) => {
    const { subrequests, allOrNone } = readComposite(rest.call.body);
    const answers: Answer[] = [];
    for (const subrequest of subrequests) answers.push(await answerSub(dispatch, service, rest, subrequest));
    const failed = allOrNone && answers.some(({ status }) => status >= 400);
    const shown = failed ? answers.map((answer) => (answer.status >= 400 ? answer : halted())) : answers;
    const pieces = shown.flatMap((answer, at) => wrapped(answer, subrequests[at]?.referenceId ?? '', at));
    return {
      status: 200,
      headers: { 'Content-Type': JSON_TYPE },
      body: [piece('{"compositeResponse":['), ...pieces, piece(']}')],
    };
  };
}

/** The decoded urls of a composite or batch body, for the log; empty where it can't be read. */
export function subrequestUrls(body: Buffer): string[] {
  const parsed = parseJson(body);
  const list = parsed?.['compositeRequest'] ?? parsed?.['batchRequests'];
  if (!Array.isArray(list)) return [];
  return list.map((item) => (isObject(item) ? subCall('GET', String(item['url']), {}, '').target : ''));
}

async function answerSub(
  dispatch: Dispatch,
  service: Service,
  rest: RestCall,
  { method, url, headers }: Subrequest,
): Promise<Answer> {
  const call = subCall(method, url, headers, rest.call.origin);
  const fault = service.faults.strike(method, [call.target, url]);
  const scripted = fault && scriptedAnswer(fault);
  if (scripted) return scripted;
  const [, version, path] = /^\/services\/data\/v(\d+\.\d)(\/.*)$/.exec(call.path) ?? [];
  if (version === undefined || path === undefined || !isAllowed(path)) {
    return answerTo(codeFirst(404, 'NOT_FOUND', 'The requested resource does not exist'));
  }
  try {
    return await dispatch(service, { ...rest, call, fault }, version, path);
  } catch (error) {
    return answerTo(error);
  }
}

/** Composite carries sObject and query resources; no blobs, limits, jobs, nor itself (REST guide, "Composite"). */
function isAllowed(path: string): boolean {
  return /^\/(?:sobjects|query|queryall)(?:\/|$)/i.test(path) && !/^\/sobjects\/\w+\/\w{15,18}\/\w+$/i.test(path);
}

function readComposite(body: Buffer): { subrequests: Subrequest[]; allOrNone: boolean } {
  const parsed = parseJson(body);
  const list = parsed?.['compositeRequest'];
  if (!Array.isArray(list)) throw codeFirst(400, 'JSON_PARSER_ERROR', 'The request must have a compositeRequest array');
  if (list.length > MAX_SUBREQUESTS) {
    throw codeFirst(400, 'LIMIT_EXCEEDED', `A composite request can have at most ${MAX_SUBREQUESTS} subrequests`);
  }
  const subrequests = list.map(readSubrequest);
  const references = new Set(subrequests.map(({ referenceId }) => referenceId));
  if (references.size < subrequests.length) {
    throw codeFirst(400, 'INVALID_INPUT', 'Duplicate ReferenceId provided in composite request.');
  }
  const queries = subrequests.filter(({ url }) => /^\/services\/data\/v[\d.]+\/query(?:all)?\b/i.test(url));
  if (queries.length > MAX_QUERIES) {
    throw codeFirst(400, 'LIMIT_EXCEEDED', `A composite request can have at most ${MAX_QUERIES} query subrequests`);
  }
  return { subrequests, allOrNone: parsed?.['allOrNone'] === true };
}

/** An illegal referenceId fails the whole request (since v52). */
function readSubrequest(item: unknown): Subrequest {
  if (!isObject(item) || typeof item['url'] !== 'string' || typeof item['method'] !== 'string') {
    throw codeFirst(400, 'JSON_PARSER_ERROR', 'A subrequest must have a method and a url');
  }
  const { url, method, referenceId, httpHeaders } = item;
  if (typeof referenceId !== 'string' || !/^[A-Za-z][A-Za-z0-9_]*$/.test(referenceId)) {
    const rule = 'only letters, digits and underscores, a letter first';
    throw codeFirst(400, 'INVALID_INPUT', `Invalid reference ID '${String(referenceId)}': ${rule}`);
  }
  const headers = isObject(httpHeaders) ? Object.entries(httpHeaders) : [];
  const lowered = headers.map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { method, url, referenceId, headers: Object.fromEntries(lowered) };
}

function wrapped(answer: Answer, referenceId: string, at: number): Piece[] {
  if ('open' in answer.body) throw new Error('A subrequest can not have a streamed body');
  const { ETag, 'Last-Modified': modified } = answer.headers;
  const httpHeaders = { ...(ETag && { ETag }), ...(modified && { 'Last-Modified': modified }) };
  const rest = `,"httpHeaders":${JSON.stringify(httpHeaders)},"httpStatusCode":${answer.status},"referenceId":"${referenceId}"}`;
  return [piece(`${at === 0 ? '' : ','}{"body":`), ...jsonBody(answer), piece(rest)];
}

/** The body as a JSON value: no body is null, one that isn't JSON (a scripted HTML page) a string. */
function jsonBody(answer: Answer): readonly Piece[] {
  if ('open' in answer.body || answer.body.length === 0) return [piece('null')];
  if (answer.headers['Content-Type']?.startsWith('application/json')) return answer.body;
  return [piece(JSON.stringify(bodyText(answer)))];
}

function halted(): Answer {
  const message = 'The transaction was rolled back since another operation in the same transaction failed.';
  return answerTo(codeFirst(400, 'PROCESSING_HALTED', message));
}

/** `/composite`: up to 25 requests in one call of the API. */
import { bodyText, JSON_TYPE, piece, type Answer, type Piece } from '../http/answer.ts';
import { isObject, parseJson } from '../http/json-body.ts';
import { answerTo, codeFirst, notFound } from '../http/refusal.ts';
import type { Respond } from './rest-call.ts';
import {
  answerSubrequest,
  readSubrequests,
  type Dispatch,
  type Subrequest,
  type WrittenSubrequest,
} from './subrequest.ts';

interface CompositePart extends Subrequest {
  readonly referenceId: string;
}

const MAX_QUERIES = 5;

/** `POST /composite`. Subrequests run one after the other; each has its own status, the whole is 200. */
export function compositeResponder(dispatch: Dispatch): Respond {
  return async (service, rest) => {
    const { subrequests, allOrNone } = readComposite(rest.call.body);
    const answers: Answer[] = [];
    for (const subrequest of subrequests) {
      answers.push(await answerSubrequest(dispatch, checkPart, service, rest, subrequest));
    }
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

/** Composite carries sObject and query resources; no blobs, limits, jobs, nor itself (REST guide, "Composite"). */
function checkPart(_version: string, path: string): void {
  const isCarried = /^\/(?:sobjects|query|queryall)(?:\/|$)/i.test(path);
  if (!isCarried || /^\/sobjects\/\w+\/\w{15,18}\/\w+$/i.test(path)) throw notFound();
}

function readComposite(body: Buffer): { subrequests: CompositePart[]; allOrNone: boolean } {
  const parsed = parseJson(body);
  const subrequests = readSubrequests(parsed, 'compositeRequest', readPart);
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
function readPart({ method, url, referenceId, httpHeaders }: WrittenSubrequest): CompositePart {
  if (typeof referenceId !== 'string' || !/^[A-Za-z][A-Za-z0-9_]*$/.test(referenceId)) {
    const rule = 'only letters, digits and underscores, a letter first';
    throw codeFirst(400, 'INVALID_INPUT', `Invalid reference ID '${String(referenceId)}': ${rule}`);
  }
  const headers = isObject(httpHeaders) ? Object.entries(httpHeaders) : [];
  const lowered = headers.map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { method, url, path: url, referenceId, headers: Object.fromEntries(lowered) };
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

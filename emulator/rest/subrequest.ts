/** The parts of composite and batch requests: what both do alike. */
import type { Answer } from '../http/answer.ts';
import { subCall } from '../http/call.ts';
import { scriptedAnswer } from '../http/fault.ts';
import { isObject, parseJson } from '../http/json-body.ts';
import { answerTo, codeFirst } from '../http/refusal.ts';
import type { Service } from '../service.ts';
import type { RestCall } from './rest-call.ts';

export interface Subrequest {
  readonly method: string;
  /** As the client wrote it, which a fault's pattern may mean. */
  readonly url: string;
  /** From the host on. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A subrequest in a body, with whatever else it has. */
export type WrittenSubrequest = Readonly<Record<string, unknown>> & { readonly method: string; readonly url: string };

/** Answers what a subrequest asks, its path below the version; throws Refusal and SoqlProblem. */
export type Dispatch = (service: Service, rest: RestCall, version: string, path: string) => Promise<Answer>;

/** Of a composite and of a batch request alike (REST guide). */
const MAX_SUBREQUESTS = 25;

/**
 * Answers one subrequest, or as a fault has it. `admit` throws Refusal for a version or a path that the request can't
 * carry; what is thrown becomes the subrequest's own answer.
 */
export async function answerSubrequest(
  dispatch: Dispatch,
  admit: (version: string, path: string) => void,
  service: Service,
  rest: RestCall,
  { method, url, path: target, headers }: Subrequest,
): Promise<Answer> {
  const call = subCall(method, target, headers, rest.call.origin);
  const fault = service.faults.strike(method, [call.target, url]);
  const scripted = fault && scriptedAnswer(fault);
  if (scripted) return scripted;
  try {
    const [, version = '', path = ''] = /^\/services\/data\/v(\d+\.\d)(\/.*)$/.exec(call.path) ?? [];
    admit(version, path);
    return await dispatch(service, { ...rest, call, fault }, version, path);
  } catch (error) {
    return answerTo(error);
  }
}

/** The list that a composite (`compositeRequest`) or batch (`batchRequests`) body holds. Throws Refusal 400. */
export function readSubrequests<T>(
  body: Readonly<Record<string, unknown>> | undefined,
  member: 'compositeRequest' | 'batchRequests',
  read: (item: WrittenSubrequest) => T,
): T[] {
  const list = body?.[member];
  if (!Array.isArray(list)) throw codeFirst(400, 'JSON_PARSER_ERROR', `The request must have a ${member} array`);
  if (list.length > MAX_SUBREQUESTS) {
    throw codeFirst(400, 'LIMIT_EXCEEDED', `A request can have at most ${MAX_SUBREQUESTS} subrequests`);
  }
  return list.map((item: unknown) => {
    const { method, url } = isObject(item) ? item : {};
    if (!isObject(item) || typeof method !== 'string' || typeof url !== 'string') {
      throw codeFirst(400, 'JSON_PARSER_ERROR', 'A subrequest must have a method and a url');
    }
    return read({ ...item, method, url });
  });
}

/** The decoded urls of a composite or batch body, for the log; empty where it can't be read. */
export function subrequestUrls(body: Buffer): string[] {
  const parsed = parseJson(body);
  const list = parsed?.['compositeRequest'] ?? parsed?.['batchRequests'];
  if (!Array.isArray(list)) return [];
  return list.map((item) => (isObject(item) ? subCall('GET', String(item['url']), {}, '').target : ''));
}

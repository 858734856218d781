/** A call of the REST API: past the door, its session and version known. */
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Fault } from '../http/fault.ts';
import { methodNotAllowed, notFound } from '../http/refusal.ts';
import type { Session } from '../login/session.ts';
import type { SObject } from '../model.ts';
import type { Service } from '../service.ts';

export interface RestCall {
  readonly call: Call;
  readonly session: Session;
  /** "58.0" */
  readonly version: string;
  /** A fault that changes the answer rather than replacing it. */
  readonly fault: Fault | undefined;
}

/** Answers a resource; `parts` are the parts of its path that vary, decoded. Throws Refusal and SoqlProblem. */
export type Respond = (service: Service, rest: RestCall, parts: readonly string[]) => Answer | Promise<Answer>;

/** One resource: how its path looks below `/services/data/vNN.0`, and what its methods do. */
export interface Resource {
  readonly pattern: RegExp;
  readonly methods: Readonly<Record<string, Respond>>;
}

/** Finds the resource of a path and answers. Throws Refusal 404 and 405, and what the resource throws. */
export async function answerResource(
  resources: readonly Resource[],
  path: string,
  service: Service,
  rest: RestCall,
): Promise<Answer> {
  for (const { pattern, methods } of resources) {
    const match = pattern.exec(path);
    if (!match) continue;
    const { method } = rest.call;
    // What can be got can be asked for its headers; the body is left out on the wire.
    const respond = methods[method === 'HEAD' ? 'GET' : method];
    if (!respond) throw methodNotAllowed(method, Object.keys(methods).flatMap(withHead));
    return respond(service, rest, match.slice(1));
  }
  throw notFound();
}

/** The object that a path names, in any case. Throws Refusal 404. */
export function objectOf(service: Service, name: string | undefined): SObject {
  const sobject = service.directory.sobject(name ?? '');
  if (!sobject) throw notFound();
  return sobject;
}

function withHead(method: string): readonly string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}

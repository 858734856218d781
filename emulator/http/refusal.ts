/** Requests that the org refuses, each with the body that Salesforce sends. */
import { SoqlProblem } from '../soql/problem.ts';
import { json, type Answer } from './answer.ts';

/** Thrown by whoever answers; becomes the answer. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer, message: string) {
    super(message);
    this.name = 'Refusal';
    this.answer = answer;
  }
}

/** A refusal of the REST API: an array of one error, `message` before `errorCode` as its core resources write it. */
export function refusal(status: number, errorCode: string, message: string): Refusal {
  return new Refusal(json([{ message, errorCode }], status), message);
}

/** A refusal of Bulk 2.0 and of composite resources, which write `errorCode` first. */
export function codeFirst(status: number, errorCode: string, message: string): Refusal {
  return new Refusal(json([{ errorCode, message }], status), message);
}

/** 404 for a resource, an object or a record that isn't there. */
export function notFound(): Refusal {
  return codeFirst(404, 'NOT_FOUND', 'The requested resource does not exist');
}

/** A bad or ended session, whatever the reason. */
export function invalidSession(): Refusal {
  return refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
}

/** Text after the forms of Salesforce; no recording of it was found. */
export function methodNotAllowed(method: string, allowed: readonly string[]): Refusal {
  const message = `HTTP Method '${method}' not allowed. Allowed are ${allowed.join(',')}`;
  return refusal(405, 'METHOD_NOT_ALLOWED', message);
}

/** The answer to an error thrown on the way; errors that are no refusals are faults of the practice org itself. */
export function answerTo(error: unknown): Answer {
  if (error instanceof Refusal) return error.answer;
  if (error instanceof SoqlProblem) return json([{ message: error.message, errorCode: error.errorCode }], 400);
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return json([{ message: `The practice org failed: ${detail}`, errorCode: 'UNKNOWN_EXCEPTION' }], 500);
}

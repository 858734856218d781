/** Bulk 1.0, the XML API that older clients read by. */
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Fault } from '../http/fault.ts';
import { notFound } from '../http/refusal.ts';
import type { Cost } from '../rest/router.ts';
import type { Service } from '../service.ts';

export function answerBulk1(_service: Service, _call: Call, _fault: Fault | undefined, _cost: Cost): Answer {
  throw notFound();
}

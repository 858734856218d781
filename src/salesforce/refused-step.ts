/** Which refusals leave the next simpler way open, for steps that a read can do without. */
import type { FaultName } from './faults.ts';
import { faultOf } from './faults.ts';
import { FaultError } from './refusal.ts';

/** Faults that have a remedy of their own, or that any other request would meet as well. */
const OWN_REMEDY: ReadonlySet<FaultName> = new Set([
  'unreachable',
  'proxy_refused',
  'host_unknown',
  'tls_refused',
  'body_cut',
  'host_not_allowed',
  'query_timeout',
  'bulk_quota',
  'rate_concurrent',
]);

/**
 * True where the org refused a step that is optional (a Bulk job, an order, a derived condition, the list of deletions): the
 * caller then takes the next simpler way, says so in a WARN, and loses no row by it. It is decided by what can't be done
 * about the refusal and not by its code, because Salesforce gives the same refusal under many codes and in many languages.
 * Whatever stops the whole sync (login, allowance) and whatever time mends is no such refusal.
 */
export function isStepRefused(error: unknown): error is FaultError {
  if (!(error instanceof FaultError) || error.stopsSync) return false;
  const fault = faultOf(error);
  return fault !== undefined && !OWN_REMEDY.has(fault);
}

/** A failure as the protocol's error trace. */
import type { ModstampError } from '../errors.ts';
import type { StreamDescriptor, TraceError } from './protocol.ts';

/**
 * The user's sentence, our own words and, only where the fault is ours, the stack with those of its causes; a stack
 * beside a wrong password helps nobody. `stream` names the stream that failed.
 */
export function traceOf(error: ModstampError, stream?: StreamDescriptor): TraceError {
  return {
    message: error.message,
    failure_type: error.failureType,
    ...(error.internal === undefined ? {} : { internal_message: error.internal }),
    ...(error.failureType === 'system_error' ? { stack_trace: stackOf(error) } : {}),
    ...(stream === undefined ? {} : { stream_descriptor: stream }),
  };
}

function stackOf(error: Error): string {
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${stack}\nCaused by: ${stackOf(error.cause)}` : stack;
}

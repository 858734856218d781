/** Waits and tries again, as long as the fault's budget lasts, and says so while it waits. */
import type { ApiRequest } from './connection.ts';
import { faultOf, type FaultName, type Remedy } from './faults.ts';
import { FaultError } from './refusal.ts';

/** How long each kind of trouble is borne, counted from the start of a request. */
export interface RetryBudgets {
  /** A host that can't be reached, or that breaks off. */
  readonly hostMs: number;
  /** A host name that can't be resolved. */
  readonly nameMs: number;
  /** 5xx and its kin, too many requests at the same time. */
  readonly serverMs: number;
  /** A session that is refused right after its login. */
  readonly freshSessionMs: number;
  /** Tries of what may fail always. */
  readonly fewTries: number;
  /** Until an answer begins: longer than the two minutes that Salesforce gives a query. */
  readonly answerMs: number;
  /** Between two pieces of a body. */
  readonly bodySilentMs: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** How often a wait is reported. */
  readonly reportMs: number;
}

export interface Wait {
  readonly purpose: string;
  /** What the last try met; undefined where an answer only takes its time. */
  readonly fault: FaultName | undefined;
  readonly waitedMs: number;
  /** 0 where a try is under way. */
  readonly nextTryMs: number;
  /** The same in a sentence, for the log. */
  readonly text: string;
}

const MINUTE_MS = 60_000;

/** check and discover have a user waiting: two minutes, and a mistyped host name is told sooner. A read is patient. */
export function retryBudgetsOf(mode: 'probe' | 'read', overrides: Partial<RetryBudgets> = {}): RetryBudgets {
  const shared = {
    fewTries: 5,
    freshSessionMs: MINUTE_MS,
    bodySilentMs: MINUTE_MS,
    firstWaitMs: 500,
    longestWaitMs: 30_000,
    reportMs: 20_000,
  };
  const probe = { hostMs: 2 * MINUTE_MS, nameMs: 10_000, serverMs: 2 * MINUTE_MS, answerMs: MINUTE_MS };
  const read = { hostMs: 3 * MINUTE_MS, nameMs: 3 * MINUTE_MS, serverMs: 15 * MINUTE_MS, answerMs: 150_000 };
  return { ...shared, ...(mode === 'probe' ? probe : read), ...overrides };
}

/**
 * Makes wrappers that share one memory of whether the org answers at all. A wrapped `send` throws the last fault when its
 * budget, the request's `maxAttempts` or the remedy says so; a fault that outlived its budget while nothing else got
 * through either stops the whole sync. Aborting ends a wait at once and throws the signal's reason.
 */
export function createRetries(budgets: RetryBudgets, onWait: (wait: Wait) => void = () => {}) {
  const org: OrgMemory = { lastAnswerMs: -Infinity };
  const report = createWaitReporter(budgets.reportMs, onWait);
  return function withRetries<R extends ApiRequest, A>(send: (request: R) => Promise<A>): (request: R) => Promise<A> {
    return async (request) => {
      const watch = watchRequest(request.purpose, budgets.reportMs, report);
      try {
        return await sendUntilDone(request, () => send(request), { budgets, org, watch });
      } finally {
        watch.end();
      }
    };
  };
}

/** What the requests to one org know of each other. */
interface OrgMemory {
  lastAnswerMs: number;
}

/** Returns what `send` brings in the end; `watch` is told of each wait. */
async function sendUntilDone<A>(
  request: ApiRequest,
  send: () => Promise<A>,
  { budgets, org, watch }: { readonly budgets: RetryBudgets; readonly org: OrgMemory; readonly watch: Watch },
): Promise<A> {
  const startedMs = performance.now();
  let failedMs: number | undefined;
  for (let tries = 1; ; tries++) {
    request.signal.throwIfAborted();
    try {
      const answer = await send();
      org.lastAnswerMs = performance.now();
      return answer;
    } catch (thrown) {
      request.signal.throwIfAborted();
      if (!(thrown instanceof FaultError)) throw thrown;
      failedMs ??= performance.now();
      const spentMs = performance.now() - startedMs;
      const waitMs = nextWaitMs(thrown, tries, spentMs, budgets);
      if (waitMs === undefined) throw whenGivenUp(thrown, tries, spentMs, org.lastAnswerMs < failedMs);
      if (tries >= (request.maxAttempts ?? Infinity)) throw thrown;
      watch.waiting(thrown, waitMs);
      await pause(waitMs, request.signal);
      watch.asking();
    }
  }
}

/** In an outage all requests wait; one of them speaks for all, every `reportMs`. */
function createWaitReporter(reportMs: number, onWait: (wait: Wait) => void): (wait: Wait) => void {
  let lastReportMs = -Infinity;
  return (wait) => {
    if (performance.now() - lastReportMs < reportMs * 0.9) return;
    lastReportMs = performance.now();
    onWait(wait);
  };
}

/** The wait before the next try, or undefined where there is none: no remedy by waiting, or the budget is spent. */
function nextWaitMs(fault: FaultError, tries: number, spentMs: number, budgets: RetryBudgets): number | undefined {
  const budgetMs = budgetOf(fault.remedy, tries, budgets);
  const leftMs = budgetMs - spentMs;
  const floorMs = fault.retryAfterMs ?? 0;
  if (leftMs <= 0 || floorMs > leftMs) return undefined;
  const ceilingMs = Math.min(budgets.longestWaitMs, budgets.firstWaitMs * 2 ** (tries - 1));
  // Half fixed, half random: many clients that met the same outage don't come back in step.
  const backoffMs = ceilingMs / 2 + (Math.random() * ceilingMs) / 2;
  return Math.max(floorMs, Math.min(backoffMs, leftMs));
}

function budgetOf(remedy: Remedy, tries: number, budgets: RetryBudgets): number {
  switch (remedy) {
    case 'wait for the host':
      return budgets.hostMs;
    case 'wait for the name':
      return budgets.nameMs;
    case 'wait for the server':
      return budgets.serverMs;
    case 'try a few times':
      return tries < budgets.fewTries ? budgets.serverMs : 0;
    case 'log in again':
    case 'fail the stream':
    case 'stop the sync':
      return 0;
    default:
      return remedy satisfies never;
  }
}

/** The fault that is thrown in the end, with what was tried; it stops the sync where it was an outage, not one request's. */
function whenGivenUp(fault: FaultError, tries: number, spentMs: number, isOutage: boolean): FaultError {
  if (!fault.remedy.startsWith('wait')) return fault;
  return fault.after(`Tried ${tries} times in ${Math.round(spentMs / 1000)} s.`, isOutage);
}

interface Watch {
  waiting(fault: FaultError, waitMs: number): void;
  asking(): void;
  end(): void;
}

/** Reports every `reportMs` what a request is at, be it the pause before a try or an answer that takes its time. */
function watchRequest(purpose: string, reportMs: number, report: (wait: Wait) => void): Watch {
  const startedMs = performance.now();
  let pausing: { readonly fault: FaultError; readonly nextTryAtMs: number } | undefined;
  const timer = setInterval(() => {
    const waitedMs = performance.now() - startedMs;
    const nextTryMs = Math.max(0, (pausing?.nextTryAtMs ?? 0) - performance.now());
    report(describeWait(purpose, pausing?.fault, waitedMs, nextTryMs));
  }, reportMs);
  return {
    waiting(fault, waitMs) {
      pausing = { fault, nextTryAtMs: performance.now() + waitMs };
    },
    asking() {
      pausing = undefined;
    },
    end: () => clearInterval(timer),
  };
}

function describeWait(purpose: string, error: FaultError | undefined, waitedMs: number, nextTryMs: number): Wait {
  const fault = faultOf(error);
  const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
  const how = error === undefined ? 'no answer yet' : `${fault}, next try in ${seconds(nextTryMs)}. ${error.internal}`;
  return { purpose, fault, waitedMs, nextTryMs, text: `Waiting to ${purpose} for ${seconds(waitedMs)}: ${how}` };
}

/** Sleeps; an abort ends it at once and throws the signal's reason. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

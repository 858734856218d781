/** Makes the connection: logs in, settles the API version with the org, and stacks the HTTP behaviours. */
import type { Credentials } from '../config/credentials.ts';
import { ModstampError } from '../errors.ts';
import { withJsonAnswers, withRefusals, withWholeBody } from './answer.ts';
import { settleVersion } from './api-version.ts';
import { startClock } from './clock.ts';
import type { ApiRequest, Connection } from './connection.ts';
import { createAllowedHosts } from './allowed-hosts.ts';
import { createHold } from '../process/hold.ts';
import { withGrace } from './grace.ts';
import { withInflation } from './inflate.ts';
import { createLogin, loginOriginOf } from './login.ts';
import { withLostJobs } from './lost-job.ts';
import { startUsage } from './usage.ts';
import { retryBudgetsOf, createRetries, type RetryBudgets, type Wait } from './retry.ts';
import { makeFault } from './refusal.ts';
import { openSession, withSession, type Grant, type Session } from './session.ts';
import { openWire, type Send, type WireRequest } from './wire.ts';

export interface ConnectOptions {
  readonly credentials: Credentials;
  readonly isSandbox: boolean;
  /** Origin; undefined means login. or test.salesforce.com. */
  readonly loginUrl: string | undefined;
  /** What the user asks for, e.g. "58.0". */
  readonly apiVersion: string;
  /** A probe gives up soon (check, discover), a read is patient. */
  readonly mode: 'probe' | 'read';
  /** Ends everything: logins, waits, requests. */
  readonly signal: AbortSignal;
  /** A refresh token took the place of the configured one, which is void from now on. */
  readonly onRefreshToken: (token: string) => Promise<void>;
  /** Given each login and the handing out of its token: a process that is stopped should wait for it. */
  readonly hold?: ((work: Promise<unknown>) => void) | undefined;
  readonly onWait?: (wait: Wait) => void;
  readonly onNotice?: (level: 'WARN' | 'INFO', text: string) => void;
  readonly budgets?: Partial<RetryBudgets>;
  /** Connections to one host at the same time. Salesforce counts only requests of 20 s and more (25 of them). */
  readonly connections?: number;
}

/**
 * More than streams may be in flight (50): each may hold the body of its next page, unread, while it asks for another.
 * Connections are opened only as they are needed.
 */
const CONNECTIONS = 64;
const NO_DATE =
  "The org's answers have no Date header, so increments are bounded by the clock of this machine: keep it exact, since rows are missed where it is ahead of the org's by more than lookback_window.";
/** Tells the org's event logs who calls (REST API guide, "Call Options Header"). */
const CALLER = {
  'user-agent': `modstamp/${process.env['MODSTAMP_VERSION'] ?? 'dev'}`,
  'sforce-call-options': 'client=modstamp',
};

/**
 * Logs in and settles the API version: the one asked for where the org offers it, the newest with a WARN where it is too
 * new. Throws `login_refused`, `version_gone`, `unreachable` and their like, each with its sentence. The caller closes the
 * connection; when this throws, it is closed already.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const budgets = retryBudgetsOf(options.mode, options.budgets);
  const connections = options.connections ?? CONNECTIONS;
  const wire = openWire({ connections, answerMs: budgets.answerMs, bodySilentMs: budgets.bodySilentMs });
  const clock = startClock();
  const usageCounter = startUsage();
  const allowedHosts = createAllowedHosts();
  const held = createHold();
  const close = async () => {
    await held.settled();
    await wire.close();
  };
  const withRetries = createRetries(budgets, options.onWait);
  const send = withRefusals(
    withInflation(allowedHosts.wrap(withCaller(clock.wrap(usageCounter.wrap(wire.send))))),
    options.isSandbox,
  );
  try {
    const loginOrigin = allowedHosts.allow(loginOriginOf(options.loginUrl, options.isSandbox));
    const sendLogin = withRetries(
      withJsonAnswers(withGrace(withWholeBody(send), held.hold), () => new URL(loginOrigin).host),
    );
    const logIn = createLogin({ ...options, loginOrigin, send: sendLogin, now: clock.now });
    // With the handing out of a token that it brings.
    const login = () => {
      const work = logIn();
      options.hold?.(work);
      return work;
    };
    const session = openSession(watchOrg(login, allowedHosts.allow, options));
    const open = withSession(send, session, budgets);
    const sendCall = withJsonAnswers(
      withGrace(withWholeBody(open), held.hold),
      () => new URL(instanceOf(session)).host,
    );
    const call = withRetries(withLostJobs(sendCall, (text) => options.onNotice?.('WARN', text)));
    const { organizationId } = await session.grant(options.signal);
    const { apiVersion, warning } = await settleVersion(call, options.apiVersion, options.signal);
    if (warning !== undefined) options.onNotice?.('WARN', warning);
    if (!clock.isTold()) options.onNotice?.('WARN', NO_DATE);
    return {
      call,
      open: withRetries(open),
      openFor: (request, begin) => withRetries(async (request: ApiRequest) => begin(await open(request)))(request),
      apiVersion,
      organizationId,
      instanceUrl: () => instanceOf(session),
      now: clock.now,
      usage: usageCounter.usage,
      countBulkJob: usageCounter.countBulkJob,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function withCaller(send: Send<WireRequest>): Send<WireRequest> {
  return (request) => send({ ...request, headers: { ...CALLER, ...request.headers } });
}

/** Admits each login's instance, and stops where a later login leads to another org than the first. */
function watchOrg(
  login: () => Promise<Grant>,
  allow: (url: string) => string,
  options: ConnectOptions,
): () => Promise<Grant> {
  let first: Grant | undefined;
  return async () => {
    const grant = await login();
    allow(grant.instanceUrl);
    first ??= grant;
    if (isOtherOrg(grant.organizationId, first.organizationId)) {
      const message = `${first.organizationId} became ${grant.organizationId}`;
      throw makeFault('org_changed', { purpose: 'log in again', message });
    }
    if (grant.instanceUrl !== first.instanceUrl) {
      options.onNotice?.(
        'INFO',
        `The org moved from ${first.instanceUrl} to ${grant.instanceUrl}; the run goes on there.`,
      );
      first = grant;
    }
    return grant;
  };
}

/** True for two different orgs; an Id has 15 or 18 characters, and none where a login did not tell. */
function isOtherOrg(one: string, other: string): boolean {
  return one !== '' && other !== '' && one.slice(0, 15) !== other.slice(0, 15);
}

function instanceOf(session: Session): string {
  const grant = session.current();
  if (grant !== undefined) return grant.instanceUrl;
  throw new ModstampError('The connection was used before it was made.', { failureType: 'system_error' });
}

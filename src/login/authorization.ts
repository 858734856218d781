/** OAuth's web server flow: out to the browser, back by callback or by a pasted address, and on to the refresh token. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ModstampError } from '../errors.ts';
import { isJsonObject } from '../json/value.ts';
import { proxiesOf } from '../salesforce/proxy.ts';
import { authorizationRefused, noAnswerCame, type Attempt } from './authorization-refusal.ts';
import { listenForCallback, type CallbackPage } from './callback-listener.ts';
import { readCallback, readPastedAddress, type CallbackAnswer } from './callback.ts';
import type { startWebServerFlow, WebServerFlow } from './oauth2.ts';

export interface AuthorizationOptions {
  readonly clientId: string;
  /** Undefined for an app that asks for none. */
  readonly clientSecret: string | undefined;
  readonly loginOrigin: string;
  readonly port: number;
  /** How long the browser has. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Shows the address to the user, or opens it; awaited before anything is waited for. */
  readonly present: (authorizeUrl: string, callbackUrl: string) => Promise<void>;
  /** Lines that the user pastes, from a browser that can't reach this machine. */
  readonly pastedLines: AsyncIterable<string>;
  /** Tells the user what was wrong with an answer that ends nothing. */
  readonly onStray: (text: string) => void;
}

export interface Authorization {
  readonly refreshToken: string;
  /** Origin of the org: its My Domain. */
  readonly instanceUrl: string;
}

/** A login host answers in a second, or is down. */
const EXCHANGE_MS = 60_000;
const SCOPE = 'api refresh_token';
/** The user is asked for again: a session that the browser still holds may be of another org. */
const PROMPT = 'login';
const STRAY = {
  other_state: 'That answer belongs to another attempt to log in, and was passed over; use the page of this one.',
  no_answer: 'That holds neither a code nor an error; paste the complete address at which the browser ended.',
} as const;

/**
 * Lets a user authorise the app in a browser. Throws config_error with a sentence for each refusal, where no answer comes
 * in time, and where the port is taken; transient_error where the login host can't be reached; the reason of the signal.
 */
export async function authorize(options: AuthorizationOptions): Promise<Authorization> {
  const { clientId, clientSecret, loginOrigin } = options;
  const state = randomBytes(16).toString('hex');
  const answers = collectAnswers(options.onStray);
  const listener = await listenForCallback(options.port, (query) => answers.take(readCallback(query, state)));
  const attempt = { loginOrigin, callbackUrl: listener.url };
  try {
    const { startWebServerFlow } = await loadOAuth2();
    const flow = startWebServerFlow(
      {
        clientId,
        clientSecret,
        loginOrigin,
        redirectUri: listener.url,
        proxy: proxyTo(loginOrigin),
        timeoutMs: EXCHANGE_MS,
      },
      { scope: SCOPE, prompt: PROMPT, state },
    );
    void takePastedLines(options.pastedLines, (line) => answers.take(readPastedAddress(line, state)));
    await options.present(flow.authorizeUrl, listener.url);
    const code = await waitForCode(answers, attempt, options);
    return await exchange(flow, code, attempt);
  } finally {
    listener.close();
  }
}

/** Plain http is for loopback hosts, which no proxy reaches. */
function proxyTo(origin: string): string | undefined {
  return origin.startsWith('https:') ? proxiesOf(process.env)?.httpsProxy : undefined;
}

/** A copy of main.js without the file beside it does all but log in. */
function loadOAuth2(): Promise<{ startWebServerFlow: typeof startWebServerFlow }> {
  return import('./oauth2.ts').catch((cause: unknown) => {
    throw new ModstampError('modstamp login needs the file login.js beside main.js: install the package again.', {
      failureType: 'system_error',
      cause,
    });
  });
}

interface Answers {
  /** Takes an answer from wherever; returns what a browser shows for it. */
  take(answer: CallbackAnswer): CallbackPage;
  /** The first answer that ends the attempt. */
  readonly final: Promise<Exclude<CallbackAnswer, { kind: 'stray' }>>;
  /** True once an answer with another state came. */
  strayState(): boolean;
}

function collectAnswers(onStray: (text: string) => void): Answers {
  let stray = false;
  let end: (answer: Exclude<CallbackAnswer, { kind: 'stray' }>) => void = () => {};
  const final = new Promise<Exclude<CallbackAnswer, { kind: 'stray' }>>((resolve) => {
    end = resolve;
  });
  const take = (answer: CallbackAnswer): CallbackPage => {
    if (answer.kind === 'stray') {
      stray ||= answer.reason === 'other_state';
      onStray(STRAY[answer.reason]);
      return { status: 400, text: STRAY[answer.reason] };
    }
    end(answer);
    if (answer.kind === 'code') {
      return {
        status: 200,
        text: 'Modstamp has the answer; the terminal says how it goes on. You may close this page.',
      };
    }
    return { status: 200, text: `The login was refused (${answer.error}); the terminal says what to do.` };
  };
  return { take, final, strayState: () => stray };
}

async function takePastedLines(lines: AsyncIterable<string>, take: (line: string) => unknown): Promise<void> {
  for await (const line of lines) if (line.trim() !== '') take(line);
}

async function waitForCode(
  answers: Answers,
  attempt: Attempt,
  { timeoutMs, signal }: AuthorizationOptions,
): Promise<string> {
  const ended = new AbortController();
  const limit = delay(timeoutMs, undefined, { signal: AbortSignal.any([signal, ended.signal]) });
  try {
    const answer = await Promise.race([answers.final, limit.catch(() => undefined)]);
    signal.throwIfAborted();
    if (answer === undefined) throw noAnswerCame(timeoutMs, answers.strayState(), attempt);
    if (answer.kind === 'refused') throw authorizationRefused(answer.error, answer.description, attempt);
    return answer.code;
  } finally {
    ended.abort();
  }
}

async function exchange(flow: WebServerFlow, code: string, attempt: Attempt): Promise<Authorization> {
  const answer = await flow.exchange(code).catch((cause: unknown) => {
    throw exchangeFailed(cause, attempt);
  });
  const { refresh_token: refreshToken, instance_url: instanceUrl, access_token: accessToken } = membersOf(answer);
  if (typeof accessToken !== 'string' || typeof instanceUrl !== 'string' || !URL.canParse(instanceUrl)) {
    throw new ModstampError(
      `${attempt.loginOrigin} gave no token for the code, but something else: check --login-url, and that no proxy answers in its place.`,
      { failureType: 'config_error' },
    );
  }
  if (typeof refreshToken !== 'string' || refreshToken === '') {
    throw new ModstampError(
      'Salesforce gave no refresh token: give the app the scope "Perform requests at any time (refresh_token, offline_access)", and log in again.',
      { failureType: 'config_error' },
    );
  }
  return { refreshToken, instanceUrl: new URL(instanceUrl).origin };
}

function membersOf(answer: unknown): Readonly<Record<string, unknown>> {
  return isJsonObject(answer) ? answer : {};
}

/** The library names its errors after Salesforce's, after the status of an answer without JSON, or after its own kinds. */
function exchangeFailed(cause: unknown, attempt: Attempt): ModstampError {
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  if (/^[a-z_]+$/.test(name) || name.startsWith('OAUTH_')) return authorizationRefused(name, message, attempt);
  return new ModstampError(
    `${attempt.loginOrigin} did not exchange the code for a token (${/^ERROR_HTTP_\d+$/.test(name) ? name.replace('ERROR_HTTP_', 'status ') : message}): check --login-url, the network and the proxy, and log in again.`,
    { failureType: 'transient_error', cause },
  );
}

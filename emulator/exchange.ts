/** One request and its answer: faults, latency, the way to whoever answers, the log. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerBulk1 } from './bulk1/router.ts';
import { answerControl } from './control/door.ts';
import { bodyText, JSON_TYPE, piece, text, type Answer } from './http/answer.ts';
import { readCall, type Call } from './http/call.ts';
import { chooseEncoding } from './http/compression.ts';
import { scriptedAnswer, type Fault } from './http/fault.ts';
import { parseJson } from './http/json-body.ts';
import { prettyJson } from './http/pretty-json.ts';
import { answerTo, notFound } from './http/refusal.ts';
import { commonHeaders, transmit } from './http/transmission.ts';
import { authorizePage } from './login/authorize.ts';
import { answerIdentity, answerUserinfo } from './login/identity.ts';
import { tokenOf } from './login/session.ts';
import { answerSoap } from './login/soap.ts';
import { answerIntrospect, answerRevoke, answerToken } from './login/token.ts';
import { answerData, type Cost } from './rest/router.ts';
import { subrequestUrls } from './rest/subrequest.ts';
import type { Service } from './service.ts';

/** Longest request line, and longest request line with headers (REST guide, status codes 414 and 431). */
const MAX_TARGET_BYTES = 16_384;

/** Answers one request. Never rejects: what goes wrong becomes an answer or a closed connection. */
export async function exchange(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
  ownOrigin: string,
): Promise<void> {
  const atMs = service.org.now();
  try {
    const call = await readCall(request, ownOrigin);
    if (call.path.startsWith('/_control/')) {
      await transmit(response, await answerControl(service, call), 'identity', undefined);
    } else {
      await serve(service, call, request.url ?? '', response, atMs);
    }
  } catch {
    // The client left while it was sending or receiving, or sent more than any request may hold.
    response.destroy();
  }
}

async function serve(service: Service, call: Call, url: string, response: ServerResponse, atMs: number): Promise<void> {
  const fault = service.faults.strike(call.method, targetsOf(call));
  const cost: Cost = { calls: 0 };
  if (fault?.reset) {
    response.socket?.resetAndDestroy();
    log(service, call, { status: 0, bytes: 0, calls: 0, atMs });
    return;
  }
  await pause(service.settings.latencyMs + (fault?.delayMs ?? 0), response);
  if (fault?.expireSession) service.sessions.end(tokenOf(call.headers));
  const answer = forReading(call, await decide(service, call, url, fault, cost));
  const headers = {
    ...commonHeaders(service.org.now()),
    ...limitInfo(service, call, answer),
    ...answer.headers,
    ...fault?.headers,
  };
  const encoding = service.settings.gzip ? chooseEncoding(call.headers['accept-encoding']) : 'identity';
  const bytes = await transmit(response, { ...answer, headers }, encoding, fault);
  log(service, call, { status: answer.status, bytes, calls: cost.calls, atMs });
}

/** What a client asks for that shows answers to people (recorded form). */
function forReading(call: Call, answer: Answer): Answer {
  const asked = /^(?:1|true)$/i.test(call.headers['x-prettyprint'] ?? '');
  const isJson = answer.headers['Content-Type'] === JSON_TYPE && !('open' in answer.body);
  return asked && isJson ? { ...answer, body: [piece(prettyJson(bodyText(answer)))] } : answer;
}

async function decide(
  service: Service,
  call: Call,
  url: string,
  fault: Fault | undefined,
  cost: Cost,
): Promise<Answer> {
  const scripted = fault && scriptedAnswer(fault);
  if (scripted) {
    if (reachesApi(call, scripted.status)) {
      service.usage.count(1);
      cost.calls = 1;
    }
    return scripted;
  }
  if (url.length > MAX_TARGET_BYTES) return edgePage(414, 'URI Too Long');
  const headerBytes = Object.entries(call.headers).reduce(
    (sum, [name, value]) => sum + name.length + value.length + 4,
    0,
  );
  if (url.length + headerBytes > MAX_TARGET_BYTES) return edgePage(431, 'Request Header Fields Too Large');
  try {
    return await route(service, call, fault, cost);
  } catch (error) {
    return answerTo(error);
  }
}

function route(service: Service, call: Call, fault: Fault | undefined, cost: Cost): Answer | Promise<Answer> {
  const { path } = call;
  if (path.startsWith('/services/data')) return answerData(service, call, fault, cost);
  if (path.startsWith('/services/async/')) return answerBulk1(service, call, fault, cost);
  if (path === '/services/oauth2/token') return answerToken(service, call);
  if (path === '/services/oauth2/revoke') return answerRevoke(service, call);
  if (path === '/services/oauth2/introspect') return answerIntrospect(service, call);
  if (path === '/services/oauth2/userinfo') return answerUserinfo(service, call);
  if (path.startsWith('/services/Soap/')) return answerSoap(service, call);
  if (path.startsWith('/id/')) return answerIdentity(service, call);
  const page = authorizePage(path);
  if (page) return page(service, call);
  throw notFound();
}

/** Forms of a request that a fault's pattern may mean: for a new Bulk job its query, too. */
function targetsOf(call: Call): string[] {
  if (call.method !== 'POST' || !call.path.endsWith('/jobs/query')) return [call.target];
  const query = parseJson(call.body)?.['query'];
  return typeof query === 'string' ? [call.target, `${call.target}?q=${query}`] : [call.target];
}

/** A scripted refusal of the edge or of the session costs no call, one of the API itself does. */
function reachesApi(call: Call, status: number): boolean {
  const refusedBefore = [401, 403, 414, 420, 429, 431].includes(status) || status >= 500;
  return isCounted(call) && !refusedBefore;
}

function isCounted(call: Call): boolean {
  return /^\/services\/(?:data\/v|async\/)/.test(call.path);
}

/** On every answer of the API itself; not on the list of versions, a refused session, or a page of the edge. */
function limitInfo(service: Service, call: Call, { status }: Answer): Readonly<Record<string, string>> {
  return isCounted(call) && status !== 401 && status < 500 && status !== 420 ? service.usage.header() : {};
}

/** Jetty's page (recorded for 414). */
function edgePage(status: number, reason: string): Answer {
  return text(`<h1>Bad Message ${status}</h1><pre>reason: ${reason}</pre>`, 'text/html;charset=iso-8859-1', status);
}

async function pause(delayMs: number, response: ServerResponse): Promise<void> {
  if (delayMs <= 0) return;
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  try {
    await sleep(delayMs, undefined, { signal: gone.signal });
  } finally {
    response.off('close', leave);
  }
}

function log(
  service: Service,
  call: Call,
  ended: { status: number; bytes: number; calls: number; atMs: number },
): void {
  const mark = call.target.indexOf('?');
  const subrequests = /\/composite(?:\/batch)?$/.test(call.path) ? { subrequests: subrequestUrls(call.body) } : {};
  const query = mark < 0 ? '' : call.target.slice(mark + 1);
  service.journal.add({
    method: call.method,
    path: call.path,
    query,
    ...ended,
    counted: ended.calls > 0,
    ...subrequests,
  });
}

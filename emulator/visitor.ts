/** A bare client of the practice org for its own tests: it logs in, asks, and retries nothing. */
import type { PracticeOrg, PracticeOrgOptions, Value } from './model.ts';
import { startPracticeOrg, type ServerOptions } from './server.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where the body is JSON; else undefined. */
  // oxlint-disable-next-line typescript/no-explicit-any -- bodies of every shape, which the tests assert on
  readonly body: any;
}

export interface Visitor {
  readonly url: string;
  readonly org: PracticeOrg;
  /** Any request, with the session unless `headers` name another. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** GET below `/services/data/v58.0`. */
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  query(soql: string, headers?: Record<string, string>): Promise<Reply>;
  queryAll(soql: string): Promise<Reply>;
  /** POST to the control door. */
  control(path: string, body: unknown): Promise<Reply>;
  insert(sobject: string, ...rows: Record<string, Value>[]): string[];
  logIn(): Promise<void>;
  close(): Promise<void>;
}

export const refreshForm = {
  grant_type: 'refresh_token',
  client_id: 'practice-client',
  client_secret: 'practice-secret',
  refresh_token: 'practice-refresh-token',
};

/** Starts an org of its own and logs in. */
export async function visit(options: Partial<PracticeOrgOptions & ServerOptions> = {}): Promise<Visitor> {
  const { url, org, close } = await startPracticeOrg({ rows: 0, seed: 1, ...options });
  let token = '';
  const send: Visitor['send'] = async (method, path, body, headers = {}) => {
    const authorization = token === '' ? {} : { authorization: `Bearer ${token}` };
    const content = body instanceof URLSearchParams || typeof body === 'string' ? body : JSON.stringify(body);
    const init = { method, headers: { ...authorization, ...headers }, ...(content !== undefined && { body: content }) };
    const answer = await fetch(`${url}${path}`, init);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: parsed(text) };
  };
  const visitor: Visitor = {
    url,
    org,
    send,
    close,
    get: (path, headers) => send('GET', `/services/data/v58.0${path}`, undefined, headers),
    query: (soql, headers) => visitor.get(`/query?q=${encodeURIComponent(soql)}`, headers),
    queryAll: (soql) => visitor.get(`/queryAll?q=${encodeURIComponent(soql)}`),
    control: (path, body) => send('POST', `/_control/${path}`, body),
    insert: (sobject, ...rows) => org.insert(sobject, rows),
    async logIn() {
      const { body } = await send('POST', '/services/oauth2/token', new URLSearchParams(refreshForm));
      token = body.access_token;
    },
  };
  await visitor.logIn();
  return visitor;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A bare client of the practice org for its own tests: it logs in, asks, and retries nothing. */
import type { PracticeOrg, PracticeOrgOptions, Value } from './model.ts';
import { startPracticeOrg, type ServerOptions } from './server.ts';

/** A record, an object, a field … of an answer. */
interface Item {
  readonly Id: string;
  readonly Body: string;
  readonly LastName: string;
  readonly Contacts: Body | null;
  readonly name: string;
  readonly id: string;
  readonly deletedDate: string;
  readonly resultUrl: string;
  readonly statusCode: number;
  readonly result: Body;
  readonly body: Body;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly urls: { readonly describe: string };
  readonly subrequests: readonly string[];
}

/** Members that the tests read, as they expect to find them: a body has some of them. */
interface Body {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly instance_url: string;
  readonly issued_at: string;
  readonly active: boolean;
  readonly id: string;
  readonly ids: readonly string[];
  readonly state: string;
  readonly name: string;
  readonly error: string;
  readonly errorMessage: string;
  readonly totalSize: number;
  readonly done: boolean;
  readonly nextRecordsUrl: string;
  readonly latestDateCovered: string;
  readonly numberRecordsProcessed: number;
  readonly apiCalls: number;
  readonly DailyApiRequests: { readonly Max: number; readonly Remaining: number };
  readonly records: readonly Item[];
  readonly deletedRecords: readonly Item[];
  readonly sobjects: readonly Item[];
  readonly fields: readonly Item[];
  readonly childRelationships: readonly Item[];
  readonly plans: readonly Item[];
  readonly resultPages: readonly Item[];
  readonly results: readonly Item[];
  readonly compositeResponse: readonly Item[];
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where it is JSON, else undefined in disguise: a test that reads members of it fails. */
  readonly body: Body;
  /** The body where it is an array, else empty. */
  readonly list: readonly Item[];
  /** The first of an array of errors, which is how the service refuses. */
  readonly refusal: { readonly errorCode: string; readonly message: string } | undefined;
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

/** The form of a refresh-token login that succeeds. */
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
    const found = parsed(text);
    const list = Array.isArray(found) ? found : [];
    return { status: answer.status, headers: answer.headers, text, body: found as Body, list, refusal: list[0] };
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

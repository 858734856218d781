/** Authorizations under way: what an app asked for, whether its user has logged in, and the code that was given. */
import { randomBytes } from 'node:crypto';

export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string | null;
  /** Empty: all that the app may have. */
  readonly scopes: readonly string[];
  /** base64url(SHA-256(verifier)); null where none was sent. */
  readonly challenge: string | null;
}

/** A code lives so long (Help, "OAuth 2.0 Web Server Flow"). */
const CODE_LIFE_MS = 15 * 60_000;

/** The authorizations of one org. */
export class AuthorizationBook {
  readonly #requests = new Map<string, AuthorizationRequest>();
  readonly #browsers = new Set<string>();
  readonly #codes = new Map<string, { readonly request: AuthorizationRequest; readonly givenMs: number }>();

  /** Keeps a request; gives the `source` that the pages carry on. */
  begin(request: AuthorizationRequest): string {
    const source = token(24);
    this.#requests.set(source, request);
    return source;
  }

  find(source: string | null): AuthorizationRequest | undefined {
    return this.#requests.get(source ?? '');
  }

  /** A browser whose user has logged in; gives its `sid`. */
  admit(): string {
    const sid = token(32);
    this.#browsers.add(sid);
    return sid;
  }

  isAdmitted(sid: string | undefined): boolean {
    return this.#browsers.has(sid ?? '');
  }

  /** Ends a request; gives the code for it. Salesforce's codes end in equals signs. */
  approve(source: string, request: AuthorizationRequest, nowMs: number): string {
    this.#requests.delete(source);
    const code = `aPrx${token(60)}==`;
    this.#codes.set(code, { request, givenMs: nowMs });
    return code;
  }

  /** The request that a code stands for, once: a second time the code counts as expired, as on the service. */
  redeem(code: string, nowMs: number): AuthorizationRequest | 'expired' | 'unknown' {
    const given = this.#codes.get(code);
    if (given === undefined) return 'unknown';
    if (nowMs - given.givenMs > CODE_LIFE_MS) return 'expired';
    this.#codes.set(code, { ...given, givenMs: Number.NEGATIVE_INFINITY });
    return given.request;
  }
}

function token(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

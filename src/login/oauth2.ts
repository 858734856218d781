/**
 * The web server flow as Salesforce's own library has it: authorize URL, proof key, exchange of the code. It is a quarter
 * as large as the rest of the program, so the build makes a file of its own of it, which only `modstamp login` loads.
 */
import { OAuth2 } from '@jsforce/jsforce-node/lib/oauth2.js';
import { setDefaults } from '@jsforce/jsforce-node/lib/request.js';

export interface OAuth2Options {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly loginOrigin: string;
  readonly redirectUri: string;
  /** URL of the proxy to the login host; undefined for none. */
  readonly proxy: string | undefined;
  /** For the exchange. */
  readonly timeoutMs: number;
}

export interface WebServerFlow {
  /** What the browser opens. */
  readonly authorizeUrl: string;
  /** Exchanges the code; what the token endpoint answers, or an Error with its error as `name`, its description as `message`. */
  readonly exchange: (code: string) => Promise<unknown>;
}

/** RFC 7636 allows 43 to 128 characters; the library makes 171, which Salesforce takes, and other login hosts may not. */
const LONGEST_VERIFIER = 128;

/** Begins a web server flow with a proof key of its own. */
export function startWebServerFlow(options: OAuth2Options, params: Readonly<Record<string, string>>): WebServerFlow {
  const { clientId, clientSecret, loginOrigin: loginUrl, redirectUri, proxy, timeoutMs: timeout } = options;
  // A redirect would carry the code and the secret to a host that nobody named.
  setDefaults({ timeout, followRedirect: false, ...(proxy !== undefined && { httpProxy: proxy }) });
  const secret = clientSecret === undefined ? {} : { clientSecret };
  const oauth2 = new OAuth2({ clientId, ...secret, loginUrl, redirectUri, useVerifier: true });
  oauth2.codeVerifier = oauth2.codeVerifier?.slice(0, LONGEST_VERIFIER) ?? null;
  return {
    authorizeUrl: oauth2.getAuthorizationUrl({ ...params, code_challenge_method: 'S256' }),
    exchange: (code) => oauth2.requestToken(code),
  };
}

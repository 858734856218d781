/** The four OAuth flows at the token endpoint of the login host (Salesforce Help, "OAuth Authorization Flows"). */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Credentials } from '../config/credentials.ts';
import type { WholeAnswer } from './connection.ts';
import { isFault } from './faults.ts';
import { makeFault } from './refusal.ts';
import type { Grant } from './session.ts';
import type { WireRequest } from './wire.ts';

export interface LoginOptions {
  /** Sends to the login host; patience, refusals and the fence are in it. It throws what can't be cured. */
  readonly send: (request: WireRequest) => Promise<WholeAnswer>;
  readonly credentials: Credentials;
  readonly isSandbox: boolean;
  readonly loginOrigin: string;
  readonly signal: AbortSignal;
  /** Epoch ms by the server's clock. */
  readonly now: () => number;
  /** Saves a refresh token that took the place of the one used; awaited before the session is used. */
  readonly onRefreshToken: (token: string) => Promise<void>;
}

const PRODUCTION = 'https://login.salesforce.com';
const SANDBOX = 'https://test.salesforce.com';
/** Salesforce takes a JWT for at most a few minutes; three leave room for a clock that is off a little. */
const JWT_LIFE_MS = 3 * 60_000;
const PURPOSE = 'log in';

/** Origin of the login host: the configured one, else Salesforce's general one for production orgs or sandboxes. */
export function loginOriginOf(loginUrl: string | undefined, isSandbox: boolean): string {
  return loginUrl ?? (isSandbox ? SANDBOX : PRODUCTION);
}

/**
 * Makes the function that logs in with these credentials, any number of times; it carries a rotated refresh token on to
 * the next time. It throws `login_refused` with the remedy in its sentence, and what `send` throws.
 */
export function createLogin(options: LoginOptions): () => Promise<Grant> {
  const { credentials } = options;
  switch (credentials.authType) {
    case 'oauth':
      return refreshLogin(options, credentials);
    case 'client_credentials':
      return () => clientLogin(options, credentials);
    case 'jwt':
      return () => jwtLogin(options, credentials);
    case 'password':
      return () => passwordLogin(options, credentials);
    default:
      return credentials satisfies never;
  }
}

type CredentialsOf<T extends Credentials['authType']> = Extract<Credentials, { authType: T }>;

function refreshLogin(options: LoginOptions, credentials: CredentialsOf<'oauth'>): () => Promise<Grant> {
  let refreshToken = credentials.refreshToken;
  return async () => {
    const { clientId, clientSecret } = credentials;
    const { grant, rotatedToken } = await requestToken(options, {
      grant_type: 'refresh_token',
      client_id: clientId,
      ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
      refresh_token: refreshToken,
    });
    if (rotatedToken !== undefined && rotatedToken !== refreshToken) {
      // The one used is void from now on: if this run died before the new one is saved, the grant would be lost.
      refreshToken = rotatedToken;
      await options.onRefreshToken(rotatedToken);
    }
    return grant;
  };
}

async function clientLogin(options: LoginOptions, credentials: CredentialsOf<'client_credentials'>): Promise<Grant> {
  const { clientId, clientSecret } = credentials;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  return (await requestToken(options, form)).grant;
}

async function passwordLogin(options: LoginOptions, credentials: CredentialsOf<'password'>): Promise<Grant> {
  const { clientId, clientSecret, username, password, securityToken } = credentials;
  const form = {
    grant_type: 'password',
    client_id: clientId,
    client_secret: clientSecret,
    username,
    password: password + securityToken,
  };
  return (await requestToken(options, form)).grant;
}

/**
 * The audience is Salesforce's general login host, also for My Domain and government hosts; where an org wants its own
 * host instead (Experience sites, orgs outside salesforce.com), its refusal of the audience tells, and that is tried.
 */
async function jwtLogin(options: LoginOptions, credentials: CredentialsOf<'jwt'>): Promise<Grant> {
  const key = createPrivateKey(credentials.privateKey);
  const audience = isSandboxHost(options) ? SANDBOX : PRODUCTION;
  try {
    return await assertJwt(options, credentials, key, audience);
  } catch (error) {
    if (!isFault(error, 'audience_refused') || options.loginOrigin === audience) throw error;
    return assertJwt(options, credentials, key, options.loginOrigin);
  }
}

async function assertJwt(
  options: LoginOptions,
  { clientId, username }: CredentialsOf<'jwt'>,
  key: KeyObject,
  audience: string,
): Promise<Grant> {
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(clientId)
    .setSubject(username)
    .setAudience(audience)
    .setExpirationTime(Math.floor((options.now() + JWT_LIFE_MS) / 1000))
    .sign(key);
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  return (await requestToken(options, form)).grant;
}

function isSandboxHost({ isSandbox, loginOrigin }: LoginOptions): boolean {
  return isSandbox || loginOrigin === SANDBOX || /\.sandbox\.my\./.test(loginOrigin);
}

async function requestToken(
  { send, loginOrigin, signal }: LoginOptions,
  form: Record<string, string>,
): Promise<{ grant: Grant; rotatedToken: string | undefined }> {
  const answer = await send({
    origin: loginOrigin,
    method: 'POST',
    path: '/services/oauth2/token',
    // Many refusals of a login share a code, and only their words tell them apart.
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      'accept-language': 'en-US',
    },
    body: new URLSearchParams(form).toString(),
    purpose: PURPOSE,
    signal,
  });
  return readToken(answer);
}

/** Reads `{access_token, instance_url, id?, refresh_token?}`; `id` is https://…/id/<organization>/<user>. */
function readToken(answer: WholeAnswer): { grant: Grant; rotatedToken: string | undefined } {
  const body = parseObject(answer.bytes);
  const { access_token: accessToken, id, refresh_token: rotated } = body;
  const instanceUrl = originOf(body['instance_url']);
  // Without the identity URL the token tells: an opaque one begins with the org's Id and an exclamation mark. A token in
  // JWT form beside no identity URL leaves it unknown, which costs only the comparison with the org of the last sync.
  const organizationId =
    /\/id\/(00D\w{12,15})\//.exec(String(id))?.[1] ?? /^(00D\w{12,15})!/.exec(String(accessToken))?.[1] ?? '';
  if (typeof accessToken !== 'string' || accessToken === '' || instanceUrl === undefined) {
    // Names of members only: their values are secrets.
    const message = `token answer without access_token or instance_url; it has ${Object.keys(body).join(', ')}`;
    throw makeFault('unexpected_answer', { purpose: PURPOSE, message });
  }
  return {
    grant: { accessToken, instanceUrl, organizationId },
    rotatedToken: typeof rotated === 'string' && rotated !== '' ? rotated : undefined,
  };
}

/** The origin of an instance_url, also of one without scheme; undefined for what is none. */
function originOf(instanceUrl: unknown): string | undefined {
  if (typeof instanceUrl !== 'string') return undefined;
  const url = instanceUrl.includes('://') ? instanceUrl : `https://${instanceUrl}`;
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch {
    return {}; // the caller misses the members and says so
  }
}

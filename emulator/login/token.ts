/** The OAuth token endpoint, and revoke and introspect beside it. */
import { createHash, createHmac } from 'node:crypto';
import { empty, json, type Answer } from '../http/answer.ts';
import { isForLoginHost, type Call } from '../http/call.ts';
import { methodNotAllowed } from '../http/refusal.ts';
import type { Service } from '../service.ts';
import { isPracticeLogin, practiceApp, practiceUserId, practiceUser } from './credential.ts';
import { NO_STORE, oauthRefusal } from './oauth-refusal.ts';
import type { Session } from './session.ts';

/** `POST /services/oauth2/token`. Throws Refusal 400 with the service's error and description. */
export async function answerToken(service: Service, call: Call): Promise<Answer> {
  if (call.method !== 'POST') throw methodNotAllowed(call.method, ['POST']);
  const form = formOf(call);
  const refused = service.settings.loginRefusal;
  if (refused) throw oauthRefusal(refused.error, refused.error_description);
  const grantType = form.get('grant_type');
  if (grantType === 'refresh_token') return refresh(service, call, form);
  if (grantType === 'authorization_code') return authorizationCode(service, call, form);
  if (grantType === 'client_credentials') return clientCredentials(service, call, form);
  if (grantType === 'urn:ietf:params:oauth:grant-type:jwt-bearer') return jwtBearer(service, call, form);
  if (grantType === 'password') return password(service, call, form);
  if (grantType === null) throw oauthRefusal('invalid_request', 'grant type not specified');
  throw oauthRefusal('unsupported_grant_type', 'grant type not supported');
}

/** `POST /services/oauth2/revoke`: ends a session, or the refresh token and every session. */
export function answerRevoke(service: Service, call: Call): Answer {
  const token = formOf(call).get('token') ?? '';
  if (service.refreshGrant.judge(token) === 'current') {
    service.refreshGrant.revoke();
    service.sessions.endAll('expired');
  } else if (service.sessions.peek(token)) service.sessions.end(token);
  else throw oauthRefusal('unsupported_token_type', 'this token type is not supported');
  return empty(200);
}

/** `POST /services/oauth2/introspect` (RFC 7662). */
export function answerIntrospect(service: Service, call: Call): Answer {
  const form = formOf(call);
  checkClient(service, call, form);
  const session = service.sessions.peek(form.get('token') ?? '');
  if (!session) return json({ active: false });
  const userId = practiceUserId(service.org);
  return json({
    active: true,
    scope: 'api refresh_token',
    client_id: practiceApp.clientId,
    username: practiceUser.username,
    sub: `${call.origin}/id/${service.org.id}/${userId}`,
    token_type: 'access_token',
    iat: Math.floor(session.openedMs / 1000),
  });
}

function refresh(service: Service, call: Call, form: URLSearchParams): Answer {
  checkClient(service, call, form, 'by setting');
  const token = form.get('refresh_token') ?? '';
  const judgement = service.refreshGrant.judge(token);
  if (judgement === 'replaced') {
    service.refreshGrant.revoke();
    service.sessions.endAll('expired');
  }
  if (judgement !== 'current') throw oauthRefusal('invalid_grant', 'expired access/refresh token');
  if (!service.settings.rotateRefreshToken) {
    return granted(service, call, { scope: 'api refresh_token' });
  }
  service.sessions.endAll('rotated');
  const session = service.sessions.open(service.org.now());
  const next = refreshTokenOf(session);
  service.refreshGrant.rotate(token, next);
  return grantOf(service, call, session, { scope: 'api refresh_token', refresh_token: next });
}

/** Of a code that the authorize page gave (Help, "OAuth 2.0 Web Server Flow"), with its proof key (RFC 7636). */
function authorizationCode(service: Service, call: Call, form: URLSearchParams): Answer {
  checkClient(service, call, form, 'by setting');
  const request = service.authorizations.redeem(form.get('code') ?? '', service.org.now());
  if (request === 'unknown') throw oauthRefusal('invalid_grant', 'invalid authorization code');
  if (request === 'expired') throw oauthRefusal('invalid_grant', 'expired authorization code');
  if (form.get('redirect_uri') !== request.redirectUri) {
    throw oauthRefusal('redirect_uri_mismatch', 'redirect_uri must match configuration');
  }
  const verifier = form.get('code_verifier');
  if (request.challenge === null && verifier !== null) throw oauthRefusal('invalid_grant', 'unexpected code verifier');
  if (request.challenge !== null && challengeOf(verifier ?? '') !== request.challenge) {
    throw oauthRefusal('invalid_grant', 'invalid code verifier');
  }
  const session = service.sessions.open(service.org.now());
  const { scopes } = request;
  const scope = scopes.length > 0 ? scopes.join(' ') : 'api refresh_token';
  if (!/\b(?:refresh_token|offline_access)\b/.test(scope)) return grantOf(service, call, session, { scope });
  const refreshToken = refreshTokenOf(session);
  service.refreshGrant.issue(refreshToken);
  return grantOf(service, call, session, { refresh_token: refreshToken, scope });
}

function refreshTokenOf(session: Session): string {
  return `5Aep861${session.token.slice(-80)}`;
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function clientCredentials(service: Service, call: Call, form: URLSearchParams): Answer {
  // A My Domain is needed (Help, "OAuth 2.0 Client Credentials Flow"); the words are as clients quote them.
  if (isForLoginHost(call.headers)) throw oauthRefusal('invalid_grant', 'request not supported on this domain');
  checkClient(service, call, form);
  return granted(service, call, { scope: 'api' });
}

async function jwtBearer(service: Service, call: Call, form: URLSearchParams): Promise<Answer> {
  await service.jwtKeys.check(form.get('assertion') ?? '', call.origin, service.org.now());
  const { access_token, instance_url, id, token_type } = identify(
    service,
    call,
    service.sessions.open(service.org.now()),
  );
  return json({ access_token, scope: 'web api', instance_url, id, token_type }, 200, NO_STORE);
}

function password(service: Service, call: Call, form: URLSearchParams): Answer {
  checkClient(service, call, form);
  if (!isPracticeLogin(form.get('username') ?? '', form.get('password') ?? '')) {
    throw oauthRefusal('invalid_grant', 'authentication failure');
  }
  return granted(service, call, {});
}

function granted(service: Service, call: Call, extra: Readonly<Record<string, string>>): Answer {
  return grantOf(service, call, service.sessions.open(service.org.now()), extra);
}

function grantOf(service: Service, call: Call, session: Session, extra: Readonly<Record<string, string>>): Answer {
  return json({ ...identify(service, call, session), ...extra }, 200, NO_STORE);
}

function identify(service: Service, call: Call, session: Session) {
  const id = `${call.origin}/id/${service.org.id}/${practiceUserId(service.org)}`;
  const issued_at = String(session.openedMs);
  const signature = createHmac('sha256', practiceApp.clientSecret)
    .update(id + issued_at)
    .digest('base64');
  return {
    access_token: session.token,
    signature,
    instance_url: service.settings.instanceUrl ?? call.origin,
    id,
    token_type: 'Bearer',
    issued_at,
  };
}

/** Client id and secret from the form or from HTTP Basic. */
function checkClient(
  service: Service,
  call: Call,
  form: URLSearchParams,
  secret: 'required' | 'by setting' = 'required',
): void {
  const basic = /^Basic\s+(\S+)$/i.exec(call.headers['authorization'] ?? '')?.[1];
  const [user, ...rest] = basic === undefined ? [] : Buffer.from(basic, 'base64').toString().split(':');
  const clientId = form.get('client_id') ?? decodeURIComponent(user ?? '');
  const given = form.get('client_secret') ?? decodeURIComponent(rest.join(':'));
  if (clientId !== practiceApp.clientId) throw oauthRefusal('invalid_client_id', 'client identifier invalid');
  // A secret that is sent is checked, also where none is asked for.
  if (given === '' && secret === 'by setting' && !service.settings.requireSecret) return;
  if (given !== practiceApp.clientSecret) throw oauthRefusal('invalid_client', 'invalid client credentials');
}

function formOf(call: Call): URLSearchParams {
  const form = new URLSearchParams(call.body.toString());
  for (const [name, value] of call.query) if (!form.has(name)) form.append(name, value);
  return form;
}

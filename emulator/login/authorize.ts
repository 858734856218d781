/**
 * The front channel of OAuth's web server flow, in the browser: authorize, login form, consent, and the callback or the
 * page that a refusal ends at. The forms and their fields are named as on the service, so that a script for one does for
 * the other.
 */
import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { methodNotAllowed } from '../http/refusal.ts';
import type { Service } from '../service.ts';
import type { AuthorizationRequest } from './authorization-book.ts';
import { consentPage, errorPage, loginPage, redirect } from './authorize-page.ts';
import { practiceApp, practiceUser } from './credential.ts';

const CONSENT = '/setup/secur/RemoteAccessAuthorizationPage.apexp';
const ERROR_PAGE = '/setup/secur/RemoteAccessErrorPage.apexp';
/** What the practice app may be given. */
const SCOPES: ReadonlySet<string> = new Set(['api', 'refresh_token', 'offline_access', 'web', 'id', 'openid']);
/** Refusals that leave the browser on a page of the org: nothing is sent to a redirect URI that isn't trusted. */
const WITHOUT_CALLBACK: ReadonlySet<string> = new Set([
  'invalid_client',
  'invalid_client_id',
  'invalid_scope',
  'redirect_uri_mismatch',
]);

/** The pages of an authorization that `path` may name; undefined for another path. */
export function authorizePage(path: string): ((service: Service, call: Call) => Answer) | undefined {
  if (path === '/services/oauth2/authorize') return answerAuthorize;
  if (path === '/') return answerLogin;
  if (path === CONSENT) return answerConsent;
  return path === ERROR_PAGE ? errorPage : undefined;
}

/** `GET /services/oauth2/authorize`: checks what can be checked before anybody logs in. */
function answerAuthorize(service: Service, call: Call): Answer {
  const { query } = call;
  const redirectUri = query.get('redirect_uri') ?? '';
  const refused = service.settings.authorizeRefusal;
  if (refused && WITHOUT_CALLBACK.has(refused.error)) return refuse(refused.error, refused.error_description);
  if (query.get('client_id') !== practiceApp.clientId) return refuse('invalid_client_id', 'client identifier invalid');
  if (!service.settings.callbackUrls.includes(redirectUri)) {
    return refuse('redirect_uri_mismatch', 'redirect_uri must match configuration');
  }
  const scopes = (query.get('scope') ?? '').split(' ').filter(Boolean);
  if (scopes.some((scope) => !SCOPES.has(scope))) return refuse('invalid_scope', 'the requested scope is not allowed');
  const challenge = query.get('code_challenge');
  const request: AuthorizationRequest = { redirectUri, state: query.get('state'), scopes, challenge };
  if (query.get('response_type') !== 'code') {
    return callback(request, { error: 'unsupported_response_type', error_description: 'response type not supported' });
  }
  // Without a method the challenge is taken for S256, RFC 7636's `plain` isn't (clients send none, and work).
  const method = query.get('code_challenge_method') ?? 'S256';
  if (method !== 'S256' || (challenge === null && service.settings.requirePkce)) {
    return callback(request, { error: 'invalid_request', error_description: 'missing required code challenge' });
  }
  const startUrl = `${CONSENT}?source=${service.authorizations.begin(request)}`;
  const again = (query.get('prompt') ?? '').split(' ').includes('login');
  if (!again && service.authorizations.isAdmitted(sidOf(call))) return redirect(startUrl);
  return redirect(`/?ec=302&startURL=${encodeURIComponent(startUrl)}`);
}

/** `/`: the login form, and the way on where it is filled in well. */
function answerLogin(service: Service, call: Call): Answer {
  if (call.method !== 'POST') return loginPage(call.query.get('startURL') ?? '');
  const form = new URLSearchParams(call.body.toString());
  const startUrl = form.get('startURL') ?? '';
  if (form.get('username') !== practiceUser.username || form.get('pw') !== practiceUser.password) {
    const complaint =
      "Please check your username and password. If you still can't log in, contact your Salesforce administrator.";
    return loginPage(startUrl, complaint);
  }
  // Only pages of this org: a start URL comes from whoever made the link.
  const next = startUrl.startsWith(CONSENT) ? startUrl : CONSENT;
  return redirect(next, `sid=${service.authorizations.admit()}; Path=/; HttpOnly`);
}

/** The consent page, and the callback with what its user decided. */
function answerConsent(service: Service, call: Call): Answer {
  if (call.method !== 'GET' && call.method !== 'POST') throw methodNotAllowed(call.method, ['GET', 'POST']);
  const form = new URLSearchParams(call.body.toString());
  const source = form.get('source') ?? call.query.get('source') ?? '';
  const request = service.authorizations.find(source);
  if (request === undefined) return refuse('invalid_request', 'this authorization is not known');
  if (!service.authorizations.isAdmitted(sidOf(call))) return loginPage(`${CONSENT}?source=${source}`);
  const refused = service.settings.authorizeRefusal;
  if (refused) return callback(request, refused);
  if (form.has('oadeny')) {
    return callback(request, { error: 'access_denied', error_description: 'end-user denied authorization' });
  }
  if (!form.has('oaapprove')) return consentPage(practiceUser.username, source);
  return callback(request, { code: service.authorizations.approve(source, request, service.org.now()) });
}

function refuse(error: string, description: string): Answer {
  return redirect(`${ERROR_PAGE}?error=${error}&error_description=${encodeURIComponent(description)}`);
}

function callback({ redirectUri, state }: AuthorizationRequest, answer: Readonly<Record<string, string>>): Answer {
  const query = new URLSearchParams({ ...answer, ...(state !== null && { state }) });
  return redirect(`${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query.toString()}`);
}

function sidOf(call: Call): string | undefined {
  return /(?:^|;\s*)sid=([^;]+)/.exec(call.headers['cookie'] ?? '')?.[1];
}

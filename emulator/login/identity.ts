/** Who is logged in: userinfo and the identity URL. */
import { json, text, type Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Service } from '../service.ts';
import { practiceUser, practiceUserId } from './credential.ts';
import { tokenOf } from './session.ts';

/** `GET /services/oauth2/userinfo`, the OpenID form. */
export function answerUserinfo(service: Service, call: Call): Answer {
  if (!service.sessions.peek(tokenOf(call.headers) ?? '')) return badToken();
  const identity = identityOf(service, call);
  return json({ sub: identity.id, preferred_username: identity.username, name: identity.display_name, ...identity });
}

/** `GET /id/{organization}/{user}` (Help, "Identity URLs"). */
export function answerIdentity(service: Service, call: Call): Answer {
  if (!service.sessions.peek(tokenOf(call.headers) ?? '')) return badToken();
  return json(identityOf(service, call));
}

/** 403 and these words: clients that check sessions this way know them. */
function badToken(): Answer {
  return text('Bad_OAuth_Token', 'text/html;charset=UTF-8', 403);
}

function identityOf(service: Service, call: Call) {
  const userId = practiceUserId(service.org);
  const data = `${call.origin}/services/data/v{version}`;
  return {
    id: `${call.origin}/id/${service.org.id}/${userId}`,
    asserted_user: true,
    user_id: userId,
    organization_id: service.org.id,
    username: practiceUser.username,
    nick_name: 'admin',
    display_name: 'Practice Admin',
    email: practiceUser.username,
    email_verified: true,
    first_name: 'Practice',
    last_name: 'Admin',
    timezone: 'GMT',
    urls: {
      enterprise: `${call.origin}/services/Soap/c/{version}/${service.org.id.slice(0, 15)}`,
      partner: `${call.origin}/services/Soap/u/{version}/${service.org.id.slice(0, 15)}`,
      rest: `${data}/`,
      sobjects: `${data}/sobjects/`,
      query: `${data}/query/`,
      search: `${data}/search/`,
      recent: `${data}/recent/`,
      profile: `${call.origin}/${userId}`,
      custom_domain: call.origin,
    },
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
    is_app_installed: true,
  };
}

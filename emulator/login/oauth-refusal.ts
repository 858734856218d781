/** How the token endpoint refuses: always 400, always two members. */
import { json } from '../http/answer.ts';
import { Refusal } from '../http/refusal.ts';

/** Source of the pairs: Help, "OAuth 2.0 Authorization Errors", and recorded answers. */
export function oauthRefusal(error: string, description: string): Refusal {
  return new Refusal(json({ error, error_description: description }, 400, NO_STORE), description);
}

/** Headers that keep tokens out of caches (RFC 6749, 5.1). */
export const NO_STORE = { 'Cache-Control': 'no-cache,must-revalidate,max-age=0,no-store,private', Pragma: 'no-cache' };

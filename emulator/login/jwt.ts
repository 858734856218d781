/** The JWT bearer flow: assertions checked against public keys that were registered over the control door. */
import { decodeJwt, importSPKI, importX509, jwtVerify, type CryptoKey, type JWTPayload } from 'jose';
import { practiceApp } from './credential.ts';
import { oauthRefusal } from './oauth-refusal.ts';

/** `aud` names the login host, even where the assertion is posted to a My Domain (Help, "OAuth 2.0 JWT Bearer Flow"). */
const AUDIENCES = ['https://login.salesforce.com', 'https://test.salesforce.com'];

/** Registered public keys, by app and user. */
export class JwtKeys {
  readonly #keys = new Map<string, CryptoKey>();

  /** Registers the key of a PEM, a certificate or a bare public key. Throws an Error where it is neither. */
  async register(clientId: string, username: string, pem: string): Promise<void> {
    const key = pem.includes('BEGIN CERTIFICATE') ? await importX509(pem, 'RS256') : await importSPKI(pem, 'RS256');
    this.#keys.set(keyName(clientId, username), key);
  }

  /**
   * Checks an assertion: issuer, subject, audience, RS256 signature, expiry by `nowMs`; `origin` is accepted as audience,
   * too, since it is the practice org's login host. Throws Refusal with the recorded descriptions.
   */
  async check(assertion: string, origin: string, nowMs: number): Promise<void> {
    const claims = claimsOf(assertion);
    const key = this.#keys.get(keyName(String(claims.iss), String(claims.sub)));
    if (!key && claims.iss !== practiceApp.clientId && !this.#hasApp(String(claims.iss))) {
      throw oauthRefusal('invalid_client_id', 'client identifier invalid');
    }
    if (!key) throw oauthRefusal('invalid_grant', "user hasn't approved this consumer");
    if (![...AUDIENCES, origin].includes(String(claims.aud))) {
      throw oauthRefusal('invalid_grant', 'audience is invalid');
    }
    try {
      await jwtVerify(assertion, key, { algorithms: ['RS256'], currentDate: new Date(nowMs), requiredClaims: ['exp'] });
    } catch {
      throw oauthRefusal('invalid_grant', 'invalid assertion');
    }
  }

  #hasApp(clientId: string): boolean {
    return [...this.#keys.keys()].some((name) => name.startsWith(keyName(clientId, '')));
  }
}

function keyName(clientId: string, username: string): string {
  return `${clientId}\n${username}`;
}

function claimsOf(assertion: string): JWTPayload {
  try {
    return decodeJwt(assertion);
  } catch {
    throw oauthRefusal('invalid_grant', 'invalid assertion');
  }
}

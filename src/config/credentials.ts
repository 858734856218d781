/** The login of a configuration: where it may stand, and what it becomes. */
import { isJsonObject, trimmed } from '../json/value.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { pkcs8Pem } from './private-key.ts';

/** A way to log in, with what it needs. */
export type Credentials =
  | {
      readonly authType: 'oauth';
      readonly clientId: string;
      /** Undefined for an app that asks for none. */
      readonly clientSecret: string | undefined;
      readonly refreshToken: string;
    }
  | { readonly authType: 'client_credentials'; readonly clientId: string; readonly clientSecret: string }
  | {
      readonly authType: 'jwt';
      readonly clientId: string;
      readonly username: string;
      /** RSA, PKCS #8 PEM. */
      readonly privateKey: string;
    }
  | {
      readonly authType: 'password';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly username: string;
      readonly password: string;
      readonly securityToken: string;
    };

/** `credentials` as spec.json has it, after validation: what the kind of login needs is there. */
export interface SpecifiedCredentials {
  readonly auth_type: Credentials['authType'];
  readonly client_id: string;
  readonly client_secret?: string;
  readonly refresh_token: string;
  readonly username: string;
  readonly private_key: string;
  readonly password: string;
  readonly security_token?: string;
}

/** Of any login, in `credentials` or at the top level. */
export const CREDENTIAL_KEYS: ReadonlySet<string> = new Set([
  'auth_type',
  'client_id',
  'client_secret',
  'refresh_token',
  'username',
  'private_key',
  'password',
  'security_token',
]);

/**
 * `credentials` as spec.json wants it, of a configuration without blanks: from `credentials`, or else from the same keys
 * at the top level, where Airbyte's own Salesforce connector has them with `auth_type` "Client" or "JWT". Where no
 * `auth_type` tells, the secrets do. Spaces and line ends round pasted values are gone, but for those of a password,
 * which may have them.
 */
export function credentialsIn(config: JsonObject): JsonValue {
  const given = config['credentials'] ?? flatCredentials(config);
  if (!isJsonObject(given)) return given;
  return { ...trimmed(given, 'password'), auth_type: authTypeOf(given) };
}

/** The login that validated credentials describe. Throws Complaint for a private key that is none. */
export function readCredentials(given: SpecifiedCredentials): Credentials {
  const { auth_type: authType, client_id: clientId, client_secret: clientSecret = '' } = given;
  switch (authType) {
    case 'oauth':
      return { authType, clientId, clientSecret: given.client_secret, refreshToken: given.refresh_token };
    case 'client_credentials':
      return { authType, clientId, clientSecret };
    case 'jwt':
      return { authType, clientId, username: given.username, privateKey: pkcs8Pem(given.private_key) };
    case 'password': {
      const { username, password, security_token: securityToken = '' } = given;
      return { authType, clientId, clientSecret, username, password, securityToken };
    }
    default:
      return authType satisfies never;
  }
}

function flatCredentials(config: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([key]) => CREDENTIAL_KEYS.has(key)));
}

function authTypeOf(given: JsonObject): JsonValue {
  const named = given['auth_type'];
  if (named === 'Client') return 'oauth';
  if (named === 'JWT') return 'jwt';
  if (named !== undefined) return named;
  if (given['refresh_token'] !== undefined) return 'oauth';
  if (given['private_key'] !== undefined) return 'jwt';
  return given['password'] === undefined ? 'oauth' : 'password';
}

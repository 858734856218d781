/** Refresh tokens that the org rotates: the host must have the new one before anything else can go wrong. */
import { isJsonObject } from '../json/value.ts';
import type { Messages } from './messages.ts';
import type { JsonObject } from '../json/value.ts';

/**
 * Makes the function that hands a new refresh token to the host: a CONTROL message with the whole configuration as it came
 * (the host replaces the stored one by it) and the token in its place. It resolves when the message is out; wait for that
 * before the token is used, since the org has made the former one invalid already. It leaves ahead of all
 * records, and in the order of the calls, so the last token is the one that the host keeps.
 */
export function createTokenKeeper(
  raw: JsonObject,
  messages: Pick<Messages, 'send'>,
): (refreshToken: string) => Promise<void> {
  return (refreshToken) =>
    messages.send(
      {
        type: 'CONTROL',
        control: { type: 'CONNECTOR_CONFIG', connectorConfig: { config: withRefreshToken(raw, refreshToken) } },
      },
      'first',
    );
}

/**
 * The configuration with the refresh token where the old one stood: in `credentials`, or at the top level, where Airbyte's
 * own connector has it. Everything else is kept, unknown members too.
 */
function withRefreshToken(raw: JsonObject, refreshToken: string): JsonObject {
  const credentials = raw['credentials'];
  return isJsonObject(credentials)
    ? { ...raw, credentials: { ...credentials, refresh_token: refreshToken } }
    : { ...raw, refresh_token: refreshToken };
}

/** Tries a login before it is written anywhere. */
import type { Messages } from '../airbyte/messages.ts';
import type { Config } from '../config/config.ts';
import { isJsonObject } from '../json/value.ts';
import type { JsonObject } from '../json/value.ts';
import type { Connection } from '../salesforce/connection.ts';
import { describeGlobal } from '../salesforce/describe.ts';
import { connectRun } from '../sync/connect-run.ts';

export interface LoginProof {
  /** Undefined where the app may not ask who its user is. */
  readonly username: string | undefined;
  readonly instanceUrl: string;
  readonly apiVersion: string;
  /** Objects that the user may query. */
  readonly queryable: number;
  /** The configuration with the refresh token in use, which an org with rotation has replaced. */
  readonly config: JsonObject;
  readonly isRotated: boolean;
}

/** Logs in with a configuration and asks for the objects of the org. Throws what `check` would tell. */
export async function proveLogin(config: Config, log: Messages['log'], signal: AbortSignal): Promise<LoginProof> {
  let current = config.raw;
  const messages: Messages = {
    log,
    records: () => Promise.reject(new TypeError('a login writes no records')),
    send: async (message) => {
      if (message.type !== 'CONTROL') return;
      const { config: rotated } = message.control.connectorConfig;
      current = rotated;
    },
  };
  const connection = await connectRun({ config, messages, signal }, { mode: 'probe' });
  try {
    const sobjects = await describeGlobal(connection, signal);
    return {
      username: await usernameOf(connection, signal),
      instanceUrl: connection.instanceUrl(),
      apiVersion: connection.apiVersion,
      queryable: sobjects.filter(({ queryable }) => queryable).length,
      config: current,
      isRotated: current !== config.raw,
    };
  } finally {
    await connection.close();
  }
}

/** Who is logged in is worth a call, and no reason to fail: the scopes of an app may not cover it. */
async function usernameOf(connection: Connection, signal: AbortSignal): Promise<string | undefined> {
  const request = { method: 'GET', path: '/services/oauth2/userinfo', purpose: 'ask who is logged in' } as const;
  try {
    const { bytes } = await connection.call({ ...request, signal, maxAttempts: 1 });
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const name = isJsonObject(body) ? body['preferred_username'] : undefined;
    return typeof name === 'string' ? name : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

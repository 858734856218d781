/** From a run's configuration to a connection, with everything that the user must hear on the way. */
import { createTokenKeeper } from '../airbyte/control.ts';
import { connect } from '../salesforce/connect.ts';
import type { Connection } from '../salesforce/connection.ts';
import type { Run } from './run.ts';

export interface ConnectRunOptions {
  /** How patient the connection is: check, discover, catalog and diff probe, read reads. */
  readonly mode: 'probe' | 'read';
  /** In the place of the configured one. */
  readonly apiVersion?: string;
}

/**
 * Logs in. A refresh token that the org rotated leaves as a CONTROL message before anything else is done with the new
 * session, since the old one is already void. Waits and notices go to the log. Throws what `connect` throws.
 */
export function connectRun(run: Run, options: ConnectRunOptions): Promise<Connection> {
  const { config, messages, signal } = run;
  return connect({
    credentials: config.credentials,
    isSandbox: config.isSandbox,
    loginUrl: config.loginUrl,
    apiVersion: options.apiVersion ?? config.apiVersion,
    mode: options.mode,
    signal,
    hold: run.hold,
    onRefreshToken: createTokenKeeper(config.raw, messages),
    onWait: (wait) => messages.log('INFO', wait.text),
    onNotice: (level, text) => messages.log(level, text),
  });
}

/** The login that Salesforce's own CLI holds: asked of the CLI, since its files are encrypted and its own. */
import { execFile } from 'node:child_process';
import { ModstampError } from '../errors.ts';
import { isJsonObject } from '../json/value.ts';

export interface SfLogin {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly refreshToken: string;
  /** Origin of the org's host. */
  readonly loginUrl: string;
}

/** The CLI starts in seconds, and may look for an update. */
const SF_MS = 120_000;
/** force://<clientId>:<clientSecret or empty>:<refreshToken>@<host[:port]>, as the CLI reads it itself. */
const AUTH_URL = /^force:\/\/([\w.-]+={0,2}):([\w.-]*={0,2}):([\w.-]+={0,2})@([\w:.-]+)/;

/**
 * The login of an alias or user name. Throws config_error where there is no CLI, no such login, or none with a refresh token.
 * @param alias as `sf org list` shows it
 */
export async function readSfLogin(alias: string, signal: AbortSignal): Promise<SfLogin> {
  const shown = await askSf(['org', 'auth', 'show-sfdx-auth-url', '--target-org', alias, '--json'], signal);
  const url = authUrlIn(shown.result);
  if (url !== undefined) return readAuthUrl(url);
  // Before the command above was there, org display told it.
  const displayed = await askSf(['org', 'display', '--target-org', alias, '--verbose', '--json'], signal);
  const displayedUrl = authUrlIn(displayed.result);
  if (displayedUrl !== undefined) return readAuthUrl(displayedUrl);
  const problem = displayed.problem ?? 'it shows no refresh token for it';
  throw refusal(
    `Salesforce's CLI has no login for ${alias} that can be taken over (${problem}): log in with sf org login web --alias ${alias}, whose logins have a refresh token, or without --from-sf.`,
  );
}

/** Reads an auth URL of the CLI. Throws config_error for another text. */
function readAuthUrl(url: string): SfLogin {
  const [, clientId, clientSecret, refreshToken, host] = AUTH_URL.exec(url) ?? [];
  if (clientId === undefined || refreshToken === undefined || host === undefined) {
    throw refusal("Salesforce's CLI gave an auth URL of a form that is not known: log in without --from-sf.");
  }
  const scheme = /^(?:localhost|127\.0\.0\.1)(?::|$)/.test(host) ? 'http' : 'https';
  return { clientId, clientSecret: clientSecret || undefined, refreshToken, loginUrl: `${scheme}://${host}` };
}

/** The CLI writes "[REDACTED] Use 'sf org auth …' to view" where it shows no secrets. */
function authUrlIn(result: unknown): string | undefined {
  const url = isJsonObject(result) ? result['sfdxAuthUrl'] : undefined;
  return typeof url === 'string' && url.startsWith('force://') ? url : undefined;
}

interface SfAnswer {
  readonly result: unknown;
  /** In the CLI's words. */
  readonly problem: string | undefined;
}

/** Its JSON comes on stdout, of failures too; a command that it doesn't know may answer without. */
function askSf(args: readonly string[], signal: AbortSignal): Promise<SfAnswer> {
  return new Promise((resolve, reject) => {
    execFile('sf', args, { timeout: SF_MS, signal, maxBuffer: 16 * 1024 * 1024 }, (error, stdout) => {
      if (signal.aborted) return reject(signal.reason);
      if (error?.code === 'ENOENT') {
        return reject(
          refusal("Salesforce's CLI (sf) was not found on this machine: install it, or log in without --from-sf."),
        );
      }
      const answer = parsed(stdout);
      const message = answer['message'];
      const problem =
        error === null ? undefined : typeof message === 'string' ? message : `sf ended with ${error.code}`;
      resolve({ result: answer['result'], problem: problem?.replace(/[.\s]+$/, '') });
    });
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

function refusal(sentence: string): ModstampError {
  return new ModstampError(sentence, { failureType: 'config_error' });
}

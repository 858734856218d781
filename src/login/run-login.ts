/** From options to a configuration that can log in: the browser or Salesforce's CLI, the proof, the file. */
import { createInterface } from 'node:readline';
import { existsSync } from 'node:fs';
import type { CommandContext } from '../commands/definition.ts';
import { parseConfig, readRawConfig } from '../commands/config-file.ts';
import { Complaint } from '../config/complaint.ts';
import { credentialsIn } from '../config/credentials.ts';
import { loginOrigin } from '../config/login-url.ts';
import { ModstampError } from '../errors.ts';
import { isJsonObject, nameOfType } from '../json/value.ts';
import type { JsonObject } from '../json/value.ts';
import { writeJsonFile } from '../json/write.ts';
import { loginOriginOf } from '../salesforce/login.ts';
import { authorize } from './authorization.ts';
import { isGeneralHost } from './authorization-refusal.ts';
import { openBrowser } from './browser.ts';
import { proveLogin } from './proof.ts';
import { readSfLogin } from './sf-login.ts';

export interface LoginRequest {
  /** Of the configuration; made where it isn't there. */
  readonly path: string;
  /** Undefined takes that of the configuration. */
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly isSandbox: boolean;
  readonly loginUrl: string | undefined;
  readonly port: number;
  readonly opensBrowser: boolean;
  readonly timeoutMs: number;
  /** An alias of Salesforce's CLI, in the place of the browser. */
  readonly fromSf: string | undefined;
}

/** A login as a configuration has it. */
interface FoundLogin {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly refreshToken: string;
  readonly loginUrl: string;
}

/** The file holds secrets. */
const OWNER_ONLY = 0o600;

/**
 * Gets a login, tries it, and writes it into the configuration; the rest of the file is kept. Nothing is written where a
 * step fails. Returns what to tell the user. Throws config_error or transient_error with a sentence.
 */
export async function runLogin(request: LoginRequest, context: CommandContext): Promise<string> {
  const before = await readExisting(request.path, context);
  const found =
    request.fromSf === undefined
      ? await logInByBrowser(request, before, context)
      : await readSfLogin(request.fromSf, context.signal);
  const { clientId, clientSecret, refreshToken, loginUrl } = found;
  context.messages.addSecrets([refreshToken, ...(clientSecret === undefined ? [] : [clientSecret])]);
  const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
  const credentials = { auth_type: 'oauth', client_id: clientId, ...secret, refresh_token: refreshToken };
  const config = await parseConfig({ ...before, credentials, login_url: loginUrl }, request.path);
  const log = (level: string, text: string) => void context.print('stderr', `${level}: ${text}\n`).catch(() => {});
  const proof = await proveLogin(config, log, context.signal);
  await writeConfig(request.path, proof.config);
  const rotation =
    proof.isRotated && request.fromSf !== undefined
      ? ` The org rotates refresh tokens of this app, so the copy of Salesforce's CLI is void now: log in there again.`
      : '';
  const who = proof.username ?? 'a user';
  return `Logged in to ${proof.instanceUrl} as ${who}, who may query ${proof.queryable} objects (API ${proof.apiVersion}). ${request.path} holds the login now.${rotation}`;
}

async function readExisting(path: string, context: CommandContext): Promise<JsonObject> {
  if (!existsSync(path)) return {};
  const raw = await readRawConfig(path, context);
  if (isJsonObject(raw)) return raw;
  throw refusal(`The configuration file ${path} must be a JSON object, got ${nameOfType(raw)}.`);
}

async function logInByBrowser(request: LoginRequest, before: JsonObject, context: CommandContext): Promise<FoundLogin> {
  const { clientId, clientSecret } = appOf(request, before);
  if (clientSecret !== undefined) context.messages.addSecrets([clientSecret]);
  const host = hostOf(request, before);
  const say = (text: string) => context.print('stderr', `${text}\n`);
  const lines = createInterface({ input: process.stdin });
  try {
    const { refreshToken, instanceUrl } = await authorize({
      clientId,
      clientSecret,
      loginOrigin: host,
      port: request.port,
      timeoutMs: request.timeoutMs,
      signal: context.signal,
      present: async (authorizeUrl, callbackUrl) => {
        const opened = request.opensBrowser && (await openBrowser(authorizeUrl));
        await say(instructions(authorizeUrl, callbackUrl, opened));
      },
      pastedLines: lines,
      onStray: (text) => void say(text).catch(() => {}),
    });
    return { clientId, clientSecret, refreshToken, loginUrl: isGeneralHost(host) ? instanceUrl : host };
  } finally {
    lines.close();
  }
}

function instructions(authorizeUrl: string, callbackUrl: string, opened: boolean): string {
  return [
    opened ? 'A browser was opened. If nothing shows, open this page:' : 'Open this page in a browser:',
    '',
    authorizeUrl,
    '',
    `Log in as the user that reads the org, and allow the app. The answer comes to ${callbackUrl}.`,
    'Is that browser on another machine? It ends at an address that it can not show then: paste that here.',
  ].join('\n');
}

/** The app that was typed, else the one that the configuration names; a secret belongs to its app. */
function appOf({ clientId, clientSecret }: LoginRequest, before: JsonObject) {
  const given = credentialsIn(before);
  const known = isJsonObject(given) ? given : {};
  const knownId = textIn(known, 'client_id');
  const id = clientId ?? knownId;
  if (id === undefined) {
    throw refusal(
      'The client ID of your app is missing: pass --client-id (the consumer key of an External Client App; docs/sources/salesforce.md shows how to make one), or --from-sf ALIAS.',
    );
  }
  return { clientId: id, clientSecret: clientSecret ?? (id === knownId ? textIn(known, 'client_secret') : undefined) };
}

function hostOf({ loginUrl, isSandbox }: LoginRequest, before: JsonObject): string {
  if (isSandbox) return loginOriginOf(undefined, true);
  const [name, url] = loginUrl === undefined ? ['login_url', textIn(before, 'login_url')] : ['--login-url', loginUrl];
  try {
    return loginOriginOf(url === undefined ? undefined : loginOrigin(url), String(before['is_sandbox']) === 'true');
  } catch (error) {
    if (error instanceof Complaint) throw refusal(`${name} ${error.message}.`);
    throw error;
  }
}

async function writeConfig(path: string, config: JsonObject): Promise<void> {
  await writeJsonFile(path, config, { mode: OWNER_ONLY }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModstampError(
      `The login works, but ${path} could not be written (${reason}): make it writable, and log in again.`,
      { failureType: 'config_error', cause },
    );
  });
}

function textIn(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function refusal(sentence: string): ModstampError {
  return new ModstampError(sentence, { failureType: 'config_error' });
}

/** Which version of the API is spoken: what the user asks for and what the org offers. */
import { readJson } from './answer.ts';
import type { Connection } from './connection.ts';
import { isFault } from './faults.ts';
import { makeFault } from './refusal.ts';

export interface SettledVersion {
  /** "58.0". */
  readonly apiVersion: string;
  /** What the user must hear of it. */
  readonly warning?: string;
}

const PURPOSE = 'list the API versions';
/** Salesforce answers both forms; a server that speaks its API may know one, or point from one to the other. */
const PATHS = ['/services/data', '/services/data/'] as const;
/** Refusals by which a host without such a list may answer. What stops a sync otherwise is no answer to this question. */
const UNTOLD = [
  'refused',
  'instance_moved',
  'access_denied',
  'session_expired',
  'no_json',
  'json_malformed',
  'unexpected_answer',
] as const;

/**
 * Settles the version with the org, by GET /services/data (REST API guide, "Versions": no login, no API call). A version
 * newer than the org's newest is lowered to that, with a warning. Where the host has no such list, the version that was
 * asked for is taken, with a warning, if it brings a list of objects: in a wrong one, all objects would look as if they
 * had vanished. Throws fault `version_gone` for one that is not offered any more, and what `call` throws.
 */
export async function settleVersion(
  call: Connection['call'],
  asked: string,
  signal: AbortSignal,
): Promise<SettledVersion> {
  for (const path of PATHS) {
    try {
      return chooseVersion(asked, readJson(await call({ method: 'GET', path, purpose: PURPOSE, signal }), PURPOSE));
    } catch (error) {
      signal.throwIfAborted();
      if (!UNTOLD.some((fault) => isFault(error, fault))) throw error;
      // The next path would only cost further logins: too many of them lock the user out.
      if (isFault(error, 'session_expired')) break;
    }
  }
  const apiVersion = Number(asked).toFixed(1);
  await call({
    method: 'GET',
    path: `/services/data/v${apiVersion}/sobjects`,
    purpose: 'list the objects of the org',
    signal,
  });
  return {
    apiVersion,
    warning: `The org does not tell which versions of the API it offers; api_version ${asked} is used as it is.`,
  };
}

/** Chooses from the body of the list, `[{label, url, version: "60.0"}, …]`. */
function chooseVersion(asked: string, body: unknown): SettledVersion {
  const offered = readVersions(body);
  const newest = Math.max(...offered);
  const wanted = Number(asked);
  if (offered.includes(wanted)) return { apiVersion: wanted.toFixed(1) };
  if (wanted > newest) {
    const apiVersion = newest.toFixed(1);
    return {
      apiVersion,
      warning: `The org does not offer api_version ${asked} yet; ${apiVersion}, its newest, is used.`,
    };
  }
  const message = `asked for ${asked}, offered ${offered.map((version) => version.toFixed(1)).join(', ')}`;
  throw makeFault('version_gone', { purpose: 'settle the API version', message });
}

function readVersions(body: unknown): number[] {
  const entries: unknown[] = Array.isArray(body) ? body : [];
  const versions = entries
    .map((entry) => Number(typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'version') : undefined))
    .filter((version) => Number.isFinite(version));
  if (versions.length > 0) return versions;
  throw makeFault('unexpected_answer', { purpose: PURPOSE, message: 'no list of versions' });
}

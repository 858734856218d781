/** Which version of the API is spoken: what the user asks for and what the org offers. */
import { raise } from './refusal.ts';

/** What this program was written for and is tested with; older ones lack members that it relies on. */
const OLDEST = 58;

/**
 * Settles the version from the body of GET /services/data, `[{label, url, version: "60.0"}, …]`. A version newer than the
 * org's newest is lowered to that, with a warning. Throws fault `version_gone` for one older than 58.0 or not offered, and
 * `unexpected_answer` for a body that is no such list.
 */
export function settleVersion(asked: string, body: unknown): { apiVersion: string; warning?: string } {
  const offered = readVersions(body);
  const newest = Math.max(...offered);
  const wanted = Number(asked);
  if (wanted >= OLDEST && offered.includes(wanted)) return { apiVersion: wanted.toFixed(1) };
  if (wanted > newest && newest >= OLDEST) {
    const apiVersion = newest.toFixed(1);
    return {
      apiVersion,
      warning: `The org does not offer api_version ${asked} yet; ${apiVersion}, its newest, is used.`,
    };
  }
  const message = `asked for ${asked}, offered ${offered.map((version) => version.toFixed(1)).join(', ')}`;
  throw raise('version_gone', { purpose: 'settle the API version', message });
}

function readVersions(body: unknown): number[] {
  const entries: unknown[] = Array.isArray(body) ? body : [];
  const versions = entries
    .map((entry) => Number(typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'version') : undefined))
    .filter((version) => Number.isFinite(version));
  if (versions.length > 0) return versions;
  throw raise('unexpected_answer', { purpose: 'list the API versions', message: 'no list of versions' });
}

/** The API versions of the org, and the resources of one. */
import { json, type Answer } from '../http/answer.ts';
import { codeFirst, notFound, refusal } from '../http/refusal.ts';
import type { Respond } from './rest-call.ts';

const OLDEST = 31;
const NEWEST = 66;
/** REST guide, "Composite Batch". */
const OLDEST_IN_BATCH = 34;
const RETIRED = { from: 21, to: 30 } as const;
/** Three releases a year; 31 was Summer '14. */
const SEASONS = ['Summer', 'Winter', 'Spring'] as const;

/** `GET /services/data`: no session, no count. */
export function answerVersions(): Answer {
  const versions = Array.from({ length: NEWEST - OLDEST + 1 }, (_, at) => {
    const version = `${OLDEST + at}.0`;
    return { label: label(OLDEST + at), url: `/services/data/v${version}`, version };
  });
  return json(versions);
}

/**
 * Throws Refusal for a version that the org doesn't serve: 410 for the retired 21 to 30 (status codes of the REST guide;
 * the body's text is ours), 404 for any other.
 */
export function checkVersion(version: string): void {
  const number = Number(version);
  if (number >= RETIRED.from && number <= RETIRED.to) {
    throw refusal(410, 'UNSUPPORTED_API_VERSION', 'The requested API version has been retired');
  }
  if (!Number.isInteger(number) || number < OLDEST || number > NEWEST) throw notFound();
}

/** Throws Refusal 400 where a batch can't carry a subrequest of this version: one before 34, or newer than its own. */
export function checkSubVersion(version: string, outer: string): void {
  if (Number(version) > Number(outer) || Number(version) < OLDEST_IN_BATCH) {
    const message = `A batch request of version ${outer} carries no requests of version ${version}`;
    throw codeFirst(400, 'INVALID_API_VERSION', message);
  }
}

/** `GET /services/data/vNN.0`: where the resources are. */
export const answerResources: Respond = (service, { call, version }) => {
  const base = `/services/data/v${version}`;
  const names = [
    'tooling',
    'metadata',
    'query',
    'queryAll',
    'jobs',
    'limits',
    'composite',
    'sobjects',
    'search',
    'recent',
  ];
  const paths = Object.fromEntries(names.map((name) => [name, `${base}/${name}`]));
  return json({ ...paths, identity: `${call.origin}/id/${service.org.id}` });
};

function label(version: number): string {
  const since = version - OLDEST;
  const season = SEASONS[since % 3] ?? '';
  // Winter releases carry the next year's number.
  const year = 14 + Math.floor((since + 2) / 3);
  return `${season} '${String(year)}`;
}

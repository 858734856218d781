/** Describe global and describe, with conditional requests. */
import { empty, json, JSON_TYPE, type Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Described } from './describe-cache.ts';
import { globalEntry } from './describe-text.ts';
import { objectOf, type Respond } from './rest-call.ts';

/** `GET /sobjects`. */
export const answerGlobal: Respond = (service, { call, version }) =>
  conditional(call, service.describes.global(version));

/** `GET /sobjects/X/describe`. */
export const answerDescribe: Respond = (service, { call, version }, [name]) =>
  conditional(call, service.describes.describe(objectOf(service, name), version));

/** `GET /sobjects/X`: basic information. */
export const answerBasic: Respond = (service, { version }, [name]) =>
  json({ objectDescribe: globalEntry(objectOf(service, name), version), recentItems: [] });

/** 304 without a body where the client's copy is good, 412 where it asked for an unmodified one and it isn't. */
function conditional(call: Call, { pieces, etag, modifiedMs }: Described): Answer {
  const headers = { ETag: `"${etag}"`, 'Last-Modified': new Date(modifiedMs).toUTCString() };
  const tags = call.headers['if-none-match'];
  const since = Date.parse(call.headers['if-modified-since'] ?? '');
  const unmodifiedSince = Date.parse(call.headers['if-unmodified-since'] ?? '');
  // A tag is the stronger sign: with one, the date isn't looked at (RFC 9110, 13.2.2).
  const same = tags === undefined ? wholeSeconds(modifiedMs) <= since : matches(tags, etag);
  if (same) return empty(304, headers);
  if (wholeSeconds(modifiedMs) > unmodifiedSince) return empty(412, headers);
  return { status: 200, headers: { 'Content-Type': JSON_TYPE, ...headers }, body: pieces };
}

function matches(tags: string, etag: string): boolean {
  return tags.split(',').some(
    (tag) =>
      tag
        .trim()
        .replace(/^W\//, '')
        .replaceAll('"', '')
        .replace(/-gzip$/, '') === etag,
  );
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

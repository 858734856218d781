/** The API version that a user asks for. */
import { Complaint } from './complaint.ts';

/** First version with Bulk API 2.0 queries (Bulk API 2.0 guide, "Query jobs"). */
const OLDEST_API_VERSION = 47;

/** `58`, `v58` and `58.0` -> `58.0`. Throws Complaint for another text, and for a version that large objects can't be read by. */
export function readApiVersion(text: string): string {
  const [, digits] = /^v?(\d{1,3})(?:\.0)?$/i.exec(text.trim()) ?? [];
  if (digits === undefined) throw new Complaint(`must be a version such as 58.0, got "${text}"`);
  const number = Number.parseInt(digits, 10);
  if (number < OLDEST_API_VERSION) {
    throw new Complaint(`must be ${OLDEST_API_VERSION}.0 or later, the first with Bulk API 2.0 queries, got "${text}"`);
  }
  return `${number}.0`;
}

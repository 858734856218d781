/** JSON as one line of text, whatever rule the reader cuts lines by. */

const SEPARATORS = /[\u0085\u2028\u2029]/g;
const HAS_SEPARATOR = /[\u0085\u2028\u2029]/;

/**
 * JSON.stringify, with U+0085, U+2028 and U+2029 as escapes. JSON allows them as they are, but hosts that cut text into lines
 * by Unicode's rule (Python's str.splitlines) would cut a message there.
 */
export function stringifyForLine(value: unknown): string {
  return escapeSeparators(JSON.stringify(value));
}

/** JSON text with the three as escapes; they can stand inside its strings only. */
export function escapeSeparators(json: string): string {
  if (!HAS_SEPARATOR.test(json)) return json;
  return json.replace(SEPARATORS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

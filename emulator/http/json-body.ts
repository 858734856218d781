/** Request bodies in JSON. */

/** The JSON object that some bytes are; undefined where they are none. */
export function parseJson(body: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** True for a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON string. */
export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** True for `true` and for `false`. */
export function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

/** True for a whole number that isn't negative. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** JSON as it comes from outside: nobody vouches for its shape. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

/** True for a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text, or undefined for a blank one and for anything else: blank and null members count as absent. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** What a value is, for sentences: "an array", "a string", "null". */
export function nameOfType(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Freezes a value made of plain objects and arrays, and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** A copy in which texts have no white space round them, but for the member `except`. Nested values stay as they are. */
export function trimmed(value: JsonObject, except?: string): JsonObject {
  const trim = ([key, member]: [string, JsonValue]): [string, JsonValue] => [
    key,
    typeof member === 'string' && key !== except ? member.trim() : member,
  ];
  return Object.fromEntries(Object.entries(value).map(trim));
}

/** A copy without members that are null or blank strings, at any depth. */
export function withoutBlanks(value: JsonObject): Record<string, JsonValue> {
  const kept = Object.entries(value).filter(
    ([, member]) => member !== null && !(typeof member === 'string' && !member.trim()),
  );
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutBlanksWithin(member)]));
}

function withoutBlanksWithin(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutBlanksWithin);
  return isJsonObject(value) ? withoutBlanks(value) : value;
}

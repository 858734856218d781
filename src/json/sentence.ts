/** Names of things, at the beginning of a sentence and inside it. */

/** "the state file x" -> "The state file x". */
export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "The state file x" -> "the state file x". */
export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Record Ids: 15 characters of key prefix, pod and counter, and the three that make them safe in any case. */

/** The Ids of one object: place <-> Id. */
export interface IdSpace {
  /** 18 characters; the order of Ids is the order of places. */
  idOf(slot: number): string;
  /** The place of an Id of 15 or 18 characters; undefined for what can't be an Id of this object. */
  slotOf(id: string): number | undefined;
}

// Salesforce's digits stand in ASCII order, so that the order of text is the order of numbers.
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SUFFIXES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const BASE = DIGITS.length;

/** Two digits at a time, with the bits that say which of them are upper-case. */
const PAIRS = Array.from({ length: BASE * BASE }, (_, n) => digit(Math.floor(n / BASE)) + digit(n % BASE));
const PAIR_CASES = PAIRS.map((pair) => upperCases(pair));
/** Places that the last five digits can count; the Ids of an object never need more. */
const MOST = BASE ** 5;

/**
 * The Ids that begin with an object's key prefix (3 characters) and its pod (2 characters, which tell apart objects that
 * share a prefix). Throws on other lengths.
 */
export function idSpace(keyPrefix: string, pod: string): IdSpace {
  const head = `${keyPrefix}${pod}00000`;
  if (head.length !== 10) throw new Error(`Not a key prefix and a pod: ${keyPrefix}, ${pod}`);
  const headSuffix = suffixOf(head.slice(0, 5)) + suffixOf(head.slice(5));
  return {
    idOf(slot) {
      const counter = slot + 1;
      const low = counter % (BASE * BASE);
      const middle = Math.floor(counter / (BASE * BASE)) % (BASE * BASE);
      const high = Math.floor(counter / (BASE * BASE * BASE * BASE));
      const cases = upperCases(digit(high)) | ((PAIR_CASES[middle] ?? 0) << 1) | ((PAIR_CASES[low] ?? 0) << 3);
      return head + digit(high) + PAIRS[middle] + PAIRS[low] + headSuffix + SUFFIXES.charAt(cases);
    },
    slotOf(id) {
      if ((id.length !== 15 && id.length !== 18) || !id.startsWith(head)) return undefined;
      if (id.length === 18 && to18(id) !== id) return undefined;
      let counter = 0;
      for (const character of id.slice(10, 15)) {
        const value = DIGITS.indexOf(character);
        if (value < 0) return undefined;
        counter = counter * BASE + value;
      }
      return counter >= 1 && counter < MOST ? counter - 1 : undefined;
    },
  };
}

/** The 18-character form of an Id of 15 or 18: for each five characters, one that says which are upper-case. */
export function to18(id: string): string {
  const id15 = id.slice(0, 15);
  return id15 + suffixOf(id15.slice(0, 5)) + suffixOf(id15.slice(5, 10)) + suffixOf(id15.slice(10, 15));
}

/** Two characters for the n-th object (below 3,844), so that no Id stands for rows of two objects. */
export function podOf(ordinal: number): string {
  return PAIRS[ordinal] ?? '00';
}

function suffixOf(five: string): string {
  return SUFFIXES.charAt(upperCases(five));
}

function upperCases(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 65 && code <= 90) bits |= 1 << at;
  }
  return bits;
}

function digit(value: number): string {
  return DIGITS.charAt(value);
}

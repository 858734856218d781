/** Integer hashes: the practice org's only source of chance, so that a row is a function of seed, object and place. */

/** A seed from text (FNV-1a, then mixed): 32 bits, unsigned. */
export function hashText(text: string, seed = 0): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash);
}

/** The hash of a place under a seed: 32 bits, unsigned. Neighbouring places have nothing to do with each other. */
export function hashAt(seed: number, index: number): number {
  return mix(Math.imul(index + 1, 0x9e3779b1) ^ seed);
}

/** Murmur3's last steps: each bit of the input moves half of the output's. */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

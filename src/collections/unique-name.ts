/** Unique names out of wanted ones, the same for the same claims. */
import { createHash } from 'node:crypto';

export interface NameClaim {
  readonly apiName: string;
  readonly wanted: string;
}

/**
 * Gives every claim a name of its own: the first claim of a name has it, later ones get `<wanted>_<hash of the API
 * name>`. `taken` are names that nobody gets. Names are compared without regard to case, as warehouses do. Claims come
 * in the order of precedence; of two claims with the same API name the first counts.
 */
export function claimNames(claims: readonly NameClaim[], taken: ReadonlySet<string>): Map<string, string> {
  const used = new Set([...taken].map((name) => name.toLowerCase()));
  const names = new Map<string, string>();
  const losers = new Map<string, NameClaim>();
  for (const claim of claims) {
    if (names.has(claim.apiName) || losers.has(claim.apiName)) continue;
    const folded = claim.wanted.toLowerCase();
    if (used.has(folded)) {
      losers.set(claim.apiName, claim);
    } else {
      used.add(folded);
      names.set(claim.apiName, claim.wanted);
    }
  }
  for (const claim of losers.values()) {
    const name = suffixed(claim, used);
    used.add(name.toLowerCase());
    names.set(claim.apiName, name);
  }
  return names;
}

/** Code-unit order: the same in every locale. */
export function compareApiNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Six digits of a hash (16 million values) all but always suffice; it grows until the name is free. */
function suffixed({ apiName, wanted }: NameClaim, used: ReadonlySet<string>): string {
  const digest = createHash('sha256').update(apiName).digest('hex');
  for (let length = 6; length <= digest.length; length += 1) {
    const name = `${wanted}_${digest.slice(0, length)}`;
    if (!used.has(name.toLowerCase())) return name;
  }
  throw new Error(`no free name for ${apiName}`);
}

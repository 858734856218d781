/**
 * A set of Salesforce Ids in little memory: 12 bytes a slot, at most half of the slots used, so about 24 to 48 bytes an Id
 * where a Set of strings takes about 80. Exact: an Id's fifteen base-62 digits are kept whole (90 bits).
 */
export interface IdSet {
  readonly size: number;
  /** Adds the Id whose ASCII digits begin at `start`; false where it was there already. */
  add(bytes: Uint8Array, start: number): boolean;
  /** Whether it was added. */
  has(bytes: Uint8Array, start: number): boolean;
}

/** Small, since each stream of a run has a set and few ever use it: 1,300 of 4,096 slots took 64 MB. */
const FIRST_CAPACITY = 16;

/** Digit values by ASCII code: 0-9, A-Z, a-z; 1 more than the digit, so that no Id is all zeros. */
const VALUE = new Uint8Array(256);
for (const [at, digit] of [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'].entries()) {
  VALUE[digit.charCodeAt(0)] = at + 1;
}

/** An empty set; ids may be 15 or 18 characters long, the checksum suffix does not count. */
export function createIdSet(): IdSet {
  let capacity = FIRST_CAPACITY;
  let slots = new Uint32Array(capacity * 3);
  let size = 0;

  /** The slot of a key, or the free one where it belongs. */
  function slotOf(a: number, b: number, c: number): number {
    let slot = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & (capacity - 1);
    for (; ; slot = (slot + 1) & (capacity - 1)) {
      const at = slot * 3;
      if (slots[at] === 0 || (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c)) return at;
    }
  }

  function grow(): void {
    const old = slots;
    capacity *= 2;
    slots = new Uint32Array(capacity * 3);
    for (let at = 0; at < old.length; at += 3) {
      if (old[at] === 0) continue;
      slots.set(old.subarray(at, at + 3), slotOf(old[at] ?? 0, old[at + 1] ?? 0, old[at + 2] ?? 0));
    }
  }

  return {
    get size() {
      return size;
    },
    has(bytes, start) {
      const at = slotOf(fiveDigits(bytes, start), fiveDigits(bytes, start + 5), fiveDigits(bytes, start + 10));
      return slots[at] !== 0;
    },
    add(bytes, start) {
      const a = fiveDigits(bytes, start);
      const b = fiveDigits(bytes, start + 5);
      const c = fiveDigits(bytes, start + 10);
      const at = slotOf(a, b, c);
      if (slots[at] !== 0) return false;
      slots[at] = a;
      slots[at + 1] = b;
      slots[at + 2] = c;
      size += 1;
      if (size * 2 > capacity) grow();
      return true;
    },
  };
}

/** Five digits of base 63 fit into 32 bits: 63^5 < 2^30. */
function fiveDigits(bytes: Uint8Array, start: number): number {
  let number = 0;
  for (let at = start; at < start + 5; at++) number = number * 63 + (VALUE[bytes[at] ?? 0] ?? 0);
  return number;
}

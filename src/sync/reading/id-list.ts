/** Ids in one IN list: 200 make about 6 KB of URL, which leaves room for fields, and five such queries share a composite. */
const IDS_A_LIST = 200;

/** Ids as lists short enough for an IN condition of a REST query, in their order. */
export function splitIdList(ids: readonly string[]): string[][] {
  const starts = Array.from({ length: Math.ceil(ids.length / IDS_A_LIST) }, (_, index) => index * IDS_A_LIST);
  return starts.map((start) => ids.slice(start, start + IDS_A_LIST));
}

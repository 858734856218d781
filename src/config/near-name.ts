/** What a mistyped name may have meant. */

/** " (did you mean a, b or c?)", or nothing. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const near = nearNames(word, names);
  if (near.length === 0) return '';
  const [last, ...others] = near.toReversed();
  return ` (did you mean ${others.length > 0 ? `${others.toReversed().join(', ')} or ${last}` : last}?)`;
}

/** The names nearest to a word by edits, at most three, none further off than a third of the word (two edits at least, for swapped letters). */
function nearNames(word: string, names: Iterable<string>): string[] {
  const wanted = word.toLowerCase();
  const limit = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  return [...new Set(names)]
    .map((name) => ({ name, edits: editDistance(wanted, name.toLowerCase(), limit) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Levenshtein's distance; gives up beyond `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** JSON as the service writes it for people: `X-PrettyPrint: 1`. */

/** Strings, punctuation, and everything else between blanks: numbers keep their notation, `1.2E7`. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Compact or other JSON text with two blanks for each level of objects, a blank on each side of a colon and inside the
 * brackets of a list, two in an empty one, as recorded: `{\n  "totalSize" : 0,\n  "done" : true,\n  "records" : [  ]\n}`.
 */
export function prettyJson(compact: string): string {
  const open: { readonly isObject: boolean; empty: boolean }[] = [];
  const lineEnd = () => `\n${'  '.repeat(open.filter(({ isObject }) => isObject).length)}`;
  let pretty = '';
  for (const [token] of compact.matchAll(TOKENS)) {
    const inside = open.at(-1);
    if (token === '}' || token === ']') {
      open.pop();
      pretty += token === ']' ? ' ]' : inside?.empty ? ' }' : `${lineEnd()}}`;
      continue;
    }
    if (token === ',') {
      pretty += inside?.isObject ? `,${lineEnd()}` : ', ';
      continue;
    }
    if (token === ':') {
      pretty += ' : ';
      continue;
    }
    if (inside?.empty) {
      inside.empty = false;
      if (inside.isObject) pretty += lineEnd();
    }
    pretty += token;
    if (token === '{' || token === '[') {
      open.push({ isObject: token === '{', empty: true });
      if (token === '[') pretty += ' ';
    }
  }
  return pretty;
}

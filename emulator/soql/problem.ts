/** What the service says about a query that it refuses. */

/** A refused query: Salesforce's errorCode and message. Caught by whoever answers the request. */
export class SoqlProblem extends Error {
  readonly errorCode: string;

  constructor(errorCode: string, message: string) {
    super(message);
    this.name = 'SoqlProblem';
    this.errorCode = errorCode;
  }
}

/** Characters of the query shown on either side of the place; fits the recorded snippets. */
const SNIPPET_REACH = 32;

/**
 * A message with the place marked, as recorded:
 * `\nSELECT Id,Invalid__x FROM Contact LIMIT 1\n          ^\nERROR at Row:1:Column:11\nNo such column …`.
 * A place further in shows the query from the token that begins at most 32 characters before it.
 */
export function marked(errorCode: string, query: string, at: number, sentence: string): SoqlProblem {
  const { row, column, line, inLine } = place(query, at);
  let start = Math.max(0, inLine - SNIPPET_REACH);
  while (start > 0 && start < inLine && !/[\s,(]/.test(line.charAt(start - 1))) start += 1;
  const snippet = line.slice(start, inLine + SNIPPET_REACH);
  const caret = `${' '.repeat(inLine - start)}^`;
  return new SoqlProblem(errorCode, `\n${snippet}\n${caret}\nERROR at Row:${row}:Column:${column}\n${sentence}`);
}

/** `unexpected token: 'FORM'`, the whole message for a word out of place. */
export function unexpectedToken(text: string): SoqlProblem {
  return new SoqlProblem('MALFORMED_QUERY', `unexpected token: '${text === '' ? '<EOF>' : text}'`);
}

/** A character that begins nothing, as an unencoded `+` of a time zone leaves behind. */
export function noViableAlternative(query: string, at: number): SoqlProblem {
  const { row, column } = place(query, at);
  const character = query.charAt(at);
  return marked(
    'MALFORMED_QUERY',
    query,
    at,
    `line ${row}:${column} no viable alternative at character '${character === '' ? '<EOF>' : character}'`,
  );
}

function place(query: string, at: number): { row: number; column: number; line: string; inLine: number } {
  const before = query.slice(0, at).split('\n');
  const row = before.length;
  const inLine = before.at(-1)?.length ?? 0;
  return { row, column: inLine + 1, line: query.split('\n')[row - 1] ?? '', inLine };
}

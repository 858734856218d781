/** SOQL text to tokens. */
import { noViableAlternative, SoqlProblem } from './problem.ts';

type TokenKind =
  | 'word'
  | 'string'
  | 'integer'
  | 'decimal'
  | 'date'
  | 'datetime'
  | 'time'
  | 'operator'
  | 'punctuation'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a string the text between the quotes, escapes untouched. */
  readonly text: string;
  /** Index of the first character in the query. */
  readonly at: number;
}

/** "SOQL statements can't exceed 100,000 characters" (SOQL and SOSL Reference, limits). */
const MAX_LENGTH = 100_000;

/** Order matters: a datetime begins like a date, a date like a number. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['word', /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/y],
  // Fractions of any length: tap-salesforce sends six digits, and reads from Salesforce.
  ['datetime', /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|z|[+-]\d\d:\d\d)/y],
  ['date', /\d{4}-\d\d-\d\d(?![0-9T])/y],
  ['time', /\d\d:\d\d:\d\d(?:\.\d{1,3})?Z/y],
  ['decimal', /[+-]?(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?\d+[eE][+-]?\d+/y],
  ['integer', /[+-]?\d+(?![-T:0-9])/y],
  ['operator', /<=|>=|!=|<>|[=<>]/y],
  ['punctuation', /[(),:]/y],
];

const BLANK = /\s*/y;
const STRING_BODY = /(?:[^'\\]|\\.)*'/sy;
const PARTIAL_DATETIME = /\d{4}-\d\d-\d\d(?:T[\d:.]*)?/y;

/**
 * Splits a query into tokens, an `end` token last. Dotted paths are one word. Throws SoqlProblem (MALFORMED_QUERY) for a
 * query over 100,000 characters, an open string, and a character that begins no token.
 */
export function tokenize(query: string): Token[] {
  if (query.length > MAX_LENGTH) {
    throw new SoqlProblem('MALFORMED_QUERY', `SOQL statements cannot be longer than ${MAX_LENGTH} characters.`);
  }
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(BLANK, query, at)?.length ?? 0;
    if (at >= query.length) break;
    const token = query[at] === "'" ? stringToken(query, at) : plainToken(query, at);
    tokens.push(token);
    at = token.at + token.text.length + (token.kind === 'string' ? 2 : 0);
  }
  tokens.push({ kind: 'end', text: '', at: query.length });
  return tokens;
}

/** The value of a string literal: `\'`, `\n`, `é` … resolved. */
export function unescapeString(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_whole, code: string | undefined, letter: string) =>
    code === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function stringToken(query: string, at: number): Token {
  const body = matchAt(STRING_BODY, query, at + 1);
  if (body === undefined) throw noViableAlternative(query, query.length);
  return { kind: 'string', text: body.slice(0, -1), at };
}

function plainToken(query: string, at: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    const text = matchAt(pattern, query, at);
    if (text !== undefined) return { kind, text, at };
  }
  // A datetime without a zone fails at the character after it, as recorded for `…T12:00:00 00:00`.
  throw noViableAlternative(query, at + (matchAt(PARTIAL_DATETIME, query, at)?.length ?? 0));
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

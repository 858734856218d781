/** The words of a formula. */
import { FormulaProblem } from './formula-problem.ts';

export type Token =
  | { readonly kind: 'number'; readonly text: string; readonly at: number }
  /** `text` is what the string stands for. */
  | { readonly kind: 'string'; readonly text: string; readonly at: number }
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

const SPACE = /[ \t\f\r\n]+/y;
const NUMBER = /\d+(?:\.\d+)?/y;
/** A path is one word: `Account.Owner.Name`, `Owner:User.Name`, `$Setup.X__c.Y__c`. */
const NAME = /[A-Za-z$][\w$:.#]*/y;
const SYMBOL = /&&|\|\||<=|>=|<>|==|!=|[-+*/^&<>=!(),]/y;

/**
 * Splits a formula into words, the last of them an `end`. Comments and white space are dropped. Throws FormulaProblem for
 * what Salesforce's grammar does not have: a character, an escape, an open string or comment.
 */
export function readTokens(formula: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < formula.length;) {
    if (formula.startsWith('/*', at)) {
      at = endOfComment(formula, at);
      continue;
    }
    const quote = formula[at];
    if (quote === '"' || quote === "'") {
      const { text, end } = readString(formula, at, quote);
      tokens.push({ kind: 'string', text, at });
      at = end;
      continue;
    }
    const space = match(SPACE, formula, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = readWord(formula, at);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at: formula.length });
  return tokens;
}

function readWord(formula: string, at: number): Token {
  const number = match(NUMBER, formula, at);
  if (number !== undefined) return { kind: 'number', text: number, at };
  const name = match(NAME, formula, at);
  if (name !== undefined) return { kind: 'name', text: name, at };
  const symbol = match(SYMBOL, formula, at);
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, at };
  const character = String.fromCodePoint(formula.codePointAt(at) ?? 0);
  throw new FormulaProblem(`the character ${JSON.stringify(character)} at position ${at + 1} belongs to no formula`);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function endOfComment(formula: string, at: number): number {
  const end = formula.indexOf('*/', at + 2);
  if (end === -1) throw new FormulaProblem(`the comment at position ${at + 1} has no end`);
  return end + 2;
}

/** Salesforce decodes `\"` and `\\`; of the other escapes that it accepts both characters stay. */
function readString(formula: string, start: number, quote: string): { text: string; end: number } {
  let text = '';
  for (let at = start + 1; at < formula.length; at++) {
    const character = formula[at] as string;
    if (character === quote) return { text, end: at + 1 };
    if (character === '\n' || character === '\r') break;
    if (character !== '\\') {
      text += character;
      continue;
    }
    const escaped = formula[++at] ?? '';
    if (!'nrt"\'\\'.includes(escaped) || escaped === '') {
      throw new FormulaProblem(`\\${escaped} at position ${at} is no escape that formulas know`);
    }
    text += escaped === '"' || escaped === '\\' ? escaped : `\\${escaped}`;
  }
  throw new FormulaProblem(`the string at position ${start + 1} has no end`);
}

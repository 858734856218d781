/**
 * Parses a formula by Salesforce's own grammar, of which two things surprise: `*` and `/` bind tighter than `^`, and every
 * binary operator, `^` too, is left associative (so in the grammar of Salesforce's open formula engine).
 */
import { FormulaProblem } from './formula-problem.ts';
import type { BinaryOperator, Syntax } from './syntax.ts';
import { readTokens, type Token } from './token.ts';

/** The loosest first; operators of one line are equal. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['=', '==', '<>', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-', '&'],
  ['^'],
  ['*', '/'],
];
/** Salesforce takes 3,900 characters; deeper nesting than this can't be meant and would only fill the stack. */
const DEPTH_MAX = 500;

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

/** The tree of a formula. Throws FormulaProblem where it is none. */
export function parseFormula(formula: string): Syntax {
  const cursor: Cursor = { tokens: readTokens(formula), at: 0, depth: 0 };
  const tree = parseLevel(cursor, 0);
  const rest = peek(cursor);
  if (rest.kind !== 'end') throw unexpected(rest);
  return tree;
}

function parseLevel(cursor: Cursor, level: number): Syntax {
  const operators = LEVELS[level];
  if (!operators) return parseUnary(cursor);
  let left = parseLevel(cursor, level + 1);
  for (let token = peek(cursor); isSymbol(token, operators); token = peek(cursor)) {
    cursor.at += 1;
    left = { kind: 'binary', operator: operatorOf(token.text), left, right: parseLevel(cursor, level + 1) };
  }
  return left;
}

function operatorOf(text: string): BinaryOperator {
  if (text === '==') return '=';
  return text === '!=' ? '<>' : (text as BinaryOperator);
}

/** `NOT x = y` is `(NOT x) = y`: NOT is an operator as tight as a sign. */
function parseUnary(cursor: Cursor): Syntax {
  const token = peek(cursor);
  const isNot = token.kind === 'name' && token.text.toUpperCase() === 'NOT';
  if (!isNot && !isSymbol(token, ['-', '+', '!'])) return parsePrimary(cursor);
  cursor.at += 1;
  const part = deeper(cursor, () => parseUnary(cursor));
  if (isNot || token.text === '!') return { kind: 'unary', operator: 'NOT', part };
  return { kind: 'unary', operator: token.text as '-' | '+', part };
}

function parsePrimary(cursor: Cursor): Syntax {
  const token = peek(cursor);
  cursor.at += 1;
  if (token.kind === 'number') return { kind: 'number', text: token.text };
  if (token.kind === 'string') return { kind: 'string', text: token.text };
  if (token.kind === 'name') return parseName(cursor, token);
  if (token.text !== '(') throw unexpected(token);
  const inner = deeper(cursor, () => parseLevel(cursor, 0));
  expect(cursor, ')');
  return inner;
}

function parseName(cursor: Cursor, { text, at }: Token): Syntax {
  const word = text.toUpperCase();
  if (isSymbol(peek(cursor), ['('])) {
    cursor.at += 1;
    return { kind: 'call', name: word, parts: deeper(cursor, () => parseParts(cursor)) };
  }
  if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE' };
  if (word === 'NULL') return { kind: 'null' };
  if (/[.:]$|\.\./.test(text)) throw new FormulaProblem(`${text} at position ${at + 1} is no complete name`);
  return { kind: 'reference', name: text };
}

function parseParts(cursor: Cursor): Syntax[] {
  const parts: Syntax[] = [];
  if (isSymbol(peek(cursor), [')'])) {
    cursor.at += 1;
    return parts;
  }
  for (;;) {
    parts.push(parseLevel(cursor, 0));
    if (!isSymbol(peek(cursor), [','])) break;
    cursor.at += 1;
  }
  expect(cursor, ')');
  return parts;
}

function deeper<T>(cursor: Cursor, parse: () => T): T {
  cursor.depth += 1;
  if (cursor.depth > DEPTH_MAX) throw new FormulaProblem('it is nested too deeply');
  const result = parse();
  cursor.depth -= 1;
  return result;
}

function expect(cursor: Cursor, text: string): void {
  const token = peek(cursor);
  if (!isSymbol(token, [text])) throw unexpected(token);
  cursor.at += 1;
}

function peek({ tokens, at }: Cursor): Token {
  return tokens[at] ?? (tokens.at(-1) as Token);
}

function isSymbol({ kind, text }: Token, texts: readonly string[]): boolean {
  return kind === 'symbol' && texts.includes(text);
}

function unexpected({ kind, text, at }: Token): FormulaProblem {
  if (kind === 'end') return new FormulaProblem('it ends where more is expected');
  return new FormulaProblem(`${JSON.stringify(text)} at position ${at + 1} is not expected there`);
}

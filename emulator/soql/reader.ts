/** A place in a list of tokens, and the small things that every clause is made of. */
import { unexpectedToken } from './problem.ts';
import { FUNCTION_NAMES, type Aggregate, type AggregateName, type Path } from './syntax.ts';
import type { Token } from './token.ts';

const AGGREGATE_NAMES: Readonly<Record<string, AggregateName>> = {
  COUNT: 'COUNT',
  COUNT_DISTINCT: 'COUNT_DISTINCT',
  SUM: 'SUM',
  AVG: 'AVG',
  MIN: 'MIN',
  MAX: 'MAX',
};

/** Reads tokens one after the other; every method that fails throws SoqlProblem `unexpected token`. */
export class Reader {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.#index + ahead] ?? { kind: 'end', text: '', at: this.text.length };
  }

  next(): Token {
    const token = this.peek();
    this.#index += 1;
    return token;
  }

  /** Takes a punctuation or operator if it comes next. */
  take(text: string): boolean {
    const token = this.peek();
    const found = token.text === text && (token.kind === 'punctuation' || token.kind === 'operator');
    if (found) this.#index += 1;
    return found;
  }

  expect(text: string): void {
    if (!this.take(text)) throw unexpectedToken(this.peek().text);
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

  /** Takes a keyword, in any case. */
  takeWord(word: string): boolean {
    const found = this.isWord(word);
    if (found) this.#index += 1;
    return found;
  }

  takeWords(first: string, second: string): boolean {
    const found = this.isWord(first) && this.isWord(second, 1);
    if (found) this.#index += 2;
    return found;
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw unexpectedToken(this.peek().text);
  }

  /** Any word. */
  name(): Token {
    const token = this.peek();
    if (token.kind !== 'word') throw unexpectedToken(token.text);
    return this.next();
  }

  /** A field, or functions of one. */
  path(): Path {
    const token = this.name();
    const call = FUNCTION_NAMES.find((name) => name === token.text.toUpperCase());
    if (call === undefined || !this.take('(')) return { names: token.text.split('.'), at: token.at };
    const { names, calls = [] } = this.path();
    this.expect(')');
    return { names, at: token.at, calls: [...calls, call] };
  }

  /** A whole number that isn't negative. */
  count(): number {
    const token = this.next();
    if (token.kind !== 'integer' || token.text.startsWith('-')) throw unexpectedToken(token.text);
    return Number(token.text);
  }

  /** `COUNT()`, `MAX(Path)`: undefined where none comes next, which may also be a field called `Count`. */
  aggregate(): Aggregate | undefined {
    const token = this.peek();
    const call = token.kind === 'word' ? AGGREGATE_NAMES[token.text.toUpperCase()] : undefined;
    if (call === undefined || this.peek(1).text !== '(') return undefined;
    this.#index += 2;
    if (call === 'COUNT' && this.take(')')) return { call, path: undefined, at: token.at };
    const path = this.path();
    this.expect(')');
    return { call, path, at: token.at };
  }
}

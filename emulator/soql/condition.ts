/** WHERE and HAVING. */
import { SoqlProblem, unexpectedToken } from './problem.ts';
import type { Reader } from './reader.ts';
import type { Condition, Literal, Operand, Operator, Query } from './syntax.ts';
import { unescapeString, type Token } from './token.ts';

const SYMBOLS: Readonly<Record<string, Operator>> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** Integer literals are 32 bits wide; a larger one must be written with a decimal point (recorded). */
const MAX_INTEGER = 2_147_483_647;

/**
 * Reads a condition. As in SOQL, AND and OR on one level need parentheses: `a AND b OR c` is an unexpected token.
 * `subquery` reads a query from its SELECT on. Throws SoqlProblem (MALFORMED_QUERY).
 */
export function parseCondition(reader: Reader, subquery: () => Query): Condition {
  const first = parseUnary(reader, subquery);
  const kind = reader.isWord('AND') ? 'and' : reader.isWord('OR') ? 'or' : undefined;
  if (kind === undefined) return first;
  const parts = [first];
  while (reader.takeWord(kind.toUpperCase())) parts.push(parseUnary(reader, subquery));
  if (reader.isWord('AND') || reader.isWord('OR')) throw unexpectedToken(reader.peek().text);
  return { kind, parts };
}

function parseUnary(reader: Reader, subquery: () => Query): Condition {
  if (reader.takeWord('NOT')) return { kind: 'not', part: parseUnary(reader, subquery) };
  if (reader.take('(')) {
    const inner = parseCondition(reader, subquery);
    reader.expect(')');
    return inner;
  }
  return parseComparison(reader, subquery);
}

function parseComparison(reader: Reader, subquery: () => Query): Condition {
  const at = reader.peek().at;
  const aggregate = reader.aggregate();
  const operand: Operand = aggregate ? { kind: 'aggregate', aggregate } : { kind: 'path', path: reader.path() };
  const operator = parseOperator(reader);
  if (operator === 'IN' || operator === 'NOT IN' || operator === 'INCLUDES' || operator === 'EXCLUDES') {
    return { kind: 'comparison', operand, operator, value: parseList(reader, subquery), at };
  }
  return { kind: 'comparison', operand, operator, value: parseLiteral(reader), at };
}

function parseOperator(reader: Reader): Operator {
  const token = reader.next();
  const symbol = token.kind === 'operator' ? SYMBOLS[token.text] : undefined;
  if (symbol !== undefined) return symbol;
  const word = token.kind === 'word' ? token.text.toUpperCase() : '';
  if (word === 'LIKE' || word === 'IN' || word === 'INCLUDES' || word === 'EXCLUDES') return word;
  if (word === 'NOT' && reader.takeWord('IN')) return 'NOT IN';
  throw unexpectedToken(token.text);
}

function parseList(reader: Reader, subquery: () => Query): readonly Literal[] | Query {
  reader.expect('(');
  if (reader.isWord('SELECT')) {
    const query = subquery();
    reader.expect(')');
    return query;
  }
  const list = [parseLiteral(reader)];
  while (reader.take(',')) list.push(parseLiteral(reader));
  reader.expect(')');
  return list;
}

function parseLiteral(reader: Reader): Literal {
  const token = reader.next();
  if (token.kind === 'string') return { kind: 'string', text: unescapeString(token.text), raw: token.text };
  if (token.kind === 'date' || token.kind === 'datetime' || token.kind === 'time') {
    return { kind: token.kind, text: token.text };
  }
  if (token.kind === 'decimal') return { kind: 'number', value: Number(token.text) };
  if (token.kind === 'integer') return integerLiteral(token);
  if (token.kind === 'word') return wordLiteral(token, reader);
  throw unexpectedToken(token.text);
}

function integerLiteral(token: Token): Literal {
  const value = Number(token.text);
  if (Math.abs(value) > MAX_INTEGER) throw new SoqlProblem('MALFORMED_QUERY', 'Unknown error parsing query');
  return { kind: 'number', value };
}

function wordLiteral(token: Token, reader: Reader): Literal {
  const word = token.text.toUpperCase();
  if (word === 'NULL') return { kind: 'null' };
  if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE' };
  const count = reader.take(':') ? reader.count() : undefined;
  return { kind: 'named', name: word, count };
}

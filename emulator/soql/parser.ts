/** Tokens to a syntax tree: a recursive descent over one query. */
import { parseCondition } from './condition.ts';
import { parseSelect } from './projection.ts';
import { SoqlProblem, unexpectedToken } from './problem.ts';
import { Reader } from './reader.ts';
import type { Operand, OrderTerm, Path, Query } from './syntax.ts';
import { tokenize } from './token.ts';

/**
 * Parses a whole query. Throws SoqlProblem (MALFORMED_QUERY, NUMBER_OUTSIDE_VALID_RANGE) with the service's wording.
 * Knows nothing of objects and fields: scope.ts resolves them.
 */
export function parseQuery(text: string): Query {
  const reader = new Reader(text, tokenize(text));
  const query = parseBody(reader);
  if (reader.peek().kind !== 'end') throw unexpectedToken(reader.peek().text);
  return query;
}

/** OFFSET is limited to 2,000 rows (SOQL and SOSL Reference, OFFSET). */
const MAX_OFFSET = 2000;

/** What may follow FROM without being an alias of it. */
const CLAUSE_WORDS = new Set(['WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'OFFSET', 'ALL', 'USING', 'WITH', 'FOR']);

function parseBody(reader: Reader): Query {
  reader.expectWord('SELECT');
  const select = parseSelect(reader, () => parseBody(reader));
  reader.expectWord('FROM');
  const from = reader.name();
  const alias = parseAlias(reader);
  if (reader.takeWord('USING')) {
    reader.expectWord('SCOPE');
    reader.name();
  }
  const where = reader.takeWord('WHERE') ? parseCondition(reader, () => parseBody(reader)) : undefined;
  if (reader.takeWord('WITH')) reader.expectWord('SECURITY_ENFORCED');
  const groupBy = reader.takeWords('GROUP', 'BY') ? parsePaths(reader) : [];
  const having = reader.takeWord('HAVING') ? parseCondition(reader, () => parseBody(reader)) : undefined;
  const orderBy = reader.takeWords('ORDER', 'BY') ? parseOrder(reader) : [];
  const limit = reader.takeWord('LIMIT') ? reader.count() : undefined;
  const offset = reader.takeWord('OFFSET') ? parseOffset(reader) : undefined;
  const allRows = reader.takeWords('ALL', 'ROWS');
  if (reader.takeWord('FOR')) reader.name();
  return {
    text: reader.text,
    select,
    from: from.text,
    fromAt: from.at,
    alias,
    where,
    groupBy,
    having,
    orderBy,
    limit,
    offset,
    allRows,
  };
}

function parseAlias(reader: Reader): string | undefined {
  if (reader.takeWord('AS')) return reader.name().text;
  const next = reader.peek();
  if (next.kind !== 'word' || CLAUSE_WORDS.has(next.text.toUpperCase())) return undefined;
  // `SELECT Id FROM Account WHER x = 1`: the service, too, reads the first stray word as an alias.
  return reader.name().text;
}

function parseOffset(reader: Reader): number {
  const offset = reader.count();
  if (offset > MAX_OFFSET) {
    throw new SoqlProblem('NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${MAX_OFFSET}`);
  }
  return offset;
}

function parsePaths(reader: Reader): Path[] {
  const paths = [reader.path()];
  while (reader.take(',')) paths.push(reader.path());
  return paths;
}

function parseOrder(reader: Reader): OrderTerm[] {
  const terms = [parseOrderTerm(reader)];
  while (reader.take(',')) terms.push(parseOrderTerm(reader));
  return terms;
}

function parseOrderTerm(reader: Reader): OrderTerm {
  const aggregate = reader.aggregate();
  const operand: Operand = aggregate ? { kind: 'aggregate', aggregate } : { kind: 'path', path: reader.path() };
  const descending = reader.takeWord('DESC');
  if (!descending) reader.takeWord('ASC');
  let nullsLast = false;
  if (reader.takeWord('NULLS')) {
    nullsLast = reader.takeWord('LAST');
    if (!nullsLast) reader.expectWord('FIRST');
  }
  return { operand, descending, nullsLast };
}

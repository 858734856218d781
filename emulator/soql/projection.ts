/** The SELECT list. */
import { SoqlProblem, unexpectedToken } from './problem.ts';
import type { Reader } from './reader.ts';
import type { FieldsScope, Path, Query, SelectItem } from './syntax.ts';

const FIELDS_SCOPES: Readonly<Record<string, FieldsScope>> = { ALL: 'ALL', STANDARD: 'STANDARD', CUSTOM: 'CUSTOM' };

/** Reads the items up to FROM. `subquery` reads a query from its SELECT on. Throws SoqlProblem (MALFORMED_QUERY). */
export function parseSelect(reader: Reader, subquery: () => Query): SelectItem[] {
  const items = [parseItem(reader, subquery)];
  while (reader.take(',')) items.push(parseItem(reader, subquery));
  return items;
}

function parseItem(reader: Reader, subquery: () => Query): SelectItem {
  const at = reader.peek().at;
  if (reader.take('(')) {
    const query = subquery();
    reader.expect(')');
    return { kind: 'children', query, at };
  }
  if (reader.isWord('FROM')) throw unexpectedToken(reader.peek().text);
  const aggregate = reader.aggregate();
  if (aggregate) return { kind: 'aggregate', aggregate, alias: parseAlias(reader) };
  if (reader.isWord('FIELDS') && reader.peek(1).text === '(') return parseFields(reader, at);
  if (reader.isWord('TYPEOF')) return parseTypeof(reader);
  const path = reader.path();
  if (reader.peek().text === '(') throw unexpectedToken('(');
  return { kind: 'path', path, alias: parseAlias(reader) };
}

function parseAlias(reader: Reader): string | undefined {
  const next = reader.peek();
  if (next.kind !== 'word' || reader.isWord('FROM')) return undefined;
  // `SELECT Id FORM Account`: no comma and no FROM after the word, so it is no alias but a stray.
  const after = reader.peek(1);
  if (after.text !== ',' && !reader.isWord('FROM', 1)) throw unexpectedToken(next.text);
  return reader.name().text;
}

function parseFields(reader: Reader, at: number): SelectItem {
  reader.name();
  reader.expect('(');
  const word = reader.name().text;
  const scope = FIELDS_SCOPES[word.toUpperCase()];
  if (scope === undefined) throw unexpectedToken(word);
  reader.expect(')');
  return { kind: 'fields', scope, at };
}

function parseTypeof(reader: Reader): SelectItem {
  reader.expectWord('TYPEOF');
  const path = reader.path();
  const branches: { sobject: string; paths: Path[] }[] = [];
  while (reader.takeWord('WHEN')) {
    const sobject = reader.name().text;
    reader.expectWord('THEN');
    branches.push({ sobject, paths: parsePaths(reader) });
  }
  const otherwise = reader.takeWord('ELSE') ? parsePaths(reader) : [];
  reader.expectWord('END');
  if (branches.length === 0) throw new SoqlProblem('MALFORMED_QUERY', 'TYPEOF needs at least one WHEN clause');
  return { kind: 'typeof', path, branches, otherwise };
}

function parsePaths(reader: Reader): Path[] {
  const paths = [reader.path()];
  while (reader.take(',')) paths.push(reader.path());
  return paths;
}

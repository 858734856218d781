import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIALECTS } from './dialects.ts';
import { parseFormula } from './parser.ts';
import type { Syntax } from './syntax.ts';
import { tryFormula } from './trial.ts';

/** With a bracket round everything that has parts. */
function bracketed(tree: Syntax): string {
  switch (tree.kind) {
    case 'number':
    case 'string':
      return tree.kind === 'string' ? JSON.stringify(tree.text) : tree.text;
    case 'boolean':
      return String(tree.value).toUpperCase();
    case 'null':
      return 'NULL';
    case 'reference':
      return tree.name;
    case 'call':
      return `${tree.name}(${tree.parts.map(bracketed).join(', ')})`;
    case 'unary':
      return `(${tree.operator} ${bracketed(tree.part)})`;
    case 'binary':
      return `(${bracketed(tree.left)} ${tree.operator} ${bracketed(tree.right)})`;
  }
}

describe('precedence', () => {
  test.each([
    ['1 + 2 * 3', '(1 + (2 * 3))'],
    ['2 * 3 ^ 4', '((2 * 3) ^ 4)'],
    ['2 ^ 3 ^ 2', '((2 ^ 3) ^ 2)'],
    ['-2 ^ 2', '((- 2) ^ 2)'],
    ['10 - 4 - 3', '((10 - 4) - 3)'],
    ['NOT x = y', '((NOT x) = y)'],
    ['"a" & "b" = "ab"', '(("a" & "b") = "ab")'],
    ['1 < 2 = TRUE', '((1 < 2) = TRUE)'],
    ['a || b && c', '(a || (b && c))'],
    ['1 == 2 && 3 != 4', '((1 = 2) && (3 <> 4))'],
    ['2 --3', '(2 - (- 3))'],
  ])('%s is %s', (formula, expected) => {
    expect(bracketed(parseFormula(formula))).toBe(expected);
  });
});

test('words are told apart whatever stands between and in them', () => {
  const formula = '/* a */ iF /* b */ (tRuE, \'it"s\' /* c */,\n"say \\"hi\\" \\n")';
  expect(bracketed(parseFormula(formula))).toBe('IF(TRUE, "it\\"s", "say \\"hi\\" \\\\n")');
  expect(bracketed(parseFormula('Owner:User.Name & $Setup.ns__X__c.Y__c'))).toBe(
    '(Owner:User.Name & $Setup.ns__X__c.Y__c)',
  );
});

test.each([
  '',
  '1 +',
  '(1',
  '.5',
  '5.',
  '"a',
  "'a\nb'",
  '"\\q"',
  '1 2',
  'IF(1,)',
  '/* 1',
  'a..b',
  'A.',
  '{!A}',
  '-- 1 -',
])('%j is no formula', (formula) => {
  expect(() => parseFormula(formula)).toThrow(/./);
});

test('a tree that is written with brackets is the same tree again', () => {
  const leaf = fc.constantFrom('1', '2.5', '"x"', 'A__c', 'Account.Name', 'TRUE', 'NULL');
  const { formula } = fc.letrec<{ formula: string }>((tie) => ({
    formula: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc
        .tuple(tie('formula'), fc.constantFrom('+', '-', '*', '/', '^', '&', '<', '=', '&&', '||'), tie('formula'))
        .map((parts) => parts.join(' ')),
      tie('formula').map((inner) => `NOT (${inner})`),
      fc.array(tie('formula'), { maxLength: 3 }).map((parts) => `MAX(${parts.join(', ')})`),
    ),
  }));
  fc.assert(
    fc.property(formula, (text) => {
      const once = bracketed(parseFormula(text));
      expect(bracketed(parseFormula(once))).toBe(once);
    }),
  );
});

test.each(Object.values(DIALECTS))('$name: nesting that multiplies ends in a reason, however deep it is', (dialect) => {
  for (const [open, close, leaf, returnType] of [
    ['ROUND(', ', 1)', 'A__c', 'number'],
    ['ADDMONTHS(', ', 1)', 'D__c', 'date'],
    ['CEILING(', ')', 'A__c', 'number'],
  ] as const) {
    const formula = open.repeat(60) + leaf + close.repeat(60);
    const fields = { A__c: { type: 'number' }, D__c: { type: 'date' } };
    const answer = tryFormula(JSON.stringify({ formula, returnType, fields }), dialect, 'UTC');
    expect('sql' in answer ? answer.sql.length < 2_000_000 : answer.reason.includes('nested')).toBe(true);
  }
});

test('any text at all ends in SQL or in a reason', () => {
  const words = fc.constantFrom('IF(', 'CASE(', 'A__c', 'D__c', '"x"', '1', ')', ',', '+', '-', '&', '=', 'NOT', 'DATE(', 'TEXT(', 'NULL', '^', ' ', '$User.Id', '/*', 'DISTANCE(', 'GEOLOCATION('); // prettier-ignore
  const fields = { A__c: { type: 'number' }, D__c: { type: 'date' } };
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words, { maxLength: 12 }).map((list) => list.join('')),
      ),
      fc.constantFrom(...Object.values(DIALECTS)),
      fc.constantFrom('text', 'number', 'date', 'boolean', 'percent', 'odd'),
      (formula, dialect, returnType) => {
        const answer = tryFormula(JSON.stringify({ formula, returnType, fields }), dialect, 'UTC');
        expect(Object.values(answer)).toEqual([expect.stringMatching(/./)]);
      },
    ),
    { numRuns: 500 },
  );
});

/** From the text of a formula to one SQL expression: its value as the API gives it. */
import { checkFormula } from './check.ts';
import type { Dialect, PlainType } from './dialect.ts';
import { FormulaProblem } from './formula-problem.ts';
import { fieldKindOf } from './formula-type.ts';
import { parseFormula } from './parser.ts';
import { printTyped } from './print.ts';
import type { Resolve, Typed } from './typed.ts';

export type Translation = { readonly sql: string } | { readonly reason: string };

export interface TranslationOptions {
  readonly dialect: Dialect;
  readonly resolve: Resolve;
  /** The type of the field in describe. */
  readonly returnType: string;
  /** Digits behind the point of the field, where it is a number. */
  readonly scale?: number | undefined;
  /** IANA name of the zone in which TODAY and DATEVALUE cut their dates. */
  readonly zone?: string;
}

/** What describe says a text may have. */
const TEXT_CHARACTERS_MAX = 1300;

/** The expression of a formula, or why there is none. Never throws for any text. */
export function translateFormula(formula: string, options: TranslationOptions): Translation {
  try {
    const tree = checkFormula(parseFormula(formula), options.resolve);
    return { sql: printResult(tree, options) };
  } catch (thrown) {
    if (thrown instanceof FormulaProblem) return { reason: thrown.message };
    throw thrown;
  }
}

function printResult(tree: Typed, { dialect, returnType, scale, zone = 'UTC' }: TranslationOptions): string {
  const kind = fieldKindOf(returnType);
  const type = kind?.type;
  if (!kind || !isPlain(type)) throw new FormulaProblem(`a formula can't return ${returnType}`);
  const found = tree.type === 'picklist' ? 'text' : tree.type;
  if (found !== 'null' && found !== type) {
    throw new FormulaProblem(`it gives ${found}, and the field is ${type}`);
  }
  const { sql, guard, isNull } = printTyped(tree, dialect, zone);
  const value = isNull ? `CAST(NULL AS ${dialect.types[type]})` : sql;
  const stored = dialect.result(type, storedValue(value, type, kind.isPercent === true, scale, dialect));
  return guard === undefined ? stored : `CASE WHEN ${guard} THEN NULL ELSE ${stored} END`;
}

/** The last step of Salesforce's own SQL: numbers rounded to the scale, percents times 100, texts cut, no third answer. */
function storedValue(
  value: string,
  type: PlainType,
  isPercent: boolean,
  scale: number | undefined,
  dialect: Dialect,
): string {
  if (type === 'boolean') return `COALESCE(${value}, FALSE)`;
  if (type === 'text') return dialect.left(value, String(TEXT_CHARACTERS_MAX));
  if (type !== 'number') return value;
  const number = isPercent ? `(${value} * 100)` : value;
  return scale === undefined ? number : dialect.round(number, String(scale));
}

function isPlain(type: string | undefined): type is PlainType {
  return type !== undefined && ['number', 'text', 'boolean', 'date', 'datetime', 'time'].includes(type);
}

/** Turns a typed formula into SQL of one dialect. */
import { DATE_FUNCTIONS } from './date-functions.ts';
import type { Dialect } from './dialect.ts';
import { FormulaProblem } from './formula-problem.ts';
import { LOGIC_FUNCTIONS } from './logic-functions.ts';
import { NUMBER_FUNCTIONS } from './number-functions.ts';
import type { Print, Printed } from './printed.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';
import type { FieldReference, Typed } from './typed.ts';

const FUNCTIONS: Readonly<Record<string, Print>> = {
  ...LOGIC_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...DATE_FUNCTIONS,
};

/** Longer SQL than this no warehouse compiles in good time. */
const SQL_CHARACTERS_MAX = 1_000_000;

/** SQL of a tree, and when it is an error. Throws FormulaProblem for what the dialect can't do. `zone` is that of the user. */
export function printTyped(tree: Typed, dialect: Dialect, zone: string): Printed {
  switch (tree.kind) {
    case 'literal':
      return printLiteral(tree.type, tree.text, dialect);
    case 'field':
      return printField(tree.field, dialect);
    case 'nested': {
      const inner = printTyped(tree.tree, dialect, zone);
      return tree.isZeroed ? { ...inner, sql: `COALESCE(${inner.sql}, ${dialect.number('0')})` } : inner;
    }
    case 'call': {
      const parts = tree.parts.map((part) => printTyped(part, dialect, zone));
      const print = FUNCTIONS[tree.name];
      if (!print) throw new FormulaProblem(`the function ${tree.name} is not known`);
      return ofBearableLength(print({ dialect, zone, node: tree, parts }));
    }
  }
}

/** Some functions need a part several times, so that nesting multiplies: stopped at each step, before no string can hold it. */
function ofBearableLength(printed: Printed): Printed {
  const length = printed.sql.length + (printed.guard?.length ?? 0);
  if (length <= SQL_CHARACTERS_MAX) return printed;
  throw new FormulaProblem('it is nested so deeply that its SQL would be too long for a warehouse');
}

function printLiteral(type: string, text: string, dialect: Dialect): Printed {
  if (type === 'null') return { sql: 'NULL', isNull: true };
  if (type === 'number') return { sql: dialect.number(text), isExact: true };
  if (type === 'boolean') return { sql: text };
  return text === '' ? { sql: `CAST(NULL AS ${dialect.types.text})` } : { sql: dialect.text(text) };
}

/** Percents are a hundredth inside formulas, and Ids have 15 characters. */
function printField({ type, column, isPercent, isId, isZeroed }: FieldReference, dialect: Dialect): Printed {
  if (type === 'location') return { sql: column };
  const stored = dialect.field(type, column);
  if (isId) return { sql: dialect.left(stored, '15') };
  const value = isPercent ? dialect.divide(stored, dialect.number('100')) : stored;
  return { sql: isZeroed ? `COALESCE(${value}, ${dialect.number('0')})` : value, isExact: type === 'number' };
}

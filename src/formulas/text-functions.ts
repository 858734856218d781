/** Texts, picklists and Ids. A text that would be empty is blank, in every function. */
import { FormulaProblem } from './formula-problem.ts';
import { isTrue, orBlank, result, type Print, type Printed, type Printing } from './printed.ts';

/** What VALUE and ISNUMBER take for a number: no spaces, no separators. */
const NUMBER_PATTERN = '[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?';

export const TEXT_FUNCTIONS: Readonly<Record<string, Print>> = {
  concat: (printing) => {
    const side = (index: number) => `COALESCE(${text(printing, index)}, '')`;
    return result(printing, orBlank(`(${side(0)} || ${side(1)})`));
  },
  LEN: (printing) => result(printing, `COALESCE(${printing.dialect.length(text(printing, 0))}, 0)`),
  LEFT: (printing) => result(printing, orBlank(printing.dialect.left(text(printing, 0), count(printing, 1)))),
  RIGHT: (printing) => result(printing, orBlank(printing.dialect.right(text(printing, 0), count(printing, 1)))),
  MID: (printing) => {
    const { dialect } = printing;
    return result(printing, orBlank(dialect.substring(text(printing, 0), place(printing, 1), count(printing, 2))));
  },
  FIND: printFind,
  CONTAINS: (printing) => {
    const [whole, sought] = [text(printing, 0), text(printing, 1)];
    return result(printing, `(${sought} IS NULL OR ${printing.dialect.position(whole, sought)} > 0)`);
  },
  BEGINS: (printing) => {
    const { dialect } = printing;
    const [whole, sought] = [text(printing, 0), text(printing, 1)];
    return result(printing, `(${sought} IS NULL OR ${dialect.left(whole, dialect.length(sought))} = ${sought})`);
  },
  SUBSTITUTE: (printing) => {
    const [whole, old, put] = [text(printing, 0), text(printing, 1), text(printing, 2)];
    const replaced = orBlank(printing.dialect.replace(whole, old, `COALESCE(${put}, '')`));
    return result(printing, `CASE WHEN ${old} IS NULL THEN NULL ELSE ${replaced} END`);
  },
  TRIM: (printing) => result(printing, orBlank(printing.dialect.trim(text(printing, 0)))),
  UPPER: (printing) => result(printing, printing.dialect.upper(text(printing, 0))),
  LOWER: (printing) => result(printing, printing.dialect.lower(text(printing, 0))),
  LPAD: (printing) => printPad(printing, 'l'),
  RPAD: (printing) => printPad(printing, 'r'),
  REVERSE: (printing) => result(printing, printing.dialect.reverse(text(printing, 0))),
  INITCAP: (printing) => {
    const { dialect } = printing;
    if (!dialect.capitalise) throw new FormulaProblem(`${dialect.name} has nothing like INITCAP`);
    return result(printing, dialect.capitalise(text(printing, 0)));
  },
  ASCII: (printing) => result(printing, printing.dialect.code(text(printing, 0))),
  CHR: (printing) => {
    const code = printing.dialect.integer(number(printing, 0));
    return result(printing, printing.dialect.character(`CASE WHEN ${code} BETWEEN 1 AND 1114111 THEN ${code} END`));
  },
  BR: (printing) => result(printing, printing.dialect.character('10')),
  'TEXT number': (printing) => result(printing, printing.dialect.textOfNumber(number(printing, 0))),
  'TEXT date': (printing) => result(printing, printing.dialect.textOfDate(text(printing, 0))),
  // A blank datetime becomes a lone Z, in Salesforce too.
  'TEXT datetime': (printing) =>
    result(printing, `(COALESCE(${printing.dialect.textOfDatetime(text(printing, 0))}, '') || 'Z')`),
  'TEXT time': printTextOfTime,
  'TEXT picklist': (printing) => result(printing, text(printing, 0)),
  'TEXT text': (printing) => result(printing, text(printing, 0)),
  'TEXT null': (printing) => result(printing, text(printing, 0)),
  VALUE: (printing) => {
    const value = text(printing, 0);
    const isNumber = printing.dialect.matches(value, NUMBER_PATTERN);
    return result(
      printing,
      `CASE WHEN ${isNumber} THEN ${printing.dialect.numberOfText(value)} END`,
      `NOT ${isNumber}`,
    );
  },
  ISNUMBER: (printing) => result(printing, isTrue(printing.dialect.matches(text(printing, 0), NUMBER_PATTERN))),
  ISPICKVAL: (printing) => {
    const [picked, value] = printing.parts as [Printed, Printed];
    const isBlank = value.isNull === true || literalOf(printing, 1) === '';
    return result(printing, isBlank ? `(${picked.sql} IS NULL)` : isTrue(`${picked.sql} = ${value.sql}`));
  },
  INCLUDES: (printing) => {
    const [picked, value] = printing.parts as [Printed, Printed];
    if (value.isNull === true || literalOf(printing, 1) === '') return result(printing, `(${picked.sql} IS NULL)`);
    const found = printing.dialect.position(`(';' || ${picked.sql} || ';')`, `(';' || ${value.sql} || ';')`);
    return result(printing, isTrue(`${found} > 0`));
  },
  PICKLISTCOUNT: (printing) => {
    const { dialect } = printing;
    const picked = text(printing, 0);
    const separators = `${dialect.length(picked)} - COALESCE(${dialect.length(dialect.replace(picked, "';'", "''"))}, 0)`;
    return result(printing, `COALESCE(${separators} + 1, 0)`);
  },
  CASESAFEID: printCaseSafeId,
  HYPERLINK: (printing) => {
    const [url, label] = [text(printing, 0), text(printing, 1)];
    const target = printing.parts.length > 2 ? `COALESCE(${text(printing, 2)}, '_blank')` : `'_blank'`;
    return result(printing, joined(`'<a href="'`, url, `'" target="'`, target, `'">'`, label, `'</a>'`));
  },
  IMAGE: (printing) => {
    const [url, label] = [text(printing, 0), text(printing, 1)];
    const pixels = (index: number) => printing.dialect.textOfNumber(number(printing, index));
    const size = printing.parts.length < 4 ? [] : [`' style="height:'`, pixels(2), `'px; width:'`, pixels(3), `'px;"'`];
    return result(printing, joined(`'<img src="'`, url, `'" alt="'`, label, `'"'`, ...size, `' border="0"/>'`));
  },
};

function joined(...pieces: readonly string[]): string {
  return `(${pieces.map((piece) => (piece.startsWith("'") ? piece : `COALESCE(${piece}, '')`)).join(' || ')})`;
}

function text({ parts, dialect }: Printing, index: number): string {
  const { sql, isNull } = parts[index] as Printed;
  return isNull ? `CAST(NULL AS ${dialect.types.text})` : sql;
}

function number({ parts, dialect }: Printing, index: number): string {
  const { sql, isNull } = parts[index] as Printed;
  return isNull ? `CAST(NULL AS ${dialect.types.number})` : sql;
}

function literalOf({ node }: Printing, index: number): string | undefined {
  const part = node.parts[index];
  return part?.kind === 'literal' ? part.text : undefined;
}

/** How many characters: cut to a whole number, none for a negative one, null for null. */
function count(printing: Printing, index: number): string {
  const value = number(printing, index);
  return printing.dialect.integer(`CASE WHEN ${value} < 0 THEN 0 ELSE ${value} END`);
}

/** A place in a text, counted from 1; what is before it counts as 1. */
function place(printing: Printing, index: number): string {
  const value = number(printing, index);
  return printing.dialect.integer(`CASE WHEN ${value} < 1 THEN 1 ELSE ${value} END`);
}

/** The place is counted from the beginning of the text, wherever the search starts. */
function printFind(printing: Printing): Printed {
  const { dialect } = printing;
  const [sought, whole] = [text(printing, 0), text(printing, 1)];
  if (printing.parts.length < 3) {
    const found = dialect.position(whole, sought);
    return result(printing, `CASE WHEN ${sought} IS NULL OR ${whole} IS NULL THEN 0 ELSE ${found} END`);
  }
  const start = place(printing, 2);
  const found = dialect.position(dialect.substring(whole, start), sought);
  const sql = `CASE WHEN ${sought} IS NULL OR ${whole} IS NULL OR ${start} IS NULL THEN 0 WHEN ${found} > 0 THEN ${found} + ${start} - 1 ELSE 0 END`;
  return result(printing, sql);
}

/** Shorter than the text, a length cuts the text at its end. */
function printPad(printing: Printing, side: 'l' | 'r'): Printed {
  const fill = printing.parts.length > 2 ? text(printing, 2) : "' '";
  return result(printing, orBlank(printing.dialect.pad(side, text(printing, 0), count(printing, 1), fill)));
}

function printTextOfTime(printing: Printing): Printed {
  const { dialect } = printing;
  const millis = number(printing, 0);
  const digits = (divisor: number, modulus: number, length: number) => {
    const value = dialect.floor(dialect.modulo(dialect.floor(`(${millis}) / ${divisor}.0`), `${modulus}`));
    return dialect.pad('l', dialect.textOfNumber(value), String(length), "'0'");
  };
  const [hours, minutes] = [digits(3_600_000, 24, 2), digits(60_000, 60, 2)];
  const [seconds, rest] = [digits(1_000, 60, 2), digits(1, 1_000, 3)];
  return result(printing, `(${hours} || ':' || ${minutes} || ':' || ${seconds} || '.' || ${rest})`);
}

const SUFFIX_LETTERS = "'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'";

/** 18 characters of 15: three more, each of which tells which of five characters are capitals. */
function printCaseSafeId(printing: Printing): Printed {
  const { dialect, node } = printing;
  const [part] = node.parts;
  if (part?.kind === 'field' && part.field.isId) return result(printing, orBlank(part.field.column));
  const id = text(printing, 0);
  const suffix = [0, 5, 10].map((from) => {
    const bits = [0, 1, 2, 3, 4].map((bit) => {
      const code = dialect.code(dialect.substring(id, String(from + bit + 1), '1'));
      return `CASE WHEN ${code} BETWEEN 65 AND 90 THEN ${2 ** bit} ELSE 0 END`;
    });
    return dialect.substring(SUFFIX_LETTERS, `1 + ${bits.join(' + ')}`, '1');
  });
  const whole = `(${[id, ...suffix].join(' || ')})`;
  return result(printing, `CASE WHEN ${dialect.length(id)} = 15 THEN ${whole} ELSE ${id} END`);
}

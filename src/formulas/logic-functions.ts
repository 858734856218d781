/** Conditions and blanks. IF, AND and OR look at a part only where they need it, so its errors count only there. */
import type { PlainType } from './dialect.ts';
import { coordinatesOf } from './number-functions.ts';
import { allGuards, anyOf, isTrue, result, type Print, type Printed, type Printing } from './printed.ts';

export const LOGIC_FUNCTIONS: Readonly<Record<string, Print>> = {
  AND: ({ parts }) => ({
    sql: `(${parts.map(({ sql }) => isTrue(sql)).join(' AND ')})`,
    guard: chainedGuard(parts, (sql) => isTrue(sql)),
  }),
  OR: ({ parts }) => ({
    sql: `(${parts.map(({ sql }) => isTrue(sql)).join(' OR ')})`,
    guard: chainedGuard(parts, (sql) => `NOT ${isTrue(sql)}`),
  }),
  NOT: (printing) => result(printing, `(NOT ${printing.parts[0]?.sql})`),
  IF(printing) {
    const [condition, yes, no] = printing.parts as [Printed, Printed, Printed];
    return {
      sql: `CASE WHEN ${condition.sql} THEN ${typed(printing, yes)} ELSE ${typed(printing, no)} END`,
      guard: anyOf(condition.guard, branchGuard(condition.sql, yes.guard, no.guard)),
    };
  },
  IFS(printing) {
    const { parts } = printing;
    const last = parts.at(-1) as Printed;
    let [sql, guard] = [typed(printing, last), last.guard];
    for (let index = parts.length - 3; index >= 0; index -= 2) {
      const [condition, value] = [parts[index] as Printed, parts[index + 1] as Printed];
      sql = `CASE WHEN ${condition.sql} THEN ${typed(printing, value)} ELSE ${sql} END`;
      guard = anyOf(condition.guard, branchGuard(condition.sql, value.guard, guard));
    }
    return { sql, guard };
  },
  CASE(printing) {
    const { parts, node } = printing;
    const [subject, ...rest] = parts as [Printed, ...Printed[]];
    const isText = ['text', 'picklist'].includes(node.parts[0]?.type ?? '');
    const cases: string[] = [];
    for (let index = 0; index + 1 < rest.length; index += 2) {
      const [key, value] = [rest[index] as Printed, rest[index + 1] as Printed];
      const condition = isText ? sameText(subject, key) : sameValue(printing, subject, key, node.parts[0]?.type);
      cases.push(`WHEN ${condition} THEN ${typed(printing, value)}`);
    }
    // Salesforce evaluates every part of a CASE: an error in a branch that is not taken spoils it too.
    return {
      sql: `CASE ${cases.join(' ')} ELSE ${typed(printing, rest.at(-1) as Printed)} END`,
      guard: allGuards(parts),
    };
  },
  ISBLANK: (printing) => result(printing, `(${blankable(printing)} IS NULL)`),
  ISNULL: (printing) =>
    result(printing, printing.node.parts[0]?.type === 'text' ? 'FALSE' : `(${blankable(printing)} IS NULL)`),
  BLANKVALUE: (printing) => result(printing, `COALESCE(${typedPart(printing, 0)}, ${typedPart(printing, 1)})`),
  NULLVALUE: (printing) =>
    // A text is never null, blank as it may be.
    result(
      printing,
      printing.node.type === 'text'
        ? typedPart(printing, 0)
        : `COALESCE(${typedPart(printing, 0)}, ${typedPart(printing, 1)})`,
    ),
  IFERROR(printing) {
    const [tried, instead] = printing.parts as [Printed, Printed];
    const [sql, other] = [typed(printing, tried), typed(printing, instead)];
    if (tried.guard === undefined) return { sql };
    const guard = instead.guard && `(${tried.guard} AND ${instead.guard})`;
    return { sql: `CASE WHEN ${tried.guard} THEN ${other} ELSE ${sql} END`, guard };
  },
  equal(printing) {
    const [left, right] = printing.parts as [Printed, Printed];
    const types = printing.node.parts.map(({ type }) => type);
    if (types.includes('text') || types.includes('picklist')) return result(printing, sameText(left, right));
    if (types.includes('boolean')) return result(printing, `(${isTrue(left.sql)} = ${isTrue(right.sql)})`);
    return result(
      printing,
      sameValue(
        printing,
        left,
        right,
        types.find((type) => type !== 'null'),
      ),
    );
  },
  '<': compare('<'),
  '>': compare('>'),
  '<=': compare('<='),
  '>=': compare('>='),
};

/** What is null where a value is blank; a location is blank where its latitude is. */
function blankable(printing: Printing): string {
  const sql = typedPart(printing, 0);
  return printing.node.parts[0]?.type === 'location' ? coordinatesOf(sql)[0] : sql;
}

/** Blank is the empty text, and equal to it. */
function sameText(left: Printed, right: Printed): string {
  const side = ({ sql, isNull }: Printed) => (isNull ? "''" : `COALESCE(${sql}, '')`);
  return `(${side(left)} = ${side(right)})`;
}

/** Of a blank number or moment nothing is known, not even beside another blank one. */
function sameValue(printing: Printing, left: Printed, right: Printed, type: string | undefined): string {
  const [one, other] = comparables(printing, left, right, type);
  return `(${one} = ${other})`;
}

function compare(operator: string): Print {
  return (printing) => {
    const [left, right] = printing.parts as [Printed, Printed];
    const type = printing.node.parts.find((part) => part.type !== 'null')?.type;
    const [one, other] = comparables(printing, left, right, type);
    return result(printing, `(${one} ${operator} ${other})`);
  };
}

function comparables(
  { dialect }: Printing,
  left: Printed,
  right: Printed,
  type: string | undefined,
): readonly [string, string] {
  const isWritten = left.isExact === true && right.isExact === true;
  const side = ({ sql, isNull }: Printed) => {
    if (isNull) return `CAST(NULL AS ${dialect.types[plain(type)]})`;
    if (type === 'text') return dialect.binary(sql);
    return type === 'number' && !isWritten ? dialect.comparable(sql) : sql;
  };
  return [side(left), side(right)];
}

/** Errors of the parts that are looked at: each as long as `goesOn` holds for all before it. */
function chainedGuard(parts: readonly Printed[], goesOn: (sql: string) => string): string | undefined {
  let guard: string | undefined;
  for (const part of [...parts].reverse()) {
    const later = guard === undefined ? undefined : `(${goesOn(part.sql)} AND ${guard})`;
    guard = anyOf(part.guard, later);
  }
  return guard;
}

function branchGuard(condition: string, yes: string | undefined, no: string | undefined): string | undefined {
  if (yes === undefined && no === undefined) return undefined;
  return `CASE WHEN ${condition} THEN ${yes ?? 'FALSE'} ELSE ${no ?? 'FALSE'} END`;
}

/** A part as a value of the type that the whole has; NULL alone has none. */
function typed({ dialect, node }: Printing, { sql, isNull }: Printed): string {
  return isNull ? `CAST(NULL AS ${dialect.types[plain(node.type)]})` : sql;
}

function typedPart({ dialect, node, parts }: Printing, index: number): string {
  const part = parts[index] as Printed;
  const type = node.parts.find((each) => each.type !== 'null')?.type;
  return part.isNull ? `CAST(NULL AS ${dialect.types[plain(type)]})` : part.sql;
}

function plain(type: string | undefined): PlainType {
  switch (type) {
    case 'number':
    case 'boolean':
    case 'date':
    case 'datetime':
    case 'time':
      return type;
    default:
      return 'text';
  }
}

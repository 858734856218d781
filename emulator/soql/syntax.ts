/** A parsed query, before anything of the org is known. `at` is an index into the query's text. */

export interface Query {
  readonly text: string;
  readonly select: readonly SelectItem[];
  readonly from: string;
  readonly fromAt: number;
  readonly alias: string | undefined;
  readonly where: Condition | undefined;
  readonly groupBy: readonly Path[];
  readonly having: Condition | undefined;
  readonly orderBy: readonly OrderTerm[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
  readonly allRows: boolean;
}

/** A field, or functions of one: `Owner.Name`, `CALENDAR_YEAR(CreatedDate)`. */
export interface Path {
  readonly names: readonly string[];
  readonly at: number;
  /** Functions round the field, the innermost first. */
  readonly calls?: readonly FunctionName[];
}

/** Functions of one field, in upper case. */
export const FUNCTION_NAMES = [
  'CALENDAR_MONTH',
  'CALENDAR_QUARTER',
  'CALENDAR_YEAR',
  'CONVERTCURRENCY',
  'CONVERTTIMEZONE',
  'DAY_IN_MONTH',
  'DAY_IN_WEEK',
  'DAY_IN_YEAR',
  'DAY_ONLY',
  'FISCAL_MONTH',
  'FISCAL_QUARTER',
  'FISCAL_YEAR',
  'FORMAT',
  'HOUR_IN_DAY',
  'TOLABEL',
  'WEEK_IN_MONTH',
  'WEEK_IN_YEAR',
] as const;

export type FunctionName = (typeof FUNCTION_NAMES)[number];

export type AggregateName = 'COUNT' | 'COUNT_DISTINCT' | 'SUM' | 'AVG' | 'MIN' | 'MAX';

export interface Aggregate {
  readonly call: AggregateName;
  /** Absent in `COUNT()`. */
  readonly path: Path | undefined;
  readonly at: number;
}

export type SelectItem =
  | { readonly kind: 'path'; readonly path: Path; readonly alias: string | undefined }
  | { readonly kind: 'aggregate'; readonly aggregate: Aggregate; readonly alias: string | undefined }
  | { readonly kind: 'fields'; readonly scope: FieldsScope; readonly at: number }
  | { readonly kind: 'children'; readonly query: Query; readonly at: number }
  | {
      readonly kind: 'typeof';
      readonly path: Path;
      readonly branches: readonly { readonly sobject: string; readonly paths: readonly Path[] }[];
      readonly otherwise: readonly Path[];
    };

export type FieldsScope = 'ALL' | 'STANDARD' | 'CUSTOM';

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'IN' | 'NOT IN' | 'INCLUDES' | 'EXCLUDES';

export type Literal =
  | { readonly kind: 'string'; readonly text: string; /** Escapes untouched, for LIKE. */ readonly raw: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'date' | 'datetime' | 'time'; readonly text: string }
  /** TODAY, LAST_N_DAYS:30 … */
  | { readonly kind: 'named'; readonly name: string; readonly count: number | undefined };

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'aggregate'; readonly aggregate: Aggregate };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | {
      readonly kind: 'comparison';
      readonly operand: Operand;
      readonly operator: Operator;
      readonly value: Literal | readonly Literal[] | Query;
      readonly at: number;
    };

export interface OrderTerm {
  readonly operand: Operand;
  readonly descending: boolean;
  readonly nullsLast: boolean;
}

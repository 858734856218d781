/** A query resolved against the org: what to read, what to keep, what to show. */
import type { SObject } from '../model.ts';
import type { Viewpoint } from '../viewpoint.ts';
import type { Predicate } from './filter.ts';
import type { Grouping } from './grouping.ts';
import type { RowOrder } from './order.ts';
import type { Column, Scope, Step } from './scope.ts';
import type { Query } from './syntax.ts';

export interface Plan {
  readonly view: Viewpoint;
  readonly scope: Scope;
  readonly query: Query;
  readonly sobject: SObject;
  readonly predicate: Predicate;
  /** Fields of the object itself that `predicate` reads. */
  readonly filterFields: readonly string[];
  /** Ids outside which nothing matches; undefined asks for a scan. */
  readonly ids: readonly string[] | undefined;
  readonly compare: RowOrder | undefined;
  /** Fields of the object itself that `compare` reads. */
  readonly orderFields: readonly string[];
  readonly limit: number;
  readonly offset: number;
  /** `SELECT COUNT()`: only totalSize is asked for. */
  readonly countOnly: boolean;
  /** Present where groups come out instead of rows. */
  readonly grouping: Grouping | undefined;
  /** Fields of the object itself that `select` or `grouping` read; always Id. */
  readonly shownFields: readonly string[];
  /** Empty where the query counts or groups. */
  readonly select: readonly Selected[];
}

/** One item of the SELECT list, resolved. */
export type Selected =
  /** `key` is the name of its member in a record. */
  | { readonly kind: 'column'; readonly column: Column; readonly key: string }
  | { readonly kind: 'children'; readonly key: string; readonly lookup: string; readonly plan: Plan }
  | {
      readonly kind: 'typeof';
      readonly step: Step;
      readonly branches: ReadonlyMap<string, readonly Column[]>;
      readonly otherwise: readonly Column[];
    };

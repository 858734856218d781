/** A formula whose fields and functions are known: what a printer turns into SQL. */
import type { FieldKind, FormulaType } from './formula-type.ts';

export type Typed =
  | { readonly kind: 'literal'; readonly type: FormulaType; readonly text: string }
  | { readonly kind: 'field'; readonly type: FormulaType; readonly field: FieldReference }
  /** Another formula field: its own expression, neither rounded nor cut. */
  | { readonly kind: 'nested'; readonly type: FormulaType; readonly tree: Typed; readonly isZeroed: boolean }
  /** A function by its name, or an operator by what it does to the types of its parts. */
  | { readonly kind: 'call'; readonly type: FormulaType; readonly name: string; readonly parts: readonly Typed[] };

/** A field in the place where a formula names it. */
export interface FieldReference extends FieldKind {
  /** SQL of the stored value. */
  readonly column: string;
  /** Blank counts as 0: numbers of a formula that treats blank fields as zeroes. */
  readonly isZeroed: boolean;
}

/** Looks up what a formula names. Throws FormulaProblem where that can't be had. */
export type Resolve = (name: string) => Typed;

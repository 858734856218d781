/** A formula as it is written: the tree of its operators and calls, before anything is known of the fields that it names. */

export type Syntax =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  /** A path as one word: `Name`, `Account.Owner.Name`, `Owner:User.Name`, `$User.Id`. */
  | { readonly kind: 'reference'; readonly name: string }
  /** The name in upper case. */
  | { readonly kind: 'call'; readonly name: string; readonly parts: readonly Syntax[] }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly part: Syntax }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Syntax;
      readonly right: Syntax;
    };

export type UnaryOperator = '-' | '+' | 'NOT';

/** `==` is kept as `=`, `!=` as `<>`. */
export type BinaryOperator = '*' | '/' | '^' | '+' | '-' | '&' | '<' | '>' | '<=' | '>=' | '=' | '<>' | '&&' | '||';

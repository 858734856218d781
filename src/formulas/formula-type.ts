/** What a formula's expressions are: Salesforce's own few kinds of values, between which nothing is converted unasked. */

export type FormulaType =
  | 'number'
  | 'text'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'time'
  | 'picklist'
  | 'multipicklist'
  | 'location'
  /** The literal NULL, which fits every other type. */
  | 'null';

/** What is known of a field that a formula may name. */
export interface FieldKind {
  readonly type: FormulaType;
  /** The API gives 25 where formulas see 0.25. */
  readonly isPercent?: boolean;
  /** The API gives 18 characters where formulas see 15. */
  readonly isId?: boolean;
}

const KINDS: Readonly<Record<string, FieldKind>> = {
  number: { type: 'number' },
  int: { type: 'number' },
  integer: { type: 'number' },
  long: { type: 'number' },
  double: { type: 'number' },
  currency: { type: 'number' },
  percent: { type: 'number', isPercent: true },
  boolean: { type: 'boolean' },
  checkbox: { type: 'boolean' },
  date: { type: 'date' },
  datetime: { type: 'datetime' },
  time: { type: 'time' },
  picklist: { type: 'picklist' },
  multipicklist: { type: 'multipicklist' },
  location: { type: 'location' },
  id: { type: 'text', isId: true },
  reference: { type: 'text', isId: true },
  lookup: { type: 'text', isId: true },
  masterdetail: { type: 'text', isId: true },
};

const TEXTS = new Set(
  'text string textarea phone email url combobox encryptedstring autonumber anytype picklisttext'.split(' '),
);

/** The kind of a field by its type in describe, or by the word that Setup has for it; undefined for what no formula can name. */
export function fieldKindOf(type: string): FieldKind | undefined {
  const word = type.toLowerCase();
  return TEXTS.has(word) ? { type: 'text' } : KINDS[word];
}

/**
 * How a value travels from Salesforce's text to JSON text.
 *
 * string: JSON string, NUL removed, empty -> null. integer, number: the digits as the server wrote them. boolean.
 * date: as is. datetime: `2020-10-22T21:03:23.000Z`. time: `10:00:00.000`.
 */
export type ScalarKind = 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'time';

export interface CompoundPart {
  /** Key inside the object: street, city, latitude … */
  readonly key: string;
  /** SOQL field that holds it: BillingStreet, Loc__Latitude__s. */
  readonly field: string;
  readonly kind: 'string' | 'number';
}

/** One property of the emitted `data`, in the order in which they are emitted. */
export type Column =
  | {
      readonly kind: ScalarKind;
      readonly property: string;
      /** SOQL field, or a path such as `Who.Name`. */ readonly field: string;
    }
  /** Address or location: an object of its parts, null where all parts are null. */
  | { readonly kind: 'compound'; readonly property: string; readonly parts: readonly CompoundPart[] }
  /** base64 fields: the URL of the content, `before + <value of field> + after`; null where the field is null. */
  | {
      readonly kind: 'url';
      readonly property: string;
      readonly field: string;
      readonly before: string;
      readonly after: string;
      /** SOQL field with the bytes of the content, where the object has one. */
      readonly sizeField?: string;
    }
  /** The object that an Id is of, by the first three of its characters; null where they are none of those known. */
  | {
      readonly kind: 'reference_type';
      readonly property: string;
      readonly field: string;
      /** A prefix of '' is that of any Id. */
      readonly types: readonly (readonly [prefix: string, type: string])[];
    }
  /** The moment of emission, ISO 8601 with Z. */
  | { readonly kind: 'emitted_at'; readonly property: string }
  /** A fixed JSON text, e.g. `null`. */
  | { readonly kind: 'literal'; readonly property: string; readonly json: string };

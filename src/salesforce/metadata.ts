/** What describe tells, as far as replication uses it. Facts: REST API guide, "sObject Describe". */

export interface SObjectSummary {
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  readonly custom: boolean;
  readonly customSetting: boolean;
  readonly queryable: boolean;
  readonly replicateable: boolean;
  readonly deprecatedAndHidden: boolean;
  readonly keyPrefix: string | null;
}

export interface FieldDescribe {
  readonly name: string;
  readonly label: string;
  /** id, string, datetime … or one that nobody knows yet. */
  readonly type: string;
  readonly custom: boolean;
  readonly filterable: boolean;
  readonly sortable: boolean;
  readonly calculated: boolean;
  readonly nillable: boolean;
  readonly compoundFieldName: string | null;
  readonly inlineHelpText: string | null;
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
  readonly polymorphicForeignKey: boolean;
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
}

export interface SObjectDescribe extends SObjectSummary {
  readonly fields: readonly FieldDescribe[];
}

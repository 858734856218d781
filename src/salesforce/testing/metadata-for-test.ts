/** Describes for tests: a plain field, a plain object, and what a test wants different about them. */
import type { FieldDescribe, SObjectDescribe } from '../metadata.ts';

/** A field that can be filtered and sorted by, of nothing's parts and pointing nowhere. */
export function fieldForTest(name: string, type = 'string', more: Partial<FieldDescribe> = {}): FieldDescribe {
  return {
    name,
    label: name,
    type,
    custom: name.endsWith('__c'),
    filterable: true,
    sortable: true,
    calculated: false,
    nillable: true,
    compoundFieldName: null,
    inlineHelpText: null,
    referenceTo: [],
    relationshipName: null,
    polymorphicForeignKey: false,
    length: 0,
    precision: 0,
    scale: 0,
    ...more,
  };
}

/** An object that can be queried and lists its deletions. */
export function objectForTest(
  name: string,
  fields: readonly FieldDescribe[],
  more: Partial<SObjectDescribe> = {},
): SObjectDescribe {
  return {
    name,
    label: name,
    labelPlural: `${name}s`,
    custom: name.endsWith('__c'),
    customSetting: false,
    queryable: true,
    replicateable: true,
    deprecatedAndHidden: false,
    keyPrefix: null,
    fields,
    ...more,
  };
}

import type { FieldDescribe, SObjectDescribe } from '../../salesforce/metadata.ts';
import { unmarked } from '../offer/reference-type.ts';

/**
 * SOQL condition for the rows in which one of the newly selected fields has a value; the warehouse holds null for all others
 * already. Undefined where a field can't be asked that way: not filterable, or a checkbox, which is never null.
 */
export function backfillCondition(describe: SObjectDescribe, newFields: readonly string[]): string | undefined {
  const conditions = newFields.map((name) => conditionOf(describe, name));
  return conditions.every((condition) => condition !== undefined) ? `(${conditions.join(' OR ')})` : undefined;
}

function conditionOf(describe: SObjectDescribe, name: string): string | undefined {
  const field = describe.fields.find((candidate) => candidate.name === unmarked(name));
  if (!field) return undefined;
  if (field.type === 'address' || field.type === 'location') {
    const parts = describe.fields.filter((part) => part.compoundFieldName === name);
    if (parts.length === 0 || !parts.every(canBeAsked)) return undefined;
    return parts.map((part) => `${part.name} != null`).join(' OR ');
  }
  return canBeAsked(field) ? `${field.name} != null` : undefined;
}

function canBeAsked(field: FieldDescribe): boolean {
  return field.filterable && field.type !== 'boolean' && field.type !== 'base64';
}

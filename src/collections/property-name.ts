/** Property names: what a Salesforce field is called in the warehouse. */
import type { Naming } from '../config/config.ts';
import { claimNames, compareApiNames } from './unique-name.ts';

export interface NamedField {
  readonly name: string;
  readonly custom: boolean;
}

interface PropertyCollision {
  /** API name of the field that had to give way. */
  readonly field: string;
  /** The name that another field, or the connector itself, holds. */
  readonly property: string;
  /** The name that it got. */
  readonly instead: string;
}

export interface PropertyNames {
  /** API name of the field -> name of the property. */
  readonly names: ReadonlyMap<string, string>;
  readonly collisions: readonly PropertyCollision[];
}

/** Properties that the connector adds by itself; no field may take their names, whether they are switched on or not. */
export const ADDED_PROPERTIES = {
  deletedAt: '_ab_cdc_deleted_at',
  receivedAt: 'received_at',
  uuidTs: 'uuid_ts',
} as const;

/**
 * Upper-run + lower-run, upper-run + optional digits, lower-run, digit-run; everything else separates. It reproduces the
 * columns of warehouses that Segment filled: Product2Id -> product_2_id, X1st_Session__c -> x1_st_session_c.
 */
const TOKENS = /[A-Z]+[a-z]+|[A-Z]+[0-9]*|[a-z]+|[0-9]+/g;

/** An API name or a label as Segment writes it in a warehouse: `SystemModstamp` -> `system_modstamp`. */
export function snakeCase(name: string): string {
  return (name.match(TOKENS) ?? [name]).join('_').toLowerCase();
}

/**
 * Names the fields of one object. Two fields that would share a name (also if only upper and lower case tell them apart,
 * since warehouses fold case) are told apart so: standard fields before custom ones, then by API name; the first keeps
 * the name, the others get a suffix made from their own API name. The order of `fields` does not matter.
 */
export function nameProperties(naming: Naming, fields: readonly NamedField[]): PropertyNames {
  const claims = [...fields]
    .sort((a, b) => Number(a.custom) - Number(b.custom) || compareApiNames(a.name, b.name))
    .map(({ name }) => ({ apiName: name, wanted: naming === 'api' ? name : snakeCase(name) }));
  const names = claimNames(claims, new Set(Object.values(ADDED_PROPERTIES)));
  const collisions = claims.flatMap(({ apiName, wanted }) => {
    const instead = names.get(apiName) ?? wanted;
    return instead === wanted ? [] : [{ field: apiName, property: wanted, instead }];
  });
  return { names, collisions };
}

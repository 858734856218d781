/** The orgs that the works are done on. */
import { WIDE, type OrgSetup } from './org-process.ts';

/** The fewest objects that an org can have: Segment's 48, and its custom ones. */
const FEWEST_OBJECTS = 66;
const MOST_OBJECTS = 1327;

export const SEED = 1;

/** A job is ready after half a second, which is quick for Salesforce. */
export const READY = { jobReadyMs: 500 };

/** Fields of the wide object that every object has, or nearly; it can't be cut below them. */
export const OWN_COLUMNS: readonly string[] = [
  'Id',
  'OwnerId',
  'IsDeleted',
  'Name',
  'CreatedDate',
  'CreatedById',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
  'LastActivityDate',
  'LastViewedDate',
  'LastReferencedDate',
];

/** An org with so many rows of the wide object, cut to so many columns, and next to nothing besides. */
export function wideOrg(rows: number, columns: number): OrgSetup {
  return {
    rows: 1,
    seed: SEED,
    objects: FEWEST_OBJECTS,
    rowsOf: { [WIDE]: rows },
    wideColumns: columns,
    settings: READY,
  };
}

/** An org in which every object has a few rows. */
export function manyStreamsOrg(): OrgSetup {
  return { rows: 10, seed: SEED, objects: MOST_OBJECTS };
}

/** All columns of the wide object that is cut to so many. */
export function wideColumns(count: number): string[] {
  const filled = Array.from(
    { length: count - OWN_COLUMNS.length },
    (_, i) => `Metric_${String(i + 1).padStart(3, '0')}__c`,
  );
  return [...OWN_COLUMNS, ...filled];
}

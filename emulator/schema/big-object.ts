/** Big objects: tables outside the database of the org, found by their index alone. */

/** What every row of a big object carries as its Id (Big Objects guide: "results that have an empty ID"). */
export const EMPTY_ID = '000000000000000AAA';

/** Of event monitoring; custom ones end in `__b`. */
const STANDARD =
  /^(?:ActivityFieldHistory|FieldHistoryArchive|(?:Api|IdentityVerification|LightningUri|ListView|LoginAs|Login|Logout|Report|Uri)Event|\w+EventStore)$/;

export function isBigObject(sobject: string): boolean {
  return sobject.endsWith('__b') || STANDARD.test(sobject);
}

/** The fields that a condition may name, in lower case: the index of the objects of event monitoring. */
export const INDEX_FIELDS: ReadonlySet<string> = new Set(['eventdate', 'eventidentifier']);

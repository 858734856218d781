/** How many rows each object of the org is made with. */
import type { PracticeOrgOptions, SObject } from '../model.ts';
import { CUSTOM_OBJECTS, SEGMENT_OBJECTS } from '../schema/catalogue.ts';
import setup from '../schema/setup.json' with { type: 'json' };
import { hashText } from './hash.ts';

const MAIN = new Set([...SEGMENT_OBJECTS, ...CUSTOM_OBJECTS]);
const MOST_USERS = 200;
const LEAST_USERS = 5;

/** Objects that the org's business rows are in, and those who own them: polymorphic references prefer them. */
export function isMain(sobject: string): boolean {
  return MAIN.has(sobject);
}

/** Rows of an object by the org's options. What can't be queried has none; setup stays as small as it is in any org. */
export function rowCountOf(sobject: SObject, { rows, rowsOf }: PracticeOrgOptions): number {
  const { name } = sobject;
  if (!sobject.queryable) return 0;
  const told = rowsOf?.[name];
  if (told !== undefined) return told;
  const columns: Readonly<Record<string, string>> | undefined = setupColumns(name);
  if (columns !== undefined) return Object.values(columns)[0]?.split('|').length ?? 0;
  // One row of UserLogin for each user, so both grow alike.
  if (name === 'User' || name === 'UserLogin') {
    return rowsOf?.['User'] ?? Math.min(MOST_USERS, Math.max(LEAST_USERS, Math.ceil(rows / 20)));
  }
  return MAIN.has(name) ? rows : 3 + (hashText(name) % 8);
}

/** The columns of an object that an org is set up with, each parted by `|`: stages, roles, price books … */
export function setupColumns(sobject: string): Readonly<Record<string, string>> | undefined {
  const all: Readonly<Record<string, Readonly<Record<string, string>>>> = setup;
  return Object.hasOwn(all, sobject) ? all[sobject] : undefined;
}

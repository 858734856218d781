/** A day at the practice org: what its people change between two syncs. */
import type { PracticeOrg, Row, Value } from '../emulator/model.ts';

export interface Changes {
  readonly inserted: number;
  readonly edited: number;
  /** Soft deletes: rows in the recycle bin. */
  readonly deleted: number;
}

/** Every 25th row is edited, every 100th deleted, and as many are new: enough to see, little enough to be an increment. */
const EDIT_EVERY = 25;
const DELETE_EVERY = 100;

const edits: Readonly<Record<string, (row: Row) => Record<string, Value>>> = {
  Account: (row) => ({ Name: `${text(row['Name'])} Group` }),
  Contact: () => ({ Title: 'Head of Data' }),
  Opportunity: (row) => ({ Amount: Math.round(numberOf(row['Amount']) * 110) / 100, NextStep: 'Send the renewal' }),
  Case: () => ({ Priority: 'High' }),
};
const deletions: readonly string[] = ['Lead', 'Task', 'CampaignMember'];

/** Inserts leads and contacts, edits and deletes, always the same rows for the same org. Returns how many of each. */
export function changeOrg(org: PracticeOrg): Changes {
  let edited = 0;
  for (const [sobject, edit] of Object.entries(edits)) {
    for (const row of everyNth(org, sobject, EDIT_EVERY)) {
      org.update(sobject, idOf(row), edit(row));
      edited += 1;
    }
  }
  let deleted = 0;
  for (const sobject of deletions) {
    for (const row of everyNth(org, sobject, DELETE_EVERY)) {
      org.softDelete(sobject, idOf(row));
      deleted += 1;
    }
  }
  const people = Array.from({ length: Math.max(1, Math.floor(org.table('Lead').size / EDIT_EVERY)) }, (_, index) => ({
    FirstName: 'New',
    LastName: `Visitor ${index + 1}`,
    Company: `Visitor ${index + 1} Ltd`,
    Email: `visitor.${index + 1}@example.com`,
  }));
  const inserted = org.insert('Lead', people).length;
  return { inserted, edited, deleted };
}

function everyNth(org: PracticeOrg, sobject: string, nth: number): Row[] {
  return [...org.table(sobject).rows()].filter((row, index) => index % nth === 0 && row['IsDeleted'] !== true);
}

function idOf(row: Row): string {
  return text(row['Id']);
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: Value | undefined): number {
  return typeof value === 'number' ? value : 0;
}

/** What is told of a plan before its stream is read. Pure. */
import type { ConfiguredStream, LogLevel } from '../../airbyte/protocol.ts';
import type { SObjectDescribe } from '../../salesforce/metadata.ts';
import type { Note } from '../run.ts';
import type { Selection } from './selection.ts';
import type { StreamState } from './stream-state.ts';

/** Which fields the org shows again, and what is read for that. */
export function backNote(stream: ConfiguredStream, back: readonly (readonly [string, string])[]): Note {
  const told = back.map(([field, since]) => `${field} (hidden since ${since})`).join(', ');
  return note(
    'INFO',
    `Stream ${stream.name}: the org shows ${told} again; rows that changed since then are read once more with it.`,
  );
}

/** What newly selected properties hold in rows that are not read again. */
export function forwardNote(stream: ConfiguredStream, added: readonly string[], from: string): Note {
  return note(
    'INFO',
    `Stream ${stream.name}: newly selected ${added.join(', ')} has values in rows changed since ${from}; earlier rows keep null until they change or the stream is refreshed (on_new_property: resync or backfill).`,
  );
}

/** A WARN a property whose field has become of another type since the catalog was made. */
export function retypedNotes(stream: ConfiguredStream, { retyped }: Selection): Note[] {
  return retyped.map(({ property, promised, type }) =>
    note(
      'WARN',
      `Stream ${stream.name}: ${property} is of type ${promised} in the configured catalog and ${type} in Salesforce now; values that do not fit become null. Refresh the schema of the stream.`,
    ),
  );
}

/** A WARN for configured properties that the org does not have. */
export function missingNotes(stream: ConfiguredStream, selection: Selection): Note[] {
  if (selection.missing.length === 0) return [];
  return [
    note(
      'WARN',
      `Stream ${stream.name}: the org has no ${selection.missing.join(', ')} (removed, or hidden from this user); skipped.`,
    ),
  ];
}

/** A WARN where rows of the recycle bin are read and nothing in them tells that they are deleted. */
export function deletedNotes(
  { name }: ConfiguredStream,
  { fields }: SObjectDescribe,
  { isDeletedProperty }: Selection,
): Note[] {
  if (isDeletedProperty !== undefined || !fields.some((field) => field.name === 'IsDeleted')) return [];
  return [
    note(
      'WARN',
      `Stream ${name}: IsDeleted is not selected, and rows of the recycle bin are read too: they look like rows that are there. Select it to tell them apart.`,
    ),
  ];
}

/** That formulas and roll-ups of rows that are not read again may be stale. */
export function staleNotes(
  stream: ConfiguredStream,
  selection: Selection,
  state: StreamState,
  startedAt: string,
  whole: boolean,
): Note[] {
  if (selection.calculated.length === 0 || whole) return [];
  const since = state.wholeReadAt ?? 'the first sync';
  return [
    note(
      'INFO',
      `Stream ${stream.name}: ${selection.calculated.length} formula or roll-up properties (${selection.calculated.slice(0, 5).join(', ')}) change without moving SystemModstamp and may be stale since ${since}; formula_refresh_hours refreshes them.`,
    ),
  ];
}

/** A WARN where parts of the saved state can't be read. */
export function damagedNotes({ name }: ConfiguredStream, damaged: readonly string[]): Note[] {
  if (damaged.length === 0) return [];
  return [
    note(
      'WARN',
      `Stream ${name}: ${damaged.join(', ')} in its saved state is damaged and ignored; what it stood for is read again.`,
    ),
  ];
}

/** A line for the log. */
export function note(level: LogLevel, text: string): Note {
  return { level, text };
}

/** The states of a file, for a person. */
import type { InputState } from '../airbyte/protocol.ts';
import { isJsonObject, textOf } from '../json/value.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { textTable } from './table.ts';

const HEAD = ['stream', 'cursor', 'whole read', 'resume', 'deletes'] as const;
const NONE = '-';

/** A line for each stream: where its next increment begins, when it was read whole, what is half done, what of deletes is known. */
export function stateTable(states: readonly InputState[]): string {
  if (states.length === 0) return 'The file holds no state; the next sync reads everything.';
  return textTable([HEAD, ...states.map(({ stream, state }) => [stateName(stream), ...cellsOf(state)])]);
}

/** `accounts`, or `crm.accounts` where the stream has a namespace. */
export function stateName({ name, namespace }: InputState['stream']): string {
  return namespace === undefined ? name : `${namespace}.${name}`;
}

function cellsOf(state: JsonObject): string[] {
  const { modstamp, ...cursors } = state;
  const own = isJsonObject(modstamp) ? modstamp : {};
  const cursor = Object.values(cursors).find((value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)));
  return [
    timeOf(cursor),
    timeOf(own['wholeReadAt']),
    resumeOf(own['resume'], own['finished']),
    deletesOf(own['deletes']),
  ];
}

function resumeOf(resume: JsonValue | undefined, finished: JsonValue | undefined): string {
  if (!isJsonObject(resume)) return isJsonObject(finished) ? 'finished' : NONE;
  const windows = Array.isArray(resume['windows']) ? resume['windows'].length : 1;
  const job = isJsonObject(resume['job']) ? textOf(resume['job']['id']) : undefined;
  return [`${windows} ${windows === 1 ? 'window' : 'windows'} left`, ...(job === undefined ? [] : [`job ${job}`])].join(
    ', ',
  );
}

function deletesOf(deletes: JsonValue | undefined): string {
  if (!isJsonObject(deletes)) return NONE;
  const gap = deletes['gapSince'];
  return `from ${timeOf(deletes['from'])}${gap === undefined ? '' : `, gap since ${timeOf(gap)}`}`;
}

/** Without a fraction of zero, which every bound has. */
function timeOf(value: JsonValue | undefined): string {
  return textOf(value)?.replace('.000Z', 'Z') ?? NONE;
}

/** State files as they lie on disk: taking streams out of them without changing anything else. */
import { isJsonObject, textOf } from '../json/value.ts';
import type { JsonObject } from '../json/value.ts';

/** Tells whether the state of a stream goes. */
export type IsGone = (stream: { readonly name: string; readonly namespace?: string }) => boolean;

/**
 * The content of a state file without the states of some streams, in the form in which it came: a list of messages, a
 * single one, STATE envelopes, GLOBAL, LEGACY or the old plain object (state.ts tells them apart). Undefined where nothing
 * of a single message is left.
 */
export function withoutStreams(raw: unknown, isGone: IsGone): unknown {
  if (Array.isArray(raw)) {
    return raw.flatMap((entry: unknown) => withoutInEntry(entry, isGone) ?? []);
  }
  if (!isJsonObject(raw)) return raw;
  return isMessage(raw) ? withoutInEntry(raw, isGone) : withoutMembers(raw, isGone);
}

function withoutInEntry(entry: unknown, isGone: IsGone): unknown {
  if (!isJsonObject(entry)) return entry;
  const { state, stream, global, data } = entry;
  if (isJsonObject(state)) {
    const left = withoutInEntry(state, isGone);
    return left === undefined ? undefined : { ...entry, state: left };
  }
  if (isJsonObject(stream)) return isGoneEntry(stream, isGone) ? undefined : entry;
  if (isJsonObject(global) && Array.isArray(global['stream_states'])) {
    const stream_states = global['stream_states'].filter((each) => !isJsonObject(each) || !isGoneEntry(each, isGone));
    return { ...entry, global: { ...global, stream_states } };
  }
  return isJsonObject(data) ? { ...entry, data: withoutMembers(data, isGone) } : entry;
}

function isGoneEntry(entry: JsonObject, isGone: IsGone): boolean {
  const descriptor = entry['stream_descriptor'];
  const name = isJsonObject(descriptor) ? textOf(descriptor['name']) : undefined;
  const namespace = isJsonObject(descriptor) ? textOf(descriptor['namespace']) : undefined;
  return name !== undefined && isGone({ name, ...(namespace === undefined ? {} : { namespace }) });
}

function withoutMembers(states: JsonObject, isGone: IsGone): JsonObject {
  return Object.fromEntries(Object.entries(states).filter(([name]) => !isGone({ name })));
}

function isMessage(value: JsonObject): boolean {
  return typeof value['type'] === 'string' || isJsonObject(value['stream']);
}

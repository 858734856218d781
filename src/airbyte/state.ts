/** The saved states: what the host hands back, in any of the protocol's forms. */
import { ModstampError } from '../errors.ts';
import { isJsonObject, nameOfType, textOf } from '../json/value.ts';
import type { InputState } from './protocol.ts';
import type { JsonObject } from '../json/value.ts';
import { lowerFirst, upperFirst } from '../json/sentence.ts';

/**
 * Reads the content of a state file into one state a stream; what a stream's state means is another's business.
 *
 * Nothing, "", null, [] and {} are no state. Otherwise: a list of AirbyteStateMessages or a single one, STREAM, GLOBAL
 * (taken apart, its shared state has no meaning here) or LEGACY, also wrapped in the STATE messages that a destination
 * prints, other messages among them ignored; or the old plain object, stream -> state. Null members are absent ones. Where
 * a stream comes more than once, the last one counts, as in a log of states.
 *
 * `name` is what the error calls it. Throws ModstampError (config_error) for anything of another type.
 */
export function readStates(raw: unknown, name = 'The state'): InputState[] {
  if (raw === undefined || raw === null || raw === '') return [];
  const found = Array.isArray(raw)
    ? raw.flatMap((entry: unknown, index) => readEntry(entry, `entry ${index} of ${lowerFirst(name)}`))
    : readWhole(raw, name);
  const last = new Map(found.map((input) => [JSON.stringify([input.stream.namespace, input.stream.name]), input]));
  return [...last.values()];
}

function readWhole(raw: unknown, name: string): InputState[] {
  if (!isJsonObject(raw)) throw refusal(`${name} must be a list of state messages, got ${nameOfType(raw)}`);
  const place = lowerFirst(name);
  return isMessage(raw) ? readMessage(raw, place) : readPlain(raw, place);
}

function readEntry(entry: unknown, place: string): InputState[] {
  if (entry === null) return [];
  if (!isJsonObject(entry)) throw refusal(`${place} must be a state message, got ${nameOfType(entry)}`);
  return readMessage(entry, place);
}

/** True for a state message or an envelope of one; false for the plain object of old, whose members are streams. */
function isMessage(value: JsonObject): boolean {
  if (typeof value['type'] === 'string') return true;
  return isJsonObject(value['stream']) && isJsonObject(value['stream']['stream_descriptor']);
}

function readMessage(message: JsonObject, place: string): InputState[] {
  const { stream, global, data, state } = message;
  switch (textOf(message['type']) ?? typeByMember(message)) {
    case 'STATE':
      return isJsonObject(state) ? readMessage(state, place) : [];
    case 'STREAM':
      return readStream(stream, place);
    case 'GLOBAL': {
      const states = isJsonObject(global) ? global['stream_states'] : undefined;
      return Array.isArray(states) ? states.flatMap((entry: unknown) => readStream(entry, place)) : [];
    }
    case 'LEGACY':
      return isJsonObject(data) ? readPlain(data, place) : [];
    default:
      // LOG, TRACE and what later protocols bring.
      return [];
  }
}

/** Messages of old say no type (airbyte_protocol.yaml: LEGACY is the default). */
function typeByMember(message: JsonObject): string {
  if (isJsonObject(message['stream'])) return 'STREAM';
  return isJsonObject(message['global']) ? 'GLOBAL' : 'LEGACY';
}

function readStream(entry: unknown, place: string): InputState[] {
  if (entry === null || entry === undefined) return [];
  if (!isJsonObject(entry)) throw refusal(`The stream in ${place} must be an object, got ${nameOfType(entry)}`);
  const descriptor = entry['stream_descriptor'];
  const name = isJsonObject(descriptor) ? textOf(descriptor['name']) : undefined;
  if (!isJsonObject(descriptor) || name === undefined) throw refusal(`The stream in ${place} has no name`);
  const namespace = textOf(descriptor['namespace']);
  return readState(entry['stream_state'], { name, ...(namespace === undefined ? {} : { namespace }) }, place);
}

function readPlain(states: JsonObject, place: string): InputState[] {
  return Object.entries(states).flatMap(([name, state]) => readState(state, { name }, place));
}

function readState(state: unknown, stream: InputState['stream'], place: string): InputState[] {
  if (state === null || state === undefined) return [];
  if (!isJsonObject(state)) {
    throw refusal(`The state of the stream ${stream.name} in ${place} must be an object, got ${nameOfType(state)}`);
  }
  return [{ stream, state }];
}

function refusal(sentence: string): ModstampError {
  return new ModstampError(`${upperFirst(sentence)}; give a state that an earlier sync wrote, or none to start anew.`, {
    failureType: 'config_error',
  });
}

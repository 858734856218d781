/** Ours and Airbyte's own connector: both speak the Airbyte protocol. */
import type { AirbyteCatalog, AirbyteStream } from '../../src/airbyte/protocol.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { configure } from '../catalog.ts';
import { peerLogin, type Choice, type Contender, type ReadPaths } from './contender.ts';
import type { Program } from './measured-program.ts';

/** Ours, with the API names of Salesforce, so that both read the same streams. */
export function ourConnector(program: string): Contender {
  const run = (...args: readonly string[]): Program => ({ command: [process.execPath, program, ...args] });
  return {
    name: 'modstamp',
    title: 'modstamp',
    config: (orgUrl) => ({
      credentials: { auth_type: 'oauth', ...peerLogin },
      login_url: orgUrl,
      naming: 'api',
    }),
    spec: () => run('spec'),
    discover: (_orgUrl, configPath) => run('discover', '--config', configPath),
    read: (_orgUrl, paths) => run(...readArguments(paths)),
    select: selectStreams,
    stateOf: lastStates,
  };
}

/**
 * Airbyte's connector from PyPI, its login sent to the org. One time slice instead of one for every 30 days, which on an
 * org with years of history would make a hundred jobs of each Bulk stream.
 */
export function officialConnector(python: string, wrapper: string): Contender {
  const run = (orgUrl: string, ...args: readonly string[]): Program => ({
    command: [python, wrapper, ...args],
    env: { PRACTICE_ORG: orgUrl },
  });
  return {
    name: 'official',
    title: 'airbyte-source-salesforce 2.10.3',
    config: () => ({
      ...peerLogin,
      auth_type: 'Client',
      is_sandbox: false,
      start_date: '2000-01-01T00:00:00Z',
      // Thirty years; as P30Y it can't be added to the end of a saved slice.
      stream_slice_step: 'P10950D',
    }),
    spec: (orgUrl) => run(orgUrl, 'spec'),
    discover: (orgUrl, configPath) => run(orgUrl, 'discover', '--config', configPath),
    read: (orgUrl, paths) => run(orgUrl, ...readArguments(paths)),
    select: selectStreams,
    stateOf: lastStates,
  };
}

function readArguments({ config, catalog, state }: ReadPaths): string[] {
  const args = ['read', '--config', config, '--catalog', catalog];
  return state === undefined ? args : [...args, '--state', state];
}

function selectStreams(found: readonly string[], { objects, columns, limit }: Choice): object {
  const line = found.find((line) => /^\{"type": ?"CATALOG"/.test(line));
  if (line === undefined) throw new Error(`No CATALOG in ${found.slice(-3).join('\n').slice(0, 2000)}`);
  const { catalog } = JSON.parse(line) as { catalog: AirbyteCatalog };
  const chosen = catalog.streams.filter(({ name }) => objects?.includes(name) ?? true).slice(0, limit);
  return {
    streams: repeated(chosen, limit ?? chosen.length).map((stream) => {
      const { json_schema } = stream;
      const kept = Object.entries(json_schema.properties).filter(([name]) => columns?.includes(name) ?? true);
      return configure({ ...stream, json_schema: { ...json_schema, properties: Object.fromEntries(kept) } });
    }),
  };
}

/** So many streams, where there are fewer the first ones again under another namespace. */
function repeated(streams: readonly AirbyteStream[], count: number): AirbyteStream[] {
  const again = streams.slice(0, count - streams.length).map((stream) => ({ ...stream, namespace: 'again' }));
  return count > streams.length ? [...streams, ...again] : [...streams];
}

function lastStates(lines: readonly string[]): unknown {
  const last = new Map<string, JsonObject>();
  for (const line of lines) {
    if (!/^\{"type": ?"STATE"/.test(line)) continue;
    const { state } = JSON.parse(line) as { state: JsonObject & { stream: { stream_descriptor: JsonObject } } };
    last.set(JSON.stringify(state.stream.stream_descriptor), state);
  }
  return [...last.values()];
}

/** Singer's tap-salesforce: another protocol, the same rows. */
import { peerLogin, type Choice, type Contender } from './contender.ts';
import type { Program } from './measured-program.ts';

interface SingerStream {
  readonly stream: string;
  readonly metadata: readonly {
    readonly breadcrumb: readonly string[];
    readonly metadata: Readonly<Record<string, unknown>>;
  }[];
}

/** The tap from PyPI, its login sent to the org. Its Bulk is the 1.0 API. */
export function tapSalesforce(python: string, wrapper: string): Contender {
  const run = (orgUrl: string, ...args: readonly string[]): Program => ({
    command: [python, wrapper, ...args],
    env: { PRACTICE_ORG: orgUrl },
  });
  return {
    name: 'tap',
    title: 'tap-salesforce 2.8.1',
    config: (_orgUrl, transport) => ({
      ...peerLogin,
      start_date: '2000-01-01T00:00:00Z',
      api_type: transport.toUpperCase(),
      select_fields_by_default: true,
      // Its own brakes, which would end a run of many jobs early.
      quota_percent_per_run: 100,
      quota_percent_total: 100,
    }),
    spec: () => undefined,
    discover: (orgUrl, configPath) => run(orgUrl, '--config', configPath, '--discover'),
    read: (orgUrl, { config, catalog, state }) =>
      run(orgUrl, '--config', config, '--properties', catalog, ...(state === undefined ? [] : ['--state', state])),
    select: selectStreams,
    stateOf: lastState,
  };
}

/** A catalog with the chosen objects alone, all their fields selected. */
function selectStreams(found: readonly string[], { objects, columns, limit }: Choice): object {
  const { streams } = JSON.parse(found.join('\n')) as { streams: readonly SingerStream[] };
  const chosen = streams.filter(({ stream }) => objects?.includes(stream) ?? true).slice(0, limit);
  const isSelected = (field: string | undefined) => field === undefined || (columns?.includes(field) ?? true);
  return {
    streams: chosen.map((stream) => ({
      ...stream,
      metadata: stream.metadata.map(({ breadcrumb, metadata }) => ({
        breadcrumb,
        metadata: {
          ...metadata,
          selected: isSelected(breadcrumb[1]),
          ...(breadcrumb.length === 0 && replication(metadata['valid-replication-keys'])),
        },
      })),
    })),
  };
}

/** Without these it reads everything again, whatever its state says. */
function replication(keys: unknown): Readonly<Record<string, unknown>> {
  const [key] = Array.isArray(keys) ? keys : [];
  return key === undefined
    ? { 'replication-method': 'FULL_TABLE' }
    : { 'replication-method': 'INCREMENTAL', 'replication-key': key };
}

function lastState(lines: readonly string[]): unknown {
  const line = lines.findLast((line) => /^\{"type": ?"STATE"/.test(line));
  return line === undefined ? {} : (JSON.parse(line) as { value: unknown }).value;
}

/** The connectors that can be measured here. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { officialConnector, ourConnector } from './airbyte-contender.ts';
import type { Contender } from './contender.ts';
import { tapSalesforce } from './singer-contender.ts';

/** Folders of this checkout. */
export interface Places {
  /** Where the built programs are. */
  readonly dist: string;
  readonly integrationTests: string;
}

/** The contenders that can be had here, ours first; for each that can't, a sentence goes to `leaveOut`. */
export function findContenders(places: Places, withPeers: boolean, leaveOut: (sentence: string) => void): Contender[] {
  const ours = ourConnector(join(places.dist, 'main.js'));
  if (!withPeers) return [ours];
  const official = pythonOf('official');
  const tap = pythonOf('tap');
  if (official === undefined) leaveOut(`LEFT OUT: Airbyte's connector. ${PREPARE}`);
  if (tap === undefined) leaveOut(`LEFT OUT: tap-salesforce. ${PREPARE}`);
  return [
    ours,
    ...(official ? [officialConnector(official, join(places.integrationTests, 'peers/airbyte_official.py'))] : []),
    ...(tap ? [tapSalesforce(tap, join(places.integrationTests, 'bench/singer_tap.py'))] : []),
  ];
}

const PREPARE = 'integration_tests/peers/prepare.sh installs it (needs Python 3.10 and pip).';

function pythonOf(environment: string): string | undefined {
  const { MODSTAMP_PEERS, XDG_CACHE_HOME } = process.env;
  const cache = MODSTAMP_PEERS ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'modstamp-peers');
  const python = join(cache, environment, 'bin/python');
  return existsSync(python) && existsSync(join(cache, environment, 'installed.txt')) ? python : undefined;
}

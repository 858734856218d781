/** Hosts that are not Salesforce but speak its API, and leave out what Salesforce always tells: whole rows, or one sentence. */
import { afterEach, describe, expect, test } from 'vitest';
import { configureAll, lastStates } from '../catalog.ts';
import { reasonsOf, runCheck, runDiscover, runRead } from '../program.ts';
import type { ProgramRun } from '../program.ts';
import { complaintsOfMessages } from '../protocol.ts';
import { openSparseOrg } from '../sparse-org.ts';
import type { Framing, SparseOptions, SparseOrg } from '../sparse-org.ts';

let org: SparseOrg | undefined;
afterEach(() => org?.close());

async function open(options: SparseOptions) {
  org = await openSparseOrg(options);
  const credentials = { auth_type: 'oauth', client_id: 'key', client_secret: 'secret-1', refresh_token: 'token-1' };
  return { org, config: { credentials, login_url: org.url } };
}

const idsOf = (run: ProgramRun) =>
  run.messages.flatMap((message) => (message.type === 'RECORD' ? [message.record.data['id']] : []));

/** Reads the one stream of the org, as it is discovered; a `state` makes it an increment. */
async function readAll(options: SparseOptions) {
  const { org, config } = await open(options);
  const catalog = configureAll(await runDiscover(config));
  const run = await runRead({ config, catalog });
  return { org, run, again: () => runRead({ config, catalog, state: lastStates(run) }) };
}

describe.each<Framing>(['length', 'chunks', 'close', 'gzip'])('answers framed by %s', (framing) => {
  test('check and discover need names and types, no more', async () => {
    const { config } = await open({ framing, rowCount: 3 });
    const checked = await runCheck(config);
    expect(checked.messages.find(({ type }) => type === 'CONNECTION_STATUS')).toEqual({
      type: 'CONNECTION_STATUS',
      connectionStatus: { status: 'SUCCEEDED' },
    });
    const warnings = checked.messages.flatMap((message) =>
      message.type === 'LOG' && message.log.level === 'WARN' ? [message.log.message] : [],
    );
    expect(warnings).toEqual([
      expect.stringMatching(/does not tell which versions.*58\.0/),
      expect.stringMatching(/no Date header.*clock of this machine/),
    ]);
    const [stream] = configureAll(await runDiscover(config)).streams;
    expect(stream?.stream).toMatchObject({
      name: 'invoice_c',
      default_cursor_field: ['system_modstamp'],
      source_defined_primary_key: [['id']],
      supported_sync_modes: ['full_refresh', 'incremental'],
    });
  });

  test('every row of every page comes, and an increment after it', async () => {
    const { run, again } = await readAll({ framing, rowCount: 4500 });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(new Set(idsOf(run)).size).toBe(4500);
    expect(complaintsOfMessages(run)).toEqual([]);
    const next = await again();
    expect(next.exitCode, reasonsOf(next)).toBe(0);
    expect(idsOf(next)).toHaveLength(4500);
  });
});

describe('Bulk results without headers', () => {
  const many = { rowCount: 12_500, isQueryCounted: true };
  const resultsAsked = (org: SparseOrg) => org.asked.filter((path) => path.endsWith('/results')).length;

  test('are whole where their rows are as many as the job counts', async () => {
    const { org, run } = await readAll({ ...many, isJobCounted: true });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(idsOf(run)).toHaveLength(12_500);
    expect(new Set(idsOf(run)).size).toBe(12_500);
    expect(resultsAsked(org)).toBe(1);
    expect(org.asked).not.toContain('/services/data/v58.0/query/4000');
  });

  test('are not counted as read where they are fewer', async () => {
    const { run } = await readAll({ ...many, isJobCounted: true, lostRows: 1 });
    expect(run.exitCode).toBe(1);
    expect(reasonsOf(run)).toMatch(/announced 12500 rows and delivered 12499/);
  });

  test('are left for REST where nothing counts them', async () => {
    const { org, run } = await readAll({ ...many, lostRows: 1 });
    expect(run.exitCode, reasonsOf(run)).toBe(0);
    expect(idsOf(run)).toHaveLength(12_500);
    expect(new Set(idsOf(run)).size).toBe(12_500);
    expect(resultsAsked(org)).toBe(1);
  });
});

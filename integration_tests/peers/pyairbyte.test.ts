/** PyAirbyte runs the built program as it runs any connector: check, discover, two reads into DuckDB. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildImage, engineIsThere, imageTag } from '../image/engine.ts';
import { openPracticeOrg } from '../practice-org.ts';
import type { OrgUnderTest } from '../practice-org.ts';
import { programPath } from '../program.ts';
import { pythonOf, runPython } from './python.ts';

interface Outcome {
  readonly available: number;
  /** Records that PyAirbyte counted in this run. */
  readonly processed: number;
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

const collections = { accounts: 'Account', contacts: 'Contact', opportunities: 'Opportunity', users: 'User' } as const;
const python = pythonOf('pyairbyte', 'PyAirbyte');
const minutes = 60_000;

describe.runIf(python !== undefined)('PyAirbyte', () => {
  let org: OrgUnderTest;
  let folder: string;

  beforeAll(async () => {
    org = await openPracticeOrg({ rows: 150, seed: 71 });
    folder = mkdtempSync(join(tmpdir(), 'modstamp-pyairbyte-'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify(org.config()));
  });
  afterAll(async () => {
    await org?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function sync(program: string, database: string, streams: readonly string[]): Promise<Outcome> {
    const outcome = join(folder, 'outcome.json');
    const script = join(import.meta.dirname, 'pyairbyte_sync.py');
    const files = [join(folder, 'config.json'), join(folder, database)];
    // Neither the registry nor its telemetry can be asked here, and neither is needed for a local executable.
    const env = { AIRBYTE_OFFLINE_MODE: '1', DO_NOT_TRACK: '1' };
    await runPython(python ?? '', folder, [script, program, ...files, streams.join(), outcome], env);
    return JSON.parse(readFileSync(outcome, 'utf8')) as Outcome;
  }

  test(
    'lands every row in its table, then merges what has changed',
    async () => {
      const first = await sync(programPath, 'cache.duckdb', Object.keys(collections));
      expect(first.available).toBeGreaterThan(60);
      for (const [collection, sobject] of Object.entries(collections)) {
        const rows = await org.rows(sobject);
        expect(ids(first, collection), collection).toEqual(rows.map((row) => row['Id']).sort());
      }

      const [account] = first.tables['accounts'] ?? [];
      const [inserted = ''] = await org.change({ op: 'insert', sobject: 'Account', rows: [{ Name: 'Landed Later' }] });
      await org.change({ op: 'update', sobject: 'Account', id: String(account?.['id']), values: { Name: 'Renamed' } });
      const [contact] = first.tables['contacts']?.filter((row) => row['is_deleted'] === false) ?? [];
      await org.change({ op: 'delete', sobject: 'Contact', id: String(contact?.['id']) });

      const second = await sync(programPath, 'cache.duckdb', Object.keys(collections));
      expect(second.processed).toBeLessThan(first.processed / 2);
      expect(ids(second, 'accounts')).toEqual((await org.rows('Account')).map((row) => row['Id']).sort());
      const byId = new Map(second.tables['accounts']?.map((row) => [row['id'], row]));
      expect(byId.get(inserted)).toMatchObject({ name: 'Landed Later' });
      expect(byId.get(account?.['id'])).toMatchObject({ name: 'Renamed' });
      expect(second.tables['contacts']?.find((row) => row['id'] === contact?.['id'])).toMatchObject({
        is_deleted: true,
      });
    },
    10 * minutes,
  );

  test.runIf(engineIsThere('PyAirbyte through the image'))(
    'lands the same rows through the image',
    async () => {
      buildImage();
      const outcome = await sync(`docker:${imageTag}`, 'image.duckdb', ['accounts']);
      expect(ids(outcome, 'accounts')).toEqual((await org.rows('Account')).map((row) => row['Id']).sort());
    },
    15 * minutes,
  );
});

/** Ids of a table, each as often as it stands there: a row landed twice shows. */
function ids(outcome: Outcome, collection: string): readonly unknown[] {
  return (outcome.tables[collection] ?? []).map((row) => row['id']).sort();
}

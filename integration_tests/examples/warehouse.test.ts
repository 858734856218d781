/** From the org to the tables: the built program, its messages, the demo's warehouse. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWarehouse, type ConfiguredCatalog, type Warehouse } from '../../demo/warehouse.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { configureAll } from '../catalog.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { runDiscover, runRead, type ProgramOptions } from '../program.ts';

let warehouse: Warehouse;

beforeEach(async () => {
  warehouse = await openWarehouse(':memory:');
});
afterEach(() => warehouse.close());

async function catalogOf(config: JsonObject, ...names: string[]): Promise<ConfiguredCatalog> {
  return configureAll(await runDiscover(config), names);
}

/** A host keeps the states of each source apart. */
function namespaceOf(state: unknown): string | undefined {
  return (state as { stream: { stream_descriptor: { namespace?: string } } }).stream.stream_descriptor.namespace;
}

/** One sync from the warehouse's own states; returns the exit code, null when it was killed. */
async function sync(
  config: JsonObject,
  catalog: ConfiguredCatalog,
  options: ProgramOptions = {},
): Promise<number | null> {
  const own = (await warehouse.states()).filter((state) => namespaceOf(state) === config['schema_name']);
  const run = await runRead({ config, catalog, state: own }, options);
  async function* lines(): AsyncGenerator<string> {
    yield* run.lines;
  }
  await warehouse.land(catalog, lines());
  return run.exitCode;
}

async function ids(table: string): Promise<unknown[]> {
  return (await warehouse.query(`SELECT id FROM ${table} ORDER BY id`)).map((row) => row['id']);
}

const idsOf = async (org: OrgUnderTest, sobject: string): Promise<unknown[]> =>
  (await org.rows(sobject)).map((row) => row['Id']).toSorted();

describe('two orgs in one warehouse', () => {
  test('do not disturb each other, neither by their rows nor by their states', async () => {
    const orgs = [await openPracticeOrg({ rows: 20, seed: 1 }), await openPracticeOrg({ rows: 30, seed: 2 })] as const;
    try {
      const configs = orgs.map((org, index) => org.config({ schema_name: `org_${index}` }));
      const catalogs = await Promise.all(configs.map((config) => catalogOf(config, 'accounts', 'leads')));
      for (const round of ['first', 'second']) {
        for (const [index, org] of orgs.entries()) {
          await org.change({ op: 'insert', sobject: 'Lead', rows: [{ LastName: round, Company: `Of ${index}` }] });
          expect(await sync(configs[index] ?? {}, catalogs[index] ?? { streams: [] })).toBe(0);
        }
        for (const [index, org] of orgs.entries()) {
          expect(await ids(`org_${index}.leads`)).toEqual(await idsOf(org, 'Lead'));
          expect(await ids(`org_${index}.accounts`)).toEqual(await idsOf(org, 'Account'));
        }
      }
      expect(await warehouse.states()).toHaveLength(4);
    } finally {
      await Promise.all(orgs.map((org) => org.close()));
    }
  });
});

describe('one org', () => {
  let org: OrgUnderTest;
  beforeEach(async () => {
    org = await openPracticeOrg({ rows: 400, seed: 9 });
  });
  afterEach(() => org.close());

  test('a row deleted for good leaves the table, one in the recycle bin stays and is flagged', async () => {
    const config = org.config({ hard_deletes: true, schema_name: 'sfdc' });
    const catalog = await catalogOf(config, 'leads');
    expect(await sync(config, catalog)).toBe(0);
    const [purged = '', binned = ''] = (await org.rows('Lead')).filter((row) => !row['IsDeleted']).map((row) => String(row['Id'])); // prettier-ignore
    await org.settings({ clockOffsetMs: 3_600_000 });
    await org.change({ op: 'purge', sobject: 'Lead', id: purged }, { op: 'delete', sobject: 'Lead', id: binned });
    await org.settings({ clockOffsetMs: 2 * 3_600_000 });
    expect(await sync(config, catalog)).toBe(0);
    expect(await ids('sfdc.leads')).toEqual(await idsOf(org, 'Lead'));
    expect(await warehouse.query(`SELECT is_deleted FROM sfdc.leads WHERE id = '${binned}'`)).toEqual([{ is_deleted: true }]); // prettier-ignore
  });

  test('syncs that are killed and what they left behind add up to the org', async () => {
    const config = org.config({ schema_name: 'sfdc' });
    const catalog = await catalogOf(config, 'accounts', 'contacts', 'leads', 'tasks');
    for (const afterLines of [30, 700, 1_200]) {
      expect(await sync(config, catalog, { kill: { signal: 'SIGKILL', afterLines } })).toBeNull();
    }
    expect(await sync(config, catalog)).toBe(0);
    for (const [table, sobject] of Object.entries({
      accounts: 'Account',
      contacts: 'Contact',
      leads: 'Lead',
      tasks: 'Task',
    })) {
      expect(await ids(`sfdc.${table}`), table).toEqual(await idsOf(org, sobject));
    }
  });
});

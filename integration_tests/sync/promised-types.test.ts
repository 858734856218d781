import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AirbyteStream } from '../../src/airbyte/protocol.ts';
import { openPracticeOrg, type OrgUnderTest } from '../practice-org.ts';
import { configure, discoverStreams, makeLarge, sync } from './sync.ts';

let org: OrgUnderTest;
let streams: ReadonlyMap<string, AirbyteStream>;

beforeAll(async () => {
  org = await openPracticeOrg({ rows: 60, seed: 4 });
  streams = await discoverStreams(org.config());
});
afterAll(() => org.close());

/** The stream as a catalog has it that was made while its fields were of other types. */
function madeEarlier(): ReadonlyMap<string, AirbyteStream> {
  const accounts = streams.get('accounts') as AirbyteStream;
  const { properties } = accounts.json_schema;
  const earlier = {
    ...properties,
    name: { ...properties['name'], type: ['null', 'number'] },
    created_date: { type: ['null', 'string'], format: 'date' },
    number_of_employees: { type: ['null', 'string'] },
  };
  return new Map([
    ...streams,
    ['accounts', { ...accounts, json_schema: { ...accounts.json_schema, properties: earlier } }],
  ]);
}

test.each(['REST', 'Bulk'])(
  'values of another type than the configured one leave by %s as null, and are told',
  async (transport) => {
    if (transport === 'Bulk') await makeLarge(org, ['Account']);
    const properties = ['id', 'name', 'created_date', 'number_of_employees', 'system_modstamp'];
    const read = await sync(org.config(), configure(madeEarlier(), { accounts: { properties } }));
    const rows = read.records('accounts');
    expect(rows.length).toBeGreaterThan(50);
    for (const row of rows) {
      expect(row['name']).toBeNull();
      expect(row['created_date']).toBeNull();
      expect(['string', 'object']).toContain(typeof row['number_of_employees']);
    }
    for (const property of ['name', 'created_date', 'number_of_employees']) {
      expect(read.logs.join('\n')).toMatch(new RegExp(`WARN .*accounts: ${property} is of type .* Refresh the schema`));
    }
    expect(JSON.stringify(read.run.messages)).toContain('"change":"NULLED"');
  },
);

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfiguredCatalog } from '../../airbyte/configured-catalog.ts';
import type { ConfiguredStream } from '../../airbyte/protocol.ts';
import { nameCollections, SEGMENT_COLLECTIONS } from '../../collections/collection-name.ts';
import { nameProperties } from '../../collections/property-name.ts';
import type { Naming } from '../../config/config.ts';

const read = (file: string): readonly ConfiguredStream[] =>
  readConfiguredCatalog(JSON.parse(readFileSync(new URL(`../../../catalogs/${file}`, import.meta.url), 'utf8')));
const files: [string, Naming, number][] = [
  ['segment-48.json', 'segment', 48],
  ['crm-core.json', 'segment', 18],
  ['airbyte-names.json', 'api', 47],
];

describe('the ready-made catalogs', () => {
  it.each(files)('%s is a configured catalog in the names of its dialect', (file, naming, count) => {
    const streams = read(file);
    expect(streams).toHaveLength(count);
    const names = nameCollections(naming, streams.map(({ sobject }) => ({ name: sobject ?? '', custom: false }))); // prettier-ignore
    for (const { name, sobject, properties } of streams) {
      expect(names.get(sobject ?? '')).toBe(name);
      const fields = [...properties.values()].map((field) => ({ name: field ?? '', custom: false }));
      const propertyOf = nameProperties(naming, fields).names;
      for (const [property, field] of properties) expect(propertyOf.get(field ?? '')).toBe(property);
    }
  });

  it.each(files)('%s reads everything with a cursor incrementally, and all with its key', (file, naming) => {
    for (const { name, properties, syncMode, destinationSyncMode } of read(file)) {
      const fields = [...properties.values()];
      expect(fields[0]).toBe('Id');
      expect(destinationSyncMode).toBe('append_dedup');
      expect([name, syncMode]).toEqual([
        name,
        name === (naming === 'api' ? 'Name' : 'names') ? 'full_refresh' : 'incremental',
      ]);
    }
  });

  it('segment-48.json has the 48 collections of Segment', () => {
    expect(new Set(read('segment-48.json').map(({ sobject }) => sobject))).toEqual(new Set(SEGMENT_COLLECTIONS.keys()));
  });
});

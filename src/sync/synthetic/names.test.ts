import { expect, it } from 'vitest';
import { names } from './names.ts';

const options = {
  naming: 'segment',
  schemaName: undefined,
  hardDeletes: false,
  segmentColumns: false,
  blobs: undefined,
} as const;

it('offers the names of lookups for full refresh only, keyed, without a life of its own', () => {
  const stream = names.offer(names.describe(), 'names', options);
  expect(stream.supported_sync_modes).toEqual(['full_refresh']);
  expect(stream.source_defined_primary_key).toEqual([['id']]);
  expect(stream.is_resumable).toBe(false);
  expect(Object.keys(stream.json_schema.properties)).toHaveLength(17);
});

// Numbers one run of a catalog, as Airbyte's platform does: destinations of today refuse a catalog without these numbers.
//
//   node number-run.mjs catalog.json > run-catalog.json
//
// sync_id: new for every run, so that the source never takes this run for the rest of an earlier one. generation_id:
// new where the run replaces the whole table (full refresh, overwrite), and then minimum_generation_id too, which tells
// the destination to drop what is older; 0 and 0 where rows are merged or appended.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node number-run.mjs catalog.json > run-catalog.json');

const catalog = JSON.parse(readFileSync(file, 'utf8'));
const syncId = Date.now();
const streams = catalog.streams.map((stream) => {
  const replaces = stream.sync_mode === 'full_refresh' && stream.destination_sync_mode === 'overwrite';
  const generation = replaces ? syncId : 0;
  return { ...stream, sync_id: syncId, generation_id: generation, minimum_generation_id: generation };
});
process.stdout.write(`${JSON.stringify({ ...catalog, streams })}\n`);
